import type { AccountId } from '@contract/ids.ts'
import { MemorySecretStore } from '@main/adapters/memory/memory-secret-store.ts'
import { openDatabase } from '@main/adapters/node/sqlite-database.ts'
import { createSqliteAccountStore } from '@main/adapters/node/sqlite-account-store.ts'
import { AppError } from '@main/core/errors.ts'
import type { Clock } from '@main/ports/clock.ts'
import type { IconikApi } from '@main/ports/iconik-api.ts'
import { Accounts } from '@main/services/accounts/accounts.ts'
import { noPasswordLogin } from '@test/support/password-login.ts'
import { silentLogger } from '@test/support/library-world.ts'
import { describe, expect, it, vi } from 'vitest'

const DOMAIN = '11111111-1111-1111-8111-111111111111' as AccountId
const credentials = { url: 'app.iconik.io', appId: 'app', authToken: 'good', keepIn: 'keychain' as const }

function setUp() {
  const server = { isAway: false, isRevoked: false }
  const answer = async <T>(value: T): Promise<T> => {
    if (server.isAway) throw new AppError('network.offline', 'away')
    if (server.isRevoked) throw new AppError('auth.rejected', 'revoked')
    return value
  }
  const user = { id: 'u', name: 'Mara', email: '', systemDomainId: DOMAIN, systemName: 'Halden' }
  const api = {
    inLane: () => api,
    auth: { check: () => answer(null), currentUser: () => answer(user), roles: () => answer([]) },
    jobs: { list: () => answer({ rows: [], total: 0, pages: 1 }) },
  } as unknown as IconikApi
  const timers: (() => void)[] = []
  const clock = { after: (_, run) => (timers.push(run), { cancel() {} }) } as Partial<Clock> as Clock
  const store = createSqliteAccountStore(openDatabase(':memory:'))
  const secrets = new MemorySecretStore()
  const make = () =>
    new Accounts({
      passwordLogin: noPasswordLogin,
      store,
      secrets,
      clock,
      connect: () => api,
      workspace: {
        start: async () => {
          throw new Error('not in this test')
        },
        stop: async () => {},
        usedBytes: async () => 0,
      },
      fileSystem: { freeBytes: async () => 0 },
      logger: silentLogger,
      defaultDataDir: '/none',
    })
  return { server, timers, make }
}

describe('an account in the middle of work', () => {
  it('needs a sign-in as soon as any call, in any lane, is refused', async () => {
    const { server, make } = setUp()
    const accounts = make()
    await accounts.connect(credentials)
    const { api } = accounts.session.require()
    server.isRevoked = true
    await expect(api.inLane('background').jobs.list({}, 1, 10)).rejects.toMatchObject({
      code: 'auth.rejected',
    })
    expect(accounts.session.current()).toBeNull()
    expect(accounts.session.accountId()).toBe(DOMAIN)
    expect(accounts.state().current).toMatchObject({ state: 'needs-sign-in' })
  })

  it('stays signed in when the server is away, and when an old session is refused', async () => {
    const { server, make } = setUp()
    const accounts = make()
    await accounts.connect(credentials)
    const before = accounts.session.require()
    server.isAway = true
    await expect(before.api.jobs.list({}, 1, 10)).rejects.toMatchObject({ code: 'network.offline' })
    server.isAway = false
    await accounts.connect(credentials)
    server.isRevoked = true
    await expect(before.api.jobs.list({}, 1, 10)).rejects.toMatchObject({ code: 'auth.rejected' })
    expect(accounts.session.current()).not.toBeNull()
  })

  it('comes back by itself when the server does', async () => {
    const { server, timers, make } = setUp()
    await make().connect(credentials)
    server.isAway = true
    const accounts = make()
    await accounts.restore()
    expect(accounts.state().current).toMatchObject({ state: 'unreachable' })
    expect(timers).toHaveLength(1)
    server.isAway = false
    timers[0]?.()
    await vi.waitFor(() => expect(accounts.session.current()).not.toBeNull())
  })

  it('tells who keeps something of it when it is signed out', async () => {
    const { make } = setUp()
    const accounts = make()
    await accounts.connect(credentials)
    const forgotten: string[] = []
    accounts.onForgotten(async (id) => void forgotten.push(id))
    await accounts.signOut(DOMAIN)
    expect(forgotten).toEqual([DOMAIN])
  })
})
