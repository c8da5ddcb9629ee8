import { createRequire } from 'node:module'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type * as keytar from 'keytar'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '@main/adapters/node/sqlite-database.ts'
import { createSqliteAccountStore } from '@main/adapters/node/sqlite-account-store.ts'
import { databaseFile } from '@main/compose.ts'
import { startWorkspace, type Workspace } from '@main/workspace/index.ts'
import { filesWithSecret } from '@test/support/find-secret.ts'
import { buildFerry, startFerry } from '@test/support/ferry-command.ts'

// Its names are not seen by an import, as it is a CommonJS module.
const { findCredentials } = createRequire(import.meta.url)('keytar') as typeof keytar
const hasKeychain = process.env['TEST_KEYRING'] === 'throw-away'
const email = 'mara@example.com'
const password = 'correct horse battery'

let folder: string
let state: string
let workspace: Workspace

beforeAll(async () => {
  buildFerry()
  folder = await mkdtemp(path.join(tmpdir(), 'ferry-cli-login-'))
  workspace = await startWorkspace({
    dataDir: path.join(folder, 'workspace'),
    previews: false,
    faults: { rules: [] },
    logins: [
      { email, password },
      { email: 'two@example.com', password, domains: ['North', 'South'], otp: true },
    ],
  })
})
afterAll(async () => {
  await workspace.close()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  state = await mkdtemp(path.join(folder, 'state-'))
})

/** Runs `ferry` with something on its standard input. */
function ferry(args: string[], input = '') {
  return startFerry(['--state', state, ...args], {}, { input }).ended
}
const login = (who: string, input: string, ...more: string[]) =>
  ferry(['login', '--url', workspace.url, '--email', who, ...more], input)
function appIdsIn(stateDir: string): string[] {
  const database = openDatabase(databaseFile(stateDir))
  try {
    return createSqliteAccountStore(database)
      .list()
      .map(({ appId }) => appId)
  } finally {
    database.close()
  }
}
const secrets = async () => (await findCredentials('Ferry')).map((entry) => entry.password)

it('wants either a token or an address, and says so', async () => {
  for (const args of [['login'], ['login', '--app-id', 'a', '--email', 'b@c']]) {
    const run = await ferry(args)
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining('either --app-id or --email')])
  }
})

if (hasKeychain)
  describe('ferry login', () => {
    it('takes a password once, keeps a token, and forgets it at logout', async () => {
      const refused = await login(email, 'wrong\n')
      expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining('password is wrong')])

      const run = await login(email, `${password}\n`)
      expect([run.code, run.stdout]).toEqual([0, expect.stringContaining('Signed in to')])
      const [token = ''] = await secrets()
      expect(token).not.toBe('')
      expect(filesWithSecret(state, token)).toEqual([])
      expect(filesWithSecret(state, password)).toEqual([])
      expect((await ferry(['search', 'anything'])).code).toBe(0)

      expect((await ferry(['logout'])).code).toBe(0)
      expect(await secrets()).toEqual([])
      expect((await ferry(['search', 'anything'])).code).toBe(3)
    })

    it('renews a token that is about to expire, and makes it worthless at logout', async () => {
      const soon = await startWorkspace({
        dataDir: path.join(folder, 'soon'),
        previews: false,
        faults: { rules: [] },
        logins: [{ email, password }],
        assumptions: { tokenLifetimeS: 600 },
      })
      try {
        const run = await ferry(['login', '--url', soon.url, '--email', email], `${password}\n`)
        expect([run.code, run.stderr]).toEqual([0, ''])
        const [first = ''] = await secrets()
        expect((await ferry(['search', 'anything'])).code).toBe(0)
        const [second = ''] = await secrets()
        expect(second).not.toBe(first)
        expect(filesWithSecret(state, second.slice(2))).toEqual([])
        const [appId = ''] = appIdsIn(state)
        const statusOf = async (kept: string) => {
          const headers = { 'app-id': appId, 'auth-token': kept.slice(kept.indexOf(':') + 1) }
          return (await fetch(`${soon.url}/API/auth/v1/auth/token/`, { headers })).status
        }
        expect(await statusOf(second)).toBe(200)
        expect((await ferry(['logout'])).code).toBe(0)
        expect([await statusOf(second), await secrets()]).toEqual([401, []])
      } finally {
        await soon.close()
      }
    })

    it('names the domains to choose from, sends a code, and takes it', async () => {
      const unsaid = await login('two@example.com', `${password}\n`)
      expect([unsaid.code, unsaid.stderr]).toEqual([1, expect.stringContaining('“North”, “South”')])

      const sent = await login('two@example.com', `${password}\n`, '--domain', 'north')
      expect([sent.code, sent.stderr]).toEqual([3, expect.stringContaining('--code')])
      const inspected = (await (await fetch(`${workspace.url}/_inspect`)).json()) as {
        lastOneTimeCode: { code: string }
      }
      const { code } = inspected.lastOneTimeCode
      const run = await login('two@example.com', `${password}\n`, '--domain', 'North', '--code', code)
      expect([run.code, run.stdout]).toEqual([0, expect.stringContaining('Signed in to')])
      expect((await ferry(['logout'])).code).toBe(0)
    })
  })
else
  it('ferry login', (context) => {
    context.skip('there is no throw-away keychain; run it by tools/start/with-keyring.mjs')
    expect.unreachable()
  })
