import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { AssetRow } from '@contract/assets.ts'
import type { AssetId } from '@contract/ids.ts'
import { useAssetList } from './asset-list.ts'

/** More cannot be acted on at once. */
export const SELECTION_LIMIT = 100_000

/** What is selected in the library. The current row has the focus and is what the inspector shows. */
export const useSelection = defineStore('selection', () => {
  const list = useAssetList()
  const ids = shallowRef<ReadonlySet<AssetId>>(new Set())
  const current = shallowRef<AssetRow | null>(null)
  /** Index of the current row; -1 when there is none. */
  const currentIndex = ref(-1)
  let anchor = 0
  /** Index of the row that is selected once it was read; -1 for none. */
  let awaited = -1

  function makeCurrent(index: number): void {
    currentIndex.value = index
    const row = list.rowAt(index)
    if (row) current.value = row
  }
  function only(index: number): void {
    anchor = index
    makeCurrent(index)
    const row = list.rowAt(index)
    // A key may go to a row that was never read: it is selected as soon as it is there.
    awaited = row ? -1 : index
    ids.value = new Set(row ? [row.id] : [])
  }
  function toggle(index: number): void {
    const row = list.rowAt(index)
    if (!row) return
    anchor = index
    makeCurrent(index)
    const next = new Set(ids.value)
    if (!next.delete(row.id)) next.add(row.id)
    ids.value = next
  }
  /** Everything from the anchor to `index`; with `add`, besides what is selected already. */
  async function extendTo(index: number, add = false): Promise<void> {
    makeCurrent(index)
    const [from, to] = anchor <= index ? [anchor, index] : [index, anchor]
    const range = await list.idsBetween(from, Math.min(to, from + SELECTION_LIMIT - 1))
    ids.value = new Set(add ? [...ids.value, ...range] : range)
  }
  async function all(): Promise<void> {
    if (list.total === 0) return
    const range = await list.idsBetween(0, Math.min(list.total, SELECTION_LIMIT) - 1)
    ids.value = new Set(range)
    if (currentIndex.value < 0) makeCurrent(0)
  }
  /** What is selected is about to leave the list: the row that takes its place becomes the current one. */
  function passOn(): void {
    const place = currentIndex.value
    ids.value = new Set()
    if (place < 0) return
    const stop = watch(
      () => [list.version, list.total] as const,
      () => {
        stop()
        const next = Math.min(place, list.total - 1)
        if (next >= 0 && list.rowAt(next)) only(next)
        else clear()
      },
    )
  }
  function clear(): void {
    ids.value = new Set()
    current.value = null
    currentIndex.value = -1
  }
  // Rows that are shown again may have changed; the current one follows.
  watch(
    () => list.version,
    () => {
      if (awaited >= 0 && awaited === currentIndex.value && list.rowAt(awaited)) {
        only(awaited)
        return
      }
      const row = current.value
      if (!row) return
      const index = list.indexOf(row.id)
      if (index < 0) return
      currentIndex.value = index
      current.value = list.rowAt(index) ?? row
    },
  )
  return {
    ids,
    current,
    currentIndex,
    count: computed(() => ids.value.size),
    has: (id: AssetId) => ids.value.has(id),
    only,
    toggle,
    extendTo,
    all,
    /** Moves the focus without selecting. */
    makeCurrent,
    none(): void {
      ids.value = new Set()
    },
    clear,
    passOn,
  }
})
