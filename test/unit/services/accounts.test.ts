import { AppError } from '@main/core/errors.ts'
import { MemorySecretStore } from '@main/adapters/memory/memory-secret-store.ts'
import { openDatabase } from '@main/adapters/node/sqlite-database.ts'
import { createSqliteAccountStore } from '@main/adapters/node/sqlite-account-store.ts'
import type { ConnectIconik } from '@main/ports/connect-iconik.ts'
import type { IconikApi } from '@main/ports/iconik-api.ts'
import type { Logger } from '@main/ports/logger.ts'
import { Accounts } from '@main/services/accounts/accounts.ts'
import type { LoginToken } from '@main/ports/password-login.ts'
import { noPasswordLogin } from '@test/support/password-login.ts'
import type { AccountsState } from '@contract/accounts.ts'
import { describe, expect, it, vi } from 'vitest'

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent }
const DOMAIN = '11111111-1111-1111-8111-111111111111'
const credentials = { url: 'app.iconik.io', appId: 'app', authToken: 'good-token' }

/** A server that knows one token, and can be away. */
function fakeServer() {
  const server = { isAway: false, token: 'good-token', targets: [] as string[] }
  const connect: ConnectIconik = ({ url, authToken }) => {
    server.targets.push(url)
    const api = {
      inLane: () => api,
      auth: {
        async check() {
          if (server.isAway) throw new AppError('network.offline', `${url} cannot be reached.`)
          if (authToken() !== server.token && authToken() !== 'local-token')
            throw new AppError('auth.rejected', 'The token was refused.')
        },
        currentUser: async () => ({
          id: 'u',
          name: 'Mara Lind',
          email: 'mara@example.com',
          systemDomainId: authToken() === 'local-token' ? DOMAIN.replaceAll('1', '2') : DOMAIN,
          systemName: 'Halden Pictures',
        }),
        roles: async () => ['can_search'],
      },
    } as unknown as IconikApi
    return api
  }
  return { server, connect }
}

/** One that can be out of reach. */
class LockableSecretStore extends MemorySecretStore {
  isLocked = false
  #open() {
    if (this.isLocked) throw new AppError('auth.keychain-unavailable', 'It is locked.')
  }
  override async get(account: string) {
    this.#open()
    return super.get(account)
  }
  override async delete(account: string) {
    this.#open()
    return super.delete(account)
  }
}

function setUp(secrets = new MemorySecretStore()) {
  const { server, connect } = fakeServer()
  const store = createSqliteAccountStore(openDatabase(':memory:'))
  const revoked: string[] = []
  const token: LoginToken = { appId: 'app', authToken: 'good-token', expiresMs: null }
  const make = () =>
    new Accounts({
      passwordLogin: {
        ...noPasswordLogin,
        begin: async () => ({ token }),
        revoke: async ({ authToken }) => void revoked.push(authToken),
      },
      store,
      secrets,
      connect,
      workspace: {
        start: async (dataDir) => ({
          url: 'http://127.0.0.1:1',
          appId: 'l',
          authToken: 'local-token',
          dataDir,
        }),
        stop: async () => {},
        usedBytes: async () => 5,
      },
      fileSystem: { freeBytes: async () => 10 },
      logger: silent,
      defaultDataDir: '/workspace',
    })
  return { server, store, secrets, revoked, make, accounts: make() }
}

describe('accounts', () => {
  it('saves a token to the keychain only after the server took it', async () => {
    const { accounts, secrets, store } = setUp()
    await expect(
      accounts.connect({ ...credentials, authToken: 'wrong', keepIn: 'keychain' }),
    ).rejects.toMatchObject({ code: 'auth.rejected' })
    expect(await secrets.get(DOMAIN)).toBeNull()
    expect(store.list()).toEqual([])

    const view = await accounts.connect({ ...credentials, keepIn: 'keychain' })
    expect(view).toMatchObject({ name: 'Halden Pictures', state: 'signed-in', url: 'https://app.iconik.io' })
    expect(await secrets.get(DOMAIN)).toBe('good-token')
    expect(JSON.stringify(store.list())).not.toContain('good-token')
  })

  it('is signed in again after a restart, from the keychain', async () => {
    const { accounts, make } = setUp()
    await accounts.connect({ ...credentials, keepIn: 'keychain' })
    const later = make()
    await later.restore()
    expect(later.session.current()).toMatchObject({ accountId: DOMAIN, userName: 'Mara Lind' })
  })

  it('asks for the token again after a restart when it was kept for the session only', async () => {
    const { accounts, make } = setUp()
    await accounts.connect({ ...credentials, keepIn: 'session' })
    const later = make()
    await later.restore()
    expect(later.session.current()).toBeNull()
    expect(later.state().current).toMatchObject({
      id: DOMAIN,
      state: 'needs-sign-in',
      problem: { code: 'auth.required', message: expect.stringContaining('for one session only') as string },
    })
  })

  it('shows a server that is away as unreachable and keeps the account', async () => {
    const { accounts, make, server } = setUp()
    await accounts.connect({ ...credentials, keepIn: 'keychain' })
    server.isAway = true
    const later = make()
    await later.restore()
    expect(later.state().current).toMatchObject({ state: 'unreachable' })
    server.isAway = false
    await later.switchTo(later.session.current()?.accountId ?? later.state().known[0]!.id)
    expect(later.session.current()).not.toBeNull()
  })

  it('ends the session when the server refuses its token in the middle of work', async () => {
    const { accounts } = setUp()
    await accounts.connect({ ...credentials, keepIn: 'keychain' })
    const seen: (string | null)[] = []
    accounts.session.onChange((session) => seen.push(session?.accountId ?? null))
    const session = accounts.session.require()
    accounts.session.rejected(session)
    accounts.session.rejected(session)
    expect(seen).toEqual([null])
    expect(() => accounts.session.require()).toThrow('Nobody is signed in')
    expect(accounts.state().current).toMatchObject({
      state: 'needs-sign-in',
      problem: { code: 'auth.rejected' },
    })
  })

  it('forgets account and token on signing out', async () => {
    const { accounts, secrets, store } = setUp()
    const { id } = await accounts.connect({ ...credentials, keepIn: 'keychain' })
    await accounts.signOut(id)
    expect(await secrets.get(id)).toBeNull()
    expect(store.list()).toEqual([])
    expect(accounts.session.current()).toBeNull()
  })

  it('makes a token worthless on signing out that came from a password, and no other', async () => {
    const { accounts, revoked } = setUp()
    const { id } = await accounts.connect({ ...credentials, keepIn: 'keychain' })
    await accounts.signOut(id)
    expect(revoked).toEqual([])
    for (const keepIn of ['keychain', 'session'] as const) {
      const who = { url: credentials.url, email: 'mara@example.com', password: 'secret' }
      await accounts.finishLogin((await accounts.logins.begin(who)).id, null, keepIn)
      await accounts.signOut(id)
    }
    expect(revoked).toEqual(['good-token', 'good-token'])
  })

  it('uses the token that was given last, wherever the one before was kept', async () => {
    const { accounts, server, secrets } = setUp()
    const { id } = await accounts.connect({ ...credentials, keepIn: 'session' })
    server.token = 'next-token'
    await accounts.connect({ ...credentials, authToken: 'next-token', keepIn: 'keychain' })
    await accounts.switchTo(id)
    expect(accounts.session.current()).not.toBeNull()
    server.token = 'third-token'
    await accounts.connect({ ...credentials, authToken: 'third-token', keepIn: 'session' })
    await expect.poll(() => secrets.get(id)).toBeNull()
    await accounts.switchTo(id)
    expect(accounts.session.current()).not.toBeNull()
  })

  it('says why the keychain keeps it from signing in, and signs in when it does so no more', async () => {
    const secrets = new LockableSecretStore()
    const { accounts, make } = setUp(secrets)
    const { id } = await accounts.connect({ ...credentials, keepIn: 'keychain' })
    secrets.isLocked = true
    const later = make()
    await later.restore()
    const problem = { code: 'auth.keychain-unavailable', message: 'It is locked.' }
    expect(later.state().current).toMatchObject({ state: 'needs-sign-in', problem })
    // Signing out changes nothing as long as the token cannot be removed, unless it is to be left there.
    await expect(later.signOut(id)).rejects.toMatchObject(problem)
    expect(later.state().current).toMatchObject({ id })
    secrets.isLocked = false
    await later.switchTo(id)
    expect(later.state().current).toMatchObject({ state: 'signed-in', problem: null })
    secrets.isLocked = true
    await later.signOut(id, { leaveToken: true })
    expect(later.state().known).toEqual([])
  })

  it('says that the token is gone when the keychain is another one', async () => {
    const { accounts, make, secrets } = setUp()
    const { id } = await accounts.connect({ ...credentials, keepIn: 'keychain' })
    await secrets.delete(id)
    const later = make()
    await later.restore()
    expect(later.state().current?.problem).toMatchObject({
      code: 'auth.required',
      message: 'The token of Halden Pictures is not in memory of this session.',
    })
  })

  it('opens a local workspace and can go back to iconik', async () => {
    const { accounts } = setUp()
    const iconik = await accounts.connect({ ...credentials, keepIn: 'keychain' })
    const local = await accounts.openLocal()
    expect(local).toMatchObject({ kind: 'local', local: { dataDir: '/workspace' } })
    await vi.waitFor(() =>
      expect(accounts.state().current?.local).toEqual({
        dataDir: '/workspace',
        usedBytes: 5,
        freeBytes: 10,
      }),
    )
    expect(accounts.state().known).toHaveLength(2)
    await accounts.switchTo(iconik.id)
    expect(accounts.session.require().kind).toBe('iconik')
    expect(accounts.state().current?.id).toBe(iconik.id)
  })

  it('tells who is signed in while the keychain still asks for its password, and what it answered later', async () => {
    let answer = (_state: { available: boolean; backend: string; reason: null }) => {}
    const secrets = Object.assign(new MemorySecretStore(), {
      state: () =>
        new Promise((resolve) => {
          answer = resolve
        }),
    }) as MemorySecretStore
    const { accounts } = setUp(secrets)
    await accounts.openLocal()
    const told: AccountsState[] = []
    accounts.onState((state) => told.push(state))
    expect(accounts.state()).toMatchObject({ current: { kind: 'local' }, keychain: null })
    answer({ available: true, backend: 'Ring', reason: null })
    await vi.waitFor(() => expect(told.at(-1)?.keychain).toMatchObject({ backend: 'Ring' }))
  })
})
