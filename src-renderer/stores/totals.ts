import { onScopeDispose, shallowRef, watch } from 'vue'
import { MOST_ADDED_UP, type AssetQuery, type Totals } from '@contract/assets.ts'
import type { AssetId } from '@contract/ids.ts'
import { ferry } from '../client/index.ts'

/** A hand that types or selects asks once it rests; while clips come in it is asked now and then. */
const RESTS_MS = 150
const CHANGED_MS = 2000

/**
 * Length and size of assets added up; null while it is not known.
 * @param of what is added up; null or too many for nothing
 * @param count how many those are: when it changes, the sums of before are not shown beside it
 */
export function useTotals(
  of: () => { query: AssetQuery } | { ids: AssetId[] } | null,
  count: () => number = () => 0,
) {
  const totals = shallowRef<Totals | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let abort = new AbortController()
  let isPlanned = false
  let lastReadMs = 0

  function plan(afterMs: number): void {
    clearTimeout(timer)
    isPlanned = true
    timer = setTimeout(() => void read(), afterMs)
  }
  async function read(): Promise<void> {
    isPlanned = false
    lastReadMs = Date.now()
    abort.abort()
    abort = new AbortController()
    const { signal } = abort
    const asked = of()
    const isTooMany =
      asked !== null && 'ids' in asked && (asked.ids.length === 0 || asked.ids.length > MOST_ADDED_UP)
    if (asked === null || isTooMany) {
      totals.value = null
      return
    }
    try {
      const answer = await ferry().call('assets.totals', asked, { signal })
      if (!signal.aborted) totals.value = answer
    } catch {
      // It is an extra: without it the count stands alone.
      if (!signal.aborted) totals.value = null
    }
  }
  watch(
    of,
    () => {
      totals.value = null
      plan(RESTS_MS)
    },
    { immediate: true },
  )
  watch(count, () => {
    totals.value = null
    abort.abort()
    plan(Math.max(RESTS_MS, lastReadMs + CHANGED_MS - Date.now()))
  })
  const stop = ferry().on('assets.changed', () => {
    if (!isPlanned) plan(CHANGED_MS)
  })
  onScopeDispose(() => {
    stop()
    clearTimeout(timer)
    abort.abort()
  })
  return totals
}
