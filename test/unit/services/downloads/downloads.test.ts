import type { DownloadChange } from '@contract/downloads.ts'
import type { AccountId, AssetId } from '@contract/ids.ts'
import type { AccountSession, OpenSession } from '@main/ports/account-session.ts'
import type { FileDownload } from '@main/ports/file-download.ts'
import { Downloads } from '@main/services/downloads/downloads.ts'
import { silentLogger, TestClock } from '@test/support/intake-world.ts'
import { describe, expect, it } from 'vitest'

const assetIdOf = (number: number) => `a${number}` as AssetId
const SHOWN = { offset: 0, limit: 200 }

/** Accounts whose assets have `filesEach` files; files arrive at once, or when the test lets them. */
function downloadWorld({ filesEach = 1, isHeld = false } = {}) {
  const clock = new TestClock()
  const asked: string[] = []
  const open = { accountId: 'one' as AccountId | null }
  const listeners = new Set<(session: OpenSession | null) => void>()
  const sessionOf = (accountId: AccountId) => {
    const api = {
      assets: {
        get: async (id: AssetId) => {
          asked.push(`${accountId} ${id}`)
          return { title: id, defaultVersionId: null }
        },
      },
      files: {
        listFiles: async (id: AssetId) =>
          Array.from({ length: filesEach }, (_, number) => ({
            id: `${id} ${number}`,
            originalName: `${id}.${number}.exr`,
            status: 'CLOSED',
            versionId: null,
            sizeBytes: 10,
            checksum: null,
          })),
        downloadUrl: async (_: AssetId, id: string) => `https://storage.test/${id}`,
      },
    }
    return { accountId, api: { inLane: () => api } } as unknown as OpenSession
  }
  const session: AccountSession = {
    current: () => (open.accountId ? sessionOf(open.accountId) : null),
    accountId: () => open.accountId,
    require: () => sessionOf(open.accountId as AccountId),
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    rejected: () => undefined,
  }
  let letThrough = () => {}
  const line = new Promise<void>((resolve) => (letThrough = resolve))
  const download: FileDownload = {
    fetch: async ({ fileName }) => {
      if (isHeld) await line
      return { path: `/to/${fileName}`, sizeBytes: 10, md5: '' }
    },
  }
  const downloads = new Downloads({ session, download, clock, logger: silentLogger })
  const told: DownloadChange[] = []
  downloads.onChanged((change) => told.push(change))
  return {
    clock,
    downloads,
    asked,
    told,
    letThrough: () => letThrough(),
    become(accountId: AccountId | null) {
      open.accountId = accountId
      for (const listener of listeners) listener(session.current())
    },
  }
}

describe('downloads', () => {
  it('tell what changed and how many there are, however long the list is', async () => {
    const { clock, downloads, told, letThrough } = downloadWorld({ filesEach: 1000, isHeld: true })
    downloads.start(
      Array.from({ length: 3 }, (_, number) => assetIdOf(number)),
      'originals',
      '/to',
    )
    await clock.pass(300)
    expect(told.at(-1)).toMatchObject({ listChanged: true, counts: { waiting: 2997, loading: 3, done: 0 } })
    expect(downloads.list({ offset: 1500, limit: 2 })).toMatchObject({
      total: 3000,
      rows: [{ fileName: 'a1.499.exr' }, { fileName: 'a1.498.exr' }],
    })
    letThrough()
    await clock.pass(2000)
    expect(told.at(-1)?.counts).toEqual({ waiting: 0, loading: 0, done: 3000, failed: 0, cancelled: 0 })
    const largest = Math.max(...told.map((change) => JSON.stringify(change).length))
    expect(largest).toBeLessThan(100_000)
  })

  it('bring the files of one asset before they look at the next', async () => {
    const { clock, downloads } = downloadWorld({ filesEach: 5 })
    downloads.start(
      Array.from({ length: 20 }, (_, number) => assetIdOf(number)),
      'originals',
      '/to',
    )
    await clock.pass(1000)
    const { rows, total } = downloads.list(SHOWN)
    expect(total).toBe(100)
    expect(new Set(rows.map(({ state }) => state))).toEqual(new Set(['done']))
    expect(rows[0]?.fileName).toBe('a19.4.exr')
    expect(rows.at(-1)?.fileName).toBe('a0.0.exr')
  })

  it('do not grow slower with the list', async () => {
    const { clock, downloads } = downloadWorld({ filesEach: 1000 })
    downloads.start(
      Array.from({ length: 60 }, (_, number) => assetIdOf(number)),
      'originals',
      '/to',
    )
    const startMs = performance.now()
    while (downloads.list(SHOWN).rows.some(({ state }) => state !== 'done')) await clock.pass(300)
    // Two seconds, mostly of the clock. With a search through the list for each file it took more than a minute.
    expect(performance.now() - startMs).toBeLessThan(20_000)
  }, 30_000)

  it('ask no other account for what they wait for', async () => {
    const { clock, downloads, asked, become, letThrough } = downloadWorld({ isHeld: true })
    downloads.start([1, 2, 3, 4, 5].map(assetIdOf), 'originals', '/to')
    await clock.pass(300)
    become('other' as AccountId)
    const reason = 'Another account was opened before it was brought.'
    expect(downloads.list(SHOWN).rows.slice(0, 2)).toMatchObject([
      { state: 'cancelled', reason },
      { state: 'cancelled', reason },
    ])
    letThrough()
    await clock.pass(300)
    const { rows } = downloads.list(SHOWN)
    expect(rows.map(({ state }) => state)).toEqual(['cancelled', 'cancelled', 'done', 'done', 'done'])
    downloads.retry(rows.map(({ id }) => id))
    await clock.pass(300)
    expect(downloads.list(SHOWN).counts).toMatchObject({ cancelled: 2, failed: 0 })
    become('one' as AccountId)
    downloads.retry(rows.map(({ id }) => id))
    await clock.pass(300)
    expect(downloads.list(SHOWN).counts).toMatchObject({ done: 5 })
    expect(asked.filter((question) => question.startsWith('other'))).toEqual([])
  })

  it('that were cleared away leave those that are open', async () => {
    const { clock, downloads, told } = downloadWorld({ isHeld: true })
    downloads.start([1, 2, 3, 4].map(assetIdOf), 'originals', '/to')
    const [newest, ...others] = downloads.list(SHOWN).rows
    downloads.cancel([newest!.id])
    downloads.clear()
    await clock.pass(300)
    expect(downloads.list(SHOWN).rows.map(({ id }) => id)).toEqual(others.map(({ id }) => id))
    expect(told.at(-1)).toMatchObject({ listChanged: true, counts: { cancelled: 0 } })
    expect(downloads.list(SHOWN).total).toBe(3)
  })
})
