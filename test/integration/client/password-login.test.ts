import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPasswordLogin } from '@main/adapters/iconik/password-login.ts'
import { createNetwork } from '@main/adapters/node/network.ts'
import type { LoginAttempt, LoginToken } from '@main/ports/password-login.ts'
import { startWorkspace, type Workspace } from '@main/workspace/index.ts'

const password = 'correct horse'
const network = createNetwork({ env: {} })
const secrets: string[] = []
const login = createPasswordLogin({ network, know: (secret) => secrets.push(secret) })
let dataDir: string
let workspace: Workspace

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'ferry-login-'))
  workspace = await startWorkspace({
    dataDir,
    previews: false,
    faults: { rules: [] },
    logins: [
      { email: 'one@example.com', password },
      { email: 'code@example.com', password, otp: true },
      { email: 'two@example.com', password, domains: ['North', 'South'] },
    ],
  })
})
afterAll(async () => {
  await network.close()
  await workspace.close()
  await rm(dataDir, { recursive: true, force: true })
})

const begin = (email: string, typed = password) => login.begin({ url: workspace.url, email, password: typed })

async function attempt(email: string): Promise<LoginAttempt> {
  const step = await begin(email)
  if (!('attempt' in step)) throw new Error('there is nothing to choose')
  return step.attempt
}

async function isGood({ appId, authToken }: LoginToken): Promise<boolean> {
  const headers = { 'app-id': appId, 'auth-token': authToken }
  return (await fetch(`${workspace.url}/API/auth/v1/auth/token/`, { headers })).ok
}

async function lastCode(): Promise<string> {
  const inspected = (await (await fetch(`${workspace.url}/_inspect`)).json()) as {
    lastOneTimeCode: { code: string }
  }
  return inspected.lastOneTimeCode.code
}

describe('signing in with a password', () => {
  it('gives a token at once where there is one domain and no code', async () => {
    const step = await begin('one@example.com')
    if (!('token' in step)) throw new Error('a choice was asked for')
    expect(await isGood(step.token)).toBe(true)
    expect(step.token.expiresMs).toBeGreaterThan(Date.now())
    expect(secrets).toContain(step.token.authToken)
  })

  it('says that the address or the password is wrong, not that a token is', async () => {
    await expect(begin('one@example.com', 'wrong')).rejects.toMatchObject({
      code: 'auth.rejected',
      message: expect.stringContaining('The e-mail address or the password is wrong') as string,
    })
    await expect(begin('nobody@example.com')).rejects.toMatchObject({ code: 'auth.rejected' })
  })

  it('offers the domains, and signs in to the chosen one', async () => {
    const { domains, choose } = await attempt('two@example.com')
    expect(domains.map(({ name, code }) => [name, code])).toEqual([
      ['North', null],
      ['South', null],
    ])
    expect(await isGood(await choose(domains[1]?.id ?? '', null))).toBe(true)
  })

  it('takes a one-time code that was sent, and no other', async () => {
    const { domains, sendCode, choose } = await attempt('code@example.com')
    const [domain] = domains
    expect(domain?.code).toBe('mail')
    const id = domain?.id ?? ''
    await expect(choose(id, null)).rejects.toMatchObject({ code: 'api.invalid' })
    await sendCode(id)
    const code = await lastCode()
    const wrong = code === '000000' ? '000001' : '000000'
    await expect(choose(id, wrong)).rejects.toMatchObject({ code: 'auth.rejected' })
    expect(await isGood(await choose(id, code))).toBe(true)
  })

  it('renews a token; one that is refused cannot be renewed', async () => {
    const step = await begin('one@example.com')
    if (!('token' in step)) throw new Error('a choice was asked for')
    const { appId, authToken } = step.token
    const renewed = await login.renew({ url: workspace.url, appId, authToken })
    expect(renewed.authToken).not.toBe(authToken)
    expect(await isGood(renewed)).toBe(true)
    await expect(login.renew({ url: workspace.url, appId, authToken: 'stale' })).rejects.toMatchObject({
      code: 'auth.rejected',
    })
  })

  it('sends a password to no address but https or this machine', async () => {
    await expect(
      login.begin({ url: 'http://iconik.example.com', email: 'a@b', password }),
    ).rejects.toMatchObject({ code: 'api.invalid' })
  })
})
