import { SqliteLibrary } from '@main/adapters/node/library/sqlite-library.ts'
import { systemClock } from '@main/adapters/node/system-clock.ts'
import type { AssetDocument, IconikApi, SearchRequest } from '@main/ports/iconik-api.ts'
import type { LibraryStore } from '@main/ports/library-store.ts'
import { LibrarySync } from '@main/services/library/library-sync.ts'
import { assetDocument, idOf } from '@test/support/mirrored-assets.ts'
import { describe, expect, it } from 'vitest'

const { signal } = new AbortController()

/** A server whose index shows assets as a test says, and a mirror that is polled by hand while a test moves the clock. */
function polledWorld() {
  let nowMs = Date.UTC(2026, 5, 1)
  const indexed: AssetDocument[] = []
  const asked: { fromMs: number; rows: number }[] = []
  const search = {
    assets: async ({ terms = [] }: SearchRequest) => {
      const min = terms.find(({ name }) => name === 'date_modified')?.range?.min
      const fromMs = min === undefined ? 0 : Date.parse(String(min))
      const isPoll = min !== undefined
      const ids = terms.find(({ name }) => name === 'id')?.valueIn
      const rows = indexed.filter(
        ({ id, dateModified }) => Date.parse(dateModified) >= fromMs && (ids?.includes(id) ?? true),
      )
      if (isPoll) asked.push({ fromMs, rows: rows.length })
      return { rows, total: rows.length, searchAfter: null }
    },
  }
  const api = {
    inLane: () => api,
    search,
    assets: { trashed: async () => ({ ids: [], pages: 1 }) },
    collections: { list: async () => ({ rows: [], pages: 1 }) },
  } as unknown as IconikApi
  const library = new SqliteLibrary(':memory:')
  const store = new Proxy({} as LibraryStore, {
    get:
      (_, method: keyof LibraryStore) =>
      async (...args: unknown[]) =>
        (library[method] as (...args: unknown[]) => unknown).apply(library, args),
  })
  const clock = { ...systemClock, nowMs: () => nowMs }
  const sync = new LibrarySync({ store, api, clock, onProgress: () => {} })
  return {
    asked,
    /** The index shows an asset now that was changed `agoMs` before. */
    shows(number: number, agoMs = 0) {
      const date = new Date(nowMs - agoMs).toISOString()
      indexed.push(assetDocument(number, { dateModified: date, dateCreated: date }))
    },
    /** Polls as often as a signed-in Ferry does for so long. */
    async poll(forMs: number) {
      for (const endMs = nowMs + forMs; nowMs < endMs; nowMs += 10_000) await sync.step(signal)
    },
    ids: () => [1, 2, 3, 4, 5].filter((number) => library.get(idOf(number)) !== null),
  }
}

describe('polls of the library', () => {
  it('read what changed last again only while the index may still be late with something', async () => {
    const world = polledWorld()
    world.shows(1)
    await world.poll(60_000)
    world.shows(2)
    await world.poll(20_000)
    expect(world.asked.at(-1)?.rows).toBe(1)
    world.asked.length = 0
    await world.poll(20 * 60_000)
    const early = world.asked.filter(({ rows }) => rows > 1)
    // Some polls that look far back, in the first ten minutes.
    expect(early.length).toBeGreaterThan(0)
    expect(early.length).toBeLessThan(8)
    expect(world.asked.slice(-30).every(({ rows }) => rows === 1)).toBe(true)
  })

  it.each([5_000, 60_000, 290_000])('find what the index was late with by %i ms', async (lateMs) => {
    const world = polledWorld()
    world.shows(1)
    // So that the last poll that looks far back comes just before the index is complete, and the next one two minutes later.
    await world.poll(80_000)
    // The second changed just before the third, which shows at once and is the latest that the mirror knows.
    world.shows(3)
    await world.poll(lateMs)
    world.shows(2, lateMs + 1000)
    await world.poll(15 * 60_000)
    expect(world.ids()).toEqual([1, 2, 3])
  })
})
