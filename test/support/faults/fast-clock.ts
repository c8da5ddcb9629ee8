import { systemClock } from '@main/adapters/node/system-clock.ts'
import type { Clock } from '@main/ports/clock.ts'

/** A clock that runs so many times as fast as the machine's: pauses and patience pass sooner, in the same order. */
export function fastClock(factor: number): Clock {
  const startMs = systemClock.nowMs()
  const startMonotonicMs = systemClock.monotonicMs()
  return {
    nowMs: () => Math.round(startMs + (systemClock.nowMs() - startMs) * factor),
    monotonicMs: () => startMonotonicMs + (systemClock.monotonicMs() - startMonotonicMs) * factor,
    after: (delayMs, callback) => systemClock.after(delayMs / factor, callback),
    sleep: (delayMs, signal) => systemClock.sleep(delayMs / factor, signal),
  }
}
