import { ref, shallowRef, watch, onScopeDispose } from 'vue'
import type { ErrorView } from '@contract/errors.ts'
import type { AssetId } from '@contract/ids.ts'
import { isCancelled, toErrorView } from '../client/index.ts'

/** Passing over rows with the arrow keys asks nothing until one rests this long. */
const REST_MS = 150

/**
 * One part of what is shown, an asset or a collection: read when it rests, kept until the next is read.
 *
 * @param of the asset; null reads nothing, as while the section is closed
 */
export function useAssetPart<T, Id extends string = AssetId>(
  of: () => Id | null,
  read: (id: Id, signal: AbortSignal) => Promise<T>,
) {
  const value = shallowRef<T | null>(null)
  const error = shallowRef<ErrorView | null>(null)
  const busy = ref(false)
  let abort = new AbortController()
  let resting: ReturnType<typeof setTimeout> | undefined
  let shown: Id | null = null

  async function load(): Promise<void> {
    const id = of()
    abort.abort()
    abort = new AbortController()
    const { signal } = abort
    if (id === null) return
    try {
      const answer = await read(id, signal)
      if (signal.aborted) return
      value.value = answer
      error.value = null
    } catch (failure) {
      if (!signal.aborted && !isCancelled(failure)) error.value = toErrorView(failure)
    }
  }
  /** Does something to the asset, then reads the part again. @returns whether it was done */
  async function change(work: (id: Id) => Promise<unknown>): Promise<boolean> {
    const id = of()
    if (id === null || busy.value) return false
    busy.value = true
    error.value = null
    try {
      await work(id)
      await load()
      return true
    } catch (failure) {
      if (!isCancelled(failure)) error.value = toErrorView(failure)
      return false
    } finally {
      busy.value = false
    }
  }
  watch(
    of,
    (id) => {
      clearTimeout(resting)
      if (id !== shown) {
        value.value = null
        error.value = null
      }
      shown = id
      resting = setTimeout(() => void load(), REST_MS)
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    clearTimeout(resting)
    abort.abort()
  })
  return { value, error, busy, load, change }
}
