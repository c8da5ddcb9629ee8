import { onScopeDispose, type ShallowRef, shallowRef } from 'vue'
import type { ErrorView } from '@contract/errors.ts'
import { isCancelled, toErrorView } from '../client/index.ts'

/** A view of one state that main owns. */
export interface Mirror<T> {
  /** Null until the first answer. Replaced as a whole; never changed in place. */
  readonly state: ShallowRef<T | null>
  /** Why the last fetch failed; null when it did not. The last state stays. */
  readonly error: ShallowRef<ErrorView | null>
  /** Subscribes, then fetches. Calling it again fetches again. */
  start(): Promise<void>
  stop(): void
  /** Takes a state that main returned from another call. */
  accept(state: T): void
}

/**
 * Keeps a copy of a state that main sends whole whenever it changes. It listens before it asks, and a change that
 * arrives while the question is open wins over the answer, which may be older. It ends with the store that made it.
 */
export function mirror<T>(source: {
  fetch: () => Promise<T>
  listen: (apply: (state: T) => void) => () => void
}): Mirror<T> {
  const state = shallowRef<T | null>(null)
  const error = shallowRef<ErrorView | null>(null)
  let changes = 0
  let unlisten: (() => void) | undefined

  const accept = (next: T) => {
    changes += 1
    state.value = next
    error.value = null
  }
  function stop(): void {
    unlisten?.()
    unlisten = undefined
  }
  onScopeDispose(stop, true)
  return {
    state,
    error,
    accept,
    stop,
    async start() {
      unlisten ??= source.listen(accept)
      const before = changes
      try {
        const answer = await source.fetch()
        if (changes === before) accept(answer)
      } catch (failure) {
        if (!isCancelled(failure)) error.value = toErrorView(failure)
      }
    },
  }
}
