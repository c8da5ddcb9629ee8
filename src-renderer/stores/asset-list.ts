import { defineStore } from 'pinia'
import { computed, nextTick, ref, shallowRef, watch } from 'vue'
import type { AssetRow } from '@contract/assets.ts'
import type { ErrorView } from '@contract/errors.ts'
import type { AssetId } from '@contract/ids.ts'
import { ferry, isCancelled, toErrorView } from '../client/index.ts'
import { createAssetPages, pagesOf, PAGE_ROWS } from '../lib/asset-pages.ts'
import { useLibrary } from './library.ts'

/** Pages read at the same time. */
const PARALLEL = 2

/** Notes in the page's timeline when the first rows were on the screen; what measures the start reads it there. */
function markFirstRows(): void {
  void nextTick(() => requestAnimationFrame(() => performance.mark('library-first-rows')))
}

/** The rows of the current query, read page by page as they come into view. */
export const useAssetList = defineStore('assetList', () => {
  const library = useLibrary()
  let pages = createAssetPages()
  /** Rows of the query before, shown until the first page of the new one is there. */
  let stalePages = createAssetPages()
  const total = ref(0)
  const loadedOnce = ref(false)
  /** The first page of a new query is on its way. */
  const settling = ref(false)
  const error = shallowRef<ErrorView | null>(null)
  /** Grows whenever rows were put in; what reads `rowAt` depends on it. */
  const version = ref(0)
  let wanted: number[] = [0]
  let running = new Map<number, AbortController>()
  let revision = -1
  let generation = 0

  function rowAt(index: number): AssetRow | undefined {
    void version.value
    return pages.rowAt(index) ?? stalePages.rowAt(index)
  }

  function pump(): void {
    for (const page of wanted) {
      if (running.size >= PARALLEL) return
      if (!pages.has(page) && !running.has(page)) void read(page)
    }
  }
  async function read(page: number): Promise<void> {
    const abort = new AbortController()
    const mine = generation
    const reads = running
    reads.set(page, abort)
    try {
      const input = { query: library.query, window: { offset: page * PAGE_ROWS, limit: PAGE_ROWS } }
      const answer = await ferry().call('assets.query', input, { signal: abort.signal })
      if (mine !== generation) return
      take(page, answer)
    } catch (failure) {
      if (mine !== generation || isCancelled(failure)) return
      error.value = toErrorView(failure)
      settling.value = false
      loadedOnce.value = true
      // The page stays unread; scrolling or the next change of the library tries it again.
      wanted = wanted.filter((other) => other !== page)
    } finally {
      reads.delete(page)
      if (mine === generation) pump()
    }
  }
  function take(page: number, answer: { revision: number; total: number; rows: AssetRow[] }): void {
    if (answer.revision > revision && revision >= 0) {
      // The library moved on: pages read before may have shifted. They stay in sight until they are read again.
      stalePages = pages
      pages = createAssetPages()
    }
    revision = Math.max(revision, answer.revision)
    pages.put(page, answer.rows)
    if (settling.value) stalePages = createAssetPages()
    settling.value = false
    if (!loadedOnce.value) markFirstRows()
    loadedOnce.value = true
    error.value = null
    total.value = answer.total
    version.value += 1
  }
  /** Names the rows in sight (0-based, both included); their pages are read, others are given up. */
  function ensure(from: number, to: number): void {
    wanted = pagesOf(from, Math.min(to, Math.max(0, total.value - 1)))
    for (const [page, abort] of running) if (!wanted.includes(page)) abort.abort()
    pump()
  }
  function restart(keepWanted: boolean): void {
    generation += 1
    for (const abort of running.values()) abort.abort()
    running = new Map()
    stalePages = pages
    pages = createAssetPages()
    if (!keepWanted) wanted = [0]
    pump()
  }
  function readAnew(): void {
    revision = -1
    settling.value = true
    restart(false)
  }
  watch(() => JSON.stringify(library.query), readAnew)
  watch(
    () => library.state?.revision,
    (next) => {
      if (next !== undefined && next > revision && revision >= 0) restart(true)
    },
  )

  return {
    total,
    version,
    error,
    settling,
    loadedOnce,
    isEmpty: computed(() => loadedOnce.value && total.value === 0),
    rowAt,
    ensure,
    start: () => {
      if (!loadedOnce.value) readAnew()
    },
    retry: readAnew,
    /** The index of a row that is held now; -1 when it is not. */
    indexOf(id: AssetId): number {
      for (const [index, row] of pages.entries()) if (row.id === id) return index
      return -1
    },
    /** Ids of the rows `from … to` (0-based, both included); asks main where they are not all held. */
    async idsBetween(from: number, to: number): Promise<AssetId[]> {
      const held: AssetId[] = []
      for (let index = from; index <= to; index += 1) {
        const row = pages.rowAt(index)
        if (!row) return ferry().call('assets.ids', { query: library.query, from, to })
        held.push(row.id)
      }
      return held
    },
  }
})
