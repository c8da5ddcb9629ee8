import { setTimeout as sleepFor } from 'node:timers/promises'
import type { Clock } from '../../ports/clock.ts'

/** Longest delay that a timer of Node takes; longer ones would fire at once. */
const MAX_TIMER_MS = 2_147_483_647

/** The clock of this machine. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(delayMs, MAX_TIMER_MS))
    timer.unref()
    return { cancel: () => clearTimeout(timer) }
  },
  async sleep(delayMs, signal) {
    signal?.throwIfAborted()
    try {
      await sleepFor(Math.min(delayMs, MAX_TIMER_MS), undefined, signal ? { signal } : {})
    } catch (error) {
      // The port promises the signal's own reason, not the wrapper that the timer throws.
      signal?.throwIfAborted()
      throw error
    }
  },
}
