import type { AccountId } from '@contract/ids.ts'
import { MemorySecretStore } from '@main/adapters/memory/memory-secret-store.ts'
import { openDatabase } from '@main/adapters/node/sqlite-database.ts'
import { createSqliteAccountStore } from '@main/adapters/node/sqlite-account-store.ts'
import { AppError } from '@main/core/errors.ts'
import type { Clock } from '@main/ports/clock.ts'
import type { ConnectIconik } from '@main/ports/connect-iconik.ts'
import type { IconikApi } from '@main/ports/iconik-api.ts'
import { Accounts } from '@main/services/accounts/accounts.ts'
import { noPasswordLogin } from '@test/support/password-login.ts'
import { silentLogger } from '@test/support/library-world.ts'
import { describe, expect, it } from 'vitest'

const idOf = (token: string) =>
  token.repeat(8).slice(0, 8).concat('-1111-1111-8111-111111111111') as AccountId
const A = idOf('a')
const B = idOf('b')

/** Servers that answer when they are let, each with success or as being away. */
function setUp() {
  const asked = new Map<AccountId, ((away?: 'away') => void)[]>()
  const isHeld = new Set<AccountId>()
  const connect: ConnectIconik = ({ url, authToken }) => {
    const id = idOf(authToken())
    const api = {
      inLane: () => api,
      auth: {
        check: () =>
          new Promise<void>((resolve, reject) => {
            const answer = (away?: 'away') =>
              away ? reject(new AppError('network.offline', `${url} cannot be reached.`)) : resolve()
            if (isHeld.has(id)) asked.set(id, [...(asked.get(id) ?? []), answer])
            else answer()
          }),
        currentUser: async () => ({ id: 'u', name: 'Mara', email: '', systemDomainId: id, systemName: id }),
        roles: async () => [],
      },
    } as unknown as IconikApi
    return api
  }
  const timers: (() => void)[] = []
  const stopped: string[] = []
  const store = createSqliteAccountStore(openDatabase(':memory:'))
  const accounts = new Accounts({
    passwordLogin: noPasswordLogin,
    store,
    secrets: new MemorySecretStore(),
    clock: { after: (_, run) => (timers.push(run), { cancel() {} }) } as Partial<Clock> as Clock,
    connect,
    workspace: {
      start: async (dataDir) => ({ url: 'http://127.0.0.1:1', appId: 'c', authToken: 'c', dataDir }),
      stop: async () => void stopped.push('workspace'),
      usedBytes: async () => 0,
    },
    fileSystem: { freeBytes: async () => 0 },
    logger: silentLogger,
    defaultDataDir: '/none',
  })
  return {
    accounts,
    store,
    timers,
    stopped,
    connect: (token: string) =>
      accounts.connect({ url: 'app.iconik.io', appId: 'x', authToken: token, keepIn: 'keychain' }),
    hold: (id: AccountId) => void isHeld.add(id),
    /** Lets the oldest question of an account be answered; waits until it is asked. */
    async answer(id: AccountId, away?: 'away') {
      while (!asked.get(id)?.length) await new Promise((resolve) => setImmediate(resolve))
      asked.get(id)?.shift()?.(away)
    },
    known: () => store.list().map(({ id, isCurrent }) => [id, isCurrent]),
  }
}

describe('accounts that are opened one after the other', () => {
  it.each(['away', undefined] as const)(
    'stay with the latest wish, whatever the server of the one before says at last: %s',
    async (late) => {
      const world = setUp()
      await world.connect('a')
      world.hold(A)
      const restoring = world.accounts.restore()
      await world.accounts.openLocal('/ws')
      await world.answer(A, late)
      await restoring
      expect(world.accounts.session.current()?.kind).toBe('local')
      expect(world.accounts.session.accountId()).toBe(idOf('c'))
      expect(world.accounts.state().current?.state).toBe('signed-in')
    },
  )

  it.each(['away', undefined] as const)('do not come back once they are signed out of: %s', async (late) => {
    const world = setUp()
    await world.connect('a')
    world.hold(A)
    const restoring = world.accounts.restore()
    await new Promise((resolve) => setImmediate(resolve))
    await world.accounts.signOut(A)
    await world.answer(A, late)
    await restoring
    expect(world.known()).toEqual([])
    expect(world.accounts.session.current()).toBeNull()
  })

  it('say so to whoever waited for the earlier one', async () => {
    const world = setUp()
    await world.connect('a')
    await world.connect('b')
    world.hold(A)
    const switching = world.accounts.switchTo(A)
    await world.accounts.switchTo(B)
    await world.answer(A)
    await expect(switching).rejects.toMatchObject({ code: 'cancelled' })
    expect(world.accounts.session.current()?.accountId).toBe(B)
  })

  it('are not disturbed by another try of one that was away', async () => {
    const world = setUp()
    await world.connect('b')
    await world.connect('a')
    world.hold(A)
    const restoring = world.accounts.restore()
    await world.answer(A, 'away')
    await restoring
    world.hold(B)
    const switching = world.accounts.switchTo(B)
    world.timers.at(-1)?.()
    await world.answer(B)
    await switching
    expect(world.accounts.session.current()?.accountId).toBe(B)
  })

  it('leave the one in use alone when another is signed out of', async () => {
    const world = setUp()
    await world.accounts.openLocal('/ws')
    const [local] = world.store.list()
    world.store.put({ ...local!, id: B, dataDir: '/old', isCurrent: false })
    await world.accounts.signOut(B)
    expect(world.stopped).toEqual([])
    await world.accounts.signOut(idOf('c'))
    expect(world.stopped).toEqual(['workspace'])
  })
})
