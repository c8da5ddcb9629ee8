import { defineStore } from 'pinia'
import { computed, nextTick, ref, shallowRef, watch } from 'vue'
import type { AssetGroups, ListedAsset } from '@contract/assets.ts'
import type { ErrorView } from '@contract/errors.ts'
import type { AssetId } from '@contract/ids.ts'
import { ferry, isCancelled, toErrorView } from '../client/index.ts'
import { hear } from './hear.ts'
import { createAssetPages, pagesOf, PAGE_ROWS } from '../lib/asset-pages.ts'
import { useLibrary } from './library.ts'
import { useListFields } from './list-fields.ts'

/** Pages read at the same time. */
const PARALLEL = 2
/** While a list is dragged past rows faster than anybody can read them, what is in sight is asked for this often. */
const RUSH_MS = 100

/** Notes in the page's timeline when the first rows were on the screen. What measures the start reads it there. */
function markFirstRows(): void {
  void nextTick(() => requestAnimationFrame(() => performance.mark('library-first-rows')))
}

/** How the rows in sight are parted: by which field, into which groups; `groups` is empty where there are too many. */
export interface ListGroups extends AssetGroups {
  readonly by: string
}

/** The rows of the current query, read page by page as they come into view. */
export const useAssetList = defineStore('assetList', () => {
  const library = useLibrary()
  const fields = useListFields()
  let pages = createAssetPages()
  /** Rows of the query before, shown until the first page of the new one is there. */
  let stalePages = createAssetPages()
  const total = ref(0)
  /** Changes together with the rows; null for a list in one piece. */
  const groups = shallowRef<ListGroups | null>(null)
  const loadedOnce = ref(false)
  /** The first page of a new query is on its way. */
  const settling = ref(false)
  const error = shallowRef<ErrorView | null>(null)
  /** Grows whenever rows were put in; what reads `rowAt` depends on it. */
  const version = ref(0)
  let wanted: number[] = [0]
  let inSight = { from: 0, to: 0 }
  let askedAtMs = 0
  let asking: ReturnType<typeof setTimeout> | undefined
  let resting: ReturnType<typeof setTimeout> | undefined
  /** The list is dragged so fast that pictures of its rows are not worth their loading. */
  const rushing = ref(false)
  let running = new Map<number, AbortController>()
  let revision = -1
  let generation = 0
  /** The groups of this generation, asked for once. */
  let groupsRead: Promise<ListGroups> | null = null
  /** The newest revision that groups were asked for anew for. */
  let groupsRevision = -1

  function rowAt(index: number): ListedAsset | undefined {
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
      const { query, groupBy } = library
      const window = { offset: page * PAGE_ROWS, limit: PAGE_ROWS }
      const input = { query, groupBy, fields: fields.wanted, window }
      const [answer, parted] = await Promise.all([
        ferry().call('assets.query', input, { signal: abort.signal }),
        groupBy === null ? null : (groupsRead ??= readGroups(groupBy)),
      ])
      if (mine !== generation) return
      take(page, answer, parted)
    } catch (failure) {
      if (mine !== generation || isCancelled(failure)) return
      groupsRead = null
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
  async function readGroups(by: string): Promise<ListGroups> {
    return { by, ...(await ferry().call('assets.groups', { query: library.query, groupBy: by })) }
  }
  /** The library moved on after the groups were read; once for all pages that say so. */
  async function readGroupsAgain(by: string, newest: number): Promise<void> {
    if (newest <= groupsRevision) return
    groupsRevision = newest
    const mine = generation
    groupsRead = readGroups(by)
    const fresh = await groupsRead.catch(() => null)
    if (mine === generation && fresh) groups.value = fresh
  }
  function take(
    page: number,
    answer: { revision: number; total: number; rows: ListedAsset[] },
    parted: ListGroups | null,
  ): void {
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
    const isOlder =
      parted !== null && parted.by === groups.value?.by && parted.revision < groups.value.revision
    if (!isOlder) groups.value = parted
    if (parted && parted.revision < answer.revision) void readGroupsAgain(parted.by, answer.revision)
    version.value += 1
  }
  /** Names the rows in sight (0-based, both included); their pages are read, others are given up. */
  function ensure(from: number, to: number): void {
    // Nothing of what was in sight is any more.
    const isFar = from > inSight.to || to < inSight.from
    inSight = { from, to }
    wanted = pagesOf(from, Math.min(to, Math.max(0, total.value - 1)))
    for (const [page, abort] of running) if (!wanted.includes(page)) abort.abort()
    const waitMs = isFar ? askedAtMs + RUSH_MS - performance.now() : 0
    clearTimeout(asking)
    if (waitMs <= 0) return ask()
    asking = setTimeout(ask, waitMs)
    rushing.value = true
    clearTimeout(resting)
    resting = setTimeout(() => {
      rushing.value = false
    }, 1.5 * RUSH_MS)
  }
  function ask(): void {
    askedAtMs = performance.now()
    pump()
  }
  function restart(keepWanted: boolean): void {
    generation += 1
    for (const abort of running.values()) abort.abort()
    running = new Map()
    groupsRead = null
    stalePages = pages
    pages = createAssetPages()
    if (!keepWanted) wanted = [0]
    pump()
  }
  function readAnew(): void {
    // As above: when they were asked for.
    if (!loadedOnce.value) performance.mark('library-asked')
    revision = -1
    settling.value = true
    restart(false)
  }
  /** Another account is in use, and its rows are told before it is: nothing of the one before stays in sight. */
  function forget(): void {
    pages = createAssetPages()
    total.value = 0
    groups.value = null
    groupsRevision = -1
    version.value += 1
    loadedOnce.value = false
    if (generation > 0) readAnew()
  }
  watch(() => JSON.stringify([library.query, library.groupBy]), readAnew)
  // Columns were chosen, or the views that name them came.
  watch(
    () => fields.wanted.join('\n'),
    () => {
      if (loadedOnce.value) restart(true)
    },
  )
  hear('metadata.changed', ({ assetIds }) => {
    const changed = new Set(assetIds)
    if (fields.wanted.length === 0 || changed.size === 0) return
    for (const [, row] of pages.entries())
      if (changed.has(row.id)) {
        restart(true)
        return
      }
  })
  watch(
    () => library.state?.revision,
    (next, before) => {
      if (next === undefined || revision < 0) return
      if (next > revision) restart(true)
      // Revisions of one mirror only grow: this is the mirror of another account.
      else if (before !== undefined && next < before) forget()
    },
  )

  return {
    total,
    groups,
    version,
    error,
    settling,
    rushing,
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
        if (!row)
          return ferry().call('assets.ids', { query: library.query, groupBy: library.groupBy, from, to })
        held.push(row.id)
      }
      return held
    },
  }
})
