import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { AccountId, WatchFolderId } from '@contract/ids.ts'
import { MemorySecretStore } from '@main/adapters/memory/memory-secret-store.ts'
import { SqliteWatchJournal } from '@main/adapters/node/sqlite-watch-journal.ts'
import { compose, openMachine } from '@main/compose.ts'
import type { CommittedPlan } from '@main/core/clip.ts'
import { AppError } from '@main/core/errors.ts'
import { Redactor } from '@main/core/redact.ts'
import type { ConnectIconik } from '@main/ports/connect-iconik.ts'
import type { IconikApi } from '@main/ports/iconik-api.ts'
import { DEFAULT_RULES } from '@main/core/intake/watch-rules.ts'
import { silentLogger } from '@test/support/library-world.ts'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

const A = '11111111-1111-1111-8111-111111111111' as AccountId
const B = '22222222-2222-2222-8222-222222222222' as AccountId

/** Two accounts on servers that go no further than the choice of a storage. */
async function twoAccounts() {
  const away = new Set<AccountId>()
  const asked: AccountId[] = []
  let revoke = () => {}
  const revoked = new Promise<void>((resolve) => (revoke = resolve))
  const connect: ConnectIconik = ({ authToken }) => {
    const id = authToken() === 'a' ? A : B
    const check = async () => {
      if (away.has(id)) throw new AppError('network.offline', 'away')
    }
    const api = {
      inLane: () => api,
      auth: {
        check,
        currentUser: async () => ({ id: 'u', name: 'Mara', email: '', systemDomainId: id, systemName: id }),
        roles: async () => [],
      },
      storages: {
        matching: async () => {
          asked.push(id)
          await revoked
          throw new AppError('auth.rejected', 'revoked')
        },
      },
      jobs: { list: async () => ({ rows: [], total: 0, pages: 1 }) },
    } as unknown as IconikApi
    return api
  }
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'switched-'))
  const machine = {
    ...openMachine({
      stateDir: path.join(folder, 'state'),
      logger: silentLogger,
      redactor: new Redactor(),
    }),
    connect,
  }
  const services = compose(machine, {
    secrets: new MemorySecretStore(),
    workspace: {} as never,
    workspaceDir: folder,
    followPreviews: false,
  })
  onTestFinished(async () => {
    services.accounts.stop()
    await services.stop()
    await machine.close()
    await fs.rm(folder, { recursive: true, force: true })
  })
  const signIn = (token: 'a' | 'b') =>
    services.accounts.connect({ url: 'app.iconik.io', appId: 'x', authToken: token, keepIn: 'session' })
  const planOf = async (name: string): Promise<CommittedPlan> => {
    const file = path.join(folder, name)
    await fs.writeFile(file, 'x'.repeat(1000))
    const { mtimeMs } = await fs.stat(file)
    const facts = {
      path: file,
      relativePath: name,
      role: 'essence' as const,
      sizeBytes: 1000,
      mtimeMs,
      inode: '',
    }
    return {
      title: name,
      source: 'drop',
      watchFolderId: null,
      after: { do: 'leave' },
      clips: [
        {
          clip: {
            kind: 'file',
            title: name,
            rootPath: folder,
            directory: '',
            files: [facts],
            metadataSidecars: [],
          },
          target: {
            collectionId: null,
            collectionPath: [],
            storageId: null,
            access: 'default',
            viewId: null,
            metadata: {},
          },
          decision: { do: 'upload' },
        },
      ],
    }
  }
  return { ...services, machine, folder, away, asked, revoke: () => revoke(), signIn, planOf }
}

describe('uploads of several accounts', () => {
  it('are queued for the account that is chosen, even while its server is away', async () => {
    const world = await twoAccounts()
    await world.signIn('b')
    await world.signIn('a')
    const incoming = path.join(world.folder, 'in')
    await fs.mkdir(incoming)
    await fs.writeFile(path.join(incoming, 'of b.mov'), 'x'.repeat(5000))
    new SqliteWatchJournal(world.machine.database).saveFolder({
      id: '44444444-4444-4444-8444-444444444444' as WatchFolderId,
      accountId: B,
      path: incoming,
      rules: { ...DEFAULT_RULES, settleSeconds: 1 },
      paused: false,
      createdMs: 1,
      rootInode: '',
      completeAsOfMs: null,
    })
    world.start()
    world.uploads.summary()
    world.away.add(B)
    await expect(world.accounts.switchTo(B)).rejects.toMatchObject({ code: 'network.offline' })
    await vi.waitFor(() => expect(world.machine.journal.accounts()).toEqual([B]), { timeout: 30_000 })
    expect(world.uploads.list({ text: '' }, 0, 10).rows.map(({ title }) => title)).toEqual(['of b.mov'])
  })

  it('are refused where they were planned for another account', async () => {
    const world = await twoAccounts()
    await world.signIn('a')
    const plan = { ...(await world.planOf('x.mov')), accountId: A }
    await world.signIn('b')
    await expect(world.uploads.enqueue(plan)).rejects.toMatchObject({ code: 'auth.required' })
    expect(world.machine.journal.accounts()).toEqual([])
    await world.signIn('a')
    expect((await world.uploads.enqueue(plan)).uploadIds).toHaveLength(1)
  })

  it('say nothing of the account that comes when theirs was left', async () => {
    const world = await twoAccounts()
    await world.signIn('a')
    world.start()
    await world.uploads.enqueue(await world.planOf('x.mov'))
    await vi.waitFor(() => expect(world.asked).toEqual([A]), { timeout: 10_000 })
    const rowOfA = () => world.machine.journal.list(A, { text: '' }, 0, 5).rows[0]
    await world.accounts.signOut(A)
    await world.signIn('b')
    world.revoke()
    await vi.waitFor(() => expect(rowOfA()).toMatchObject({ active: false, step: 'planned', error: null }), {
      timeout: 10_000,
    })
    // Two turns of the queue, in which it could still be taken for a word on B.
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(world.session.current()?.accountId).toBe(B)
    expect(world.accounts.state().current).toMatchObject({ id: B, state: 'signed-in' })
    expect(world.uploads.hold).toBeNull()
  })
})
