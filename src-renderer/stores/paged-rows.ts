import { markRaw, readonly, ref, shallowRef, type Raw, type Ref, type ShallowRef } from 'vue'
import type { Window } from '@contract/ids.ts'

/** Asks main for one window of a list. */
export type FetchRows<Row> = (window: Window) => Promise<{ total: number; rows: readonly Row[] }>

/** A long list of which only the part near the screen is held. */
export interface PagedRows<Row> {
  readonly total: Readonly<Ref<number>>
  /** Whether a first answer came. */
  readonly loaded: Readonly<Ref<boolean>>
  /** The latest failure to read; null after a success. */
  readonly failure: Readonly<ShallowRef<unknown>>
  /** The row at a 0-based index; undefined while it is on its way. Reactive. */
  rowAt(index: number): Row | undefined
  /** Says which rows are on the screen (0-based, both included); missing ones are asked for. */
  show(from: number, to: number): void
  /** Reads the total and the rows on the screen again; the old ones stay until the new ones are there. */
  refresh(): Promise<void>
  /** Lays newer versions of rows over those that are held; others are left alone. */
  patch(rows: readonly Row[]): void
  /** Forgets everything, as for another account. */
  clear(): void
}

/** Pages kept besides those on the screen, so that memory stays flat however far a list is scrolled. */
const KEPT_PAGES = 12

/** @param pageSize rows per call, at most 500 */
export function usePagedRows<Row extends { readonly id: string }>(
  fetchRows: FetchRows<Row>,
  pageSize = 60,
): Raw<PagedRows<Row>> {
  const total = ref(0)
  const loaded = ref(false)
  const failure = shallowRef<unknown>(null)
  const version = ref(0)
  let pages = new Map<number, Row[]>()
  let asked = new Set<number>()
  let generation = 0
  let firstPage = 0
  let lastPage = 0
  let refreshing: Promise<void> | null = null
  let refreshAgain = false

  const fetchPage = (page: number) => fetchRows({ offset: page * pageSize, limit: pageSize })

  async function loadPage(page: number): Promise<void> {
    const mine = generation
    asked.add(page)
    try {
      const answer = await fetchPage(page)
      if (mine !== generation) return
      pages.set(page, [...answer.rows])
      total.value = answer.total
      failure.value = null
      dropFarPages()
      version.value += 1
    } catch (error) {
      if (mine === generation) failure.value = error
    } finally {
      if (mine === generation) asked.delete(page)
    }
  }

  function dropFarPages(): void {
    if (pages.size <= KEPT_PAGES) return
    const middle = (firstPage + lastPage) / 2
    const farthestFirst = [...pages.keys()].sort((a, b) => Math.abs(b - middle) - Math.abs(a - middle))
    for (const page of farthestFirst.slice(0, pages.size - KEPT_PAGES)) pages.delete(page)
  }

  function show(from: number, to: number): void {
    firstPage = Math.max(0, Math.floor(from / pageSize))
    lastPage = Math.max(firstPage, Math.floor(to / pageSize))
    for (let page = firstPage; page <= lastPage; page += 1) {
      if (page * pageSize >= total.value && loaded.value) break
      if (!pages.has(page) && !asked.has(page)) void loadPage(page)
    }
  }

  async function readAgain(): Promise<void> {
    const mine = ++generation
    asked = new Set()
    const wanted: number[] = []
    for (let page = firstPage; page <= lastPage; page += 1) wanted.push(page)
    try {
      const answers = await Promise.all(wanted.map(fetchPage))
      if (mine !== generation) return
      pages = new Map(answers.map((answer, index) => [wanted[index] as number, [...answer.rows]]))
      total.value = answers[0]?.total ?? 0
      failure.value = null
      loaded.value = true
    } catch (error) {
      if (mine === generation) failure.value = error
    }
    version.value += 1
  }

  /** Many requests while one is under way become one more. */
  function refresh(): Promise<void> {
    if (refreshing) {
      refreshAgain = true
      return refreshing
    }
    refreshing = (async () => {
      do {
        refreshAgain = false
        await readAgain()
      } while (refreshAgain)
      refreshing = null
    })()
    return refreshing
  }

  function patch(rows: readonly Row[]): void {
    const newer = new Map(rows.map((row) => [row.id, row]))
    let changed = false
    for (const held of pages.values()) {
      for (const [index, row] of held.entries()) {
        const replacement = newer.get(row.id)
        if (!replacement) continue
        held[index] = replacement
        changed = true
      }
    }
    if (changed) version.value += 1
  }

  function clear(): void {
    generation += 1
    pages.clear()
    asked.clear()
    total.value = 0
    loaded.value = false
    version.value += 1
  }

  function rowAt(index: number): Row | undefined {
    void version.value
    return pages.get(Math.floor(index / pageSize))?.[index % pageSize]
  }

  // Raw, so that a store that holds it does not unwrap its refs.
  return markRaw({
    total: readonly(total),
    loaded: readonly(loaded),
    failure,
    rowAt,
    show,
    refresh,
    patch,
    clear,
  })
}
