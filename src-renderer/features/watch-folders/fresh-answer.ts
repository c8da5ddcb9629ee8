import { type Ref, type ShallowRef, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { isCancelled, toErrorView } from '../../client/index.ts'

/** An answer about a folder is asked for anew this much after the folder changed, so that a busy one is not asked all the time. */
const REST_MS = 1500

/**
 * An answer of main that goes with something that changes: asked for at once, and again after each change, one question at a time.
 *
 * @param subject what the answer is about; another subject empties it
 * @param state text that differs whenever the answer may
 */
export function useFreshAnswer<T>(
  subject: () => string,
  state: () => string,
  ask: (signal: AbortSignal) => Promise<T>,
): { answer: ShallowRef<T | null>; failure: Ref<string>; again: () => Promise<void> } {
  const answer: ShallowRef<T | null> = shallowRef(null)
  const failure = ref('')
  let timer: ReturnType<typeof setTimeout> | undefined
  let asking: AbortController | undefined

  async function again(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    asking?.abort()
    const mine = new AbortController()
    asking = mine
    try {
      const next = await ask(mine.signal)
      if (mine.signal.aborted) return
      answer.value = next
      failure.value = ''
    } catch (error) {
      if (!mine.signal.aborted && !isCancelled(error)) failure.value = toErrorView(error).message
    } finally {
      if (asking === mine) asking = undefined
    }
  }

  watch(
    [subject, state],
    ([now], [before]) => {
      if (now !== before) {
        answer.value = null
        void again()
      } else if (asking) void again()
      else timer ??= setTimeout(() => void again(), REST_MS)
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    clearTimeout(timer)
    asking?.abort()
  })
  return { answer, failure, again }
}
