/** Counts calls per application over a sliding window, as iconik does: 50/s over 20 s is 1,000 calls in any 20 s. */
export class RateLimit {
  readonly limit: number
  readonly #windowMs: number
  #calls = new Map<string, number[]>()

  constructor(callsPerSecond: number, windowS: number) {
    this.limit = Math.max(1, Math.round(callsPerSecond * windowS))
    this.#windowMs = windowS * 1000
  }

  /** Counts one call. `waitMs` is 0 where it is allowed, else the time until the next one is. */
  take(key: string, nowMs = Date.now()): { remaining: number; waitMs: number; resetMs: number } {
    let times = this.#calls.get(key)
    if (!times) this.#calls.set(key, (times = []))
    let expired = 0
    while (expired < times.length && (times[expired] ?? 0) <= nowMs - this.#windowMs) expired += 1
    if (expired > 0) times.splice(0, expired)
    const resetMs = times[0] === undefined ? this.#windowMs : times[0] + this.#windowMs - nowMs
    if (times.length >= this.limit) return { remaining: 0, waitMs: Math.max(1, resetMs), resetMs }
    times.push(nowMs)
    return { remaining: this.limit - times.length, waitMs: 0, resetMs }
  }
}
