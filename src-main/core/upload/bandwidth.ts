/** Bytes that go out at once under a limit: few enough that everything on its way moves several times a second, or as often as so low a limit allows. */
export function pieceBytes(bytesPerSecond: number): number {
  return Math.max(SMALLEST_PIECE_BYTES, Math.floor(bytesPerSecond / 4))
}

/** Less would be mostly headers of packets. */
const SMALLEST_PIECE_BYTES = 4 * 1024

/**
 * A bucket that fills at the allowed rate and holds one second of it. Asking for more than it holds is allowed: the debt is paid
 * by waiting, so that large pieces pass at the right mean speed.
 */
export class TokenBucket {
  #tokens: number
  #atMs: number
  #rate: number

  constructor(bytesPerSecond: number, nowMs: number) {
    this.#rate = bytesPerSecond
    this.#tokens = bytesPerSecond
    this.#atMs = nowMs
  }

  /** Takes bytes and returns for how long to wait before they are sent. */
  take(bytes: number, nowMs: number): number {
    this.#tokens = Math.min(this.#rate, this.#tokens + ((nowMs - this.#atMs) / 1000) * this.#rate)
    this.#atMs = nowMs
    this.#tokens -= bytes
    return this.#tokens >= 0 ? 0 : (-this.#tokens / this.#rate) * 1000
  }

  /** Bytes that were taken and will not be sent, so that nobody else waits for them. */
  giveBack(bytes: number): void {
    this.#tokens += bytes
  }
}

/**
 * Whether the limit holds now.
 * @param schedule 168 flags for the hours of a week from Monday 00:00, local time; empty: always
 */
export function limitHolds(schedule: readonly boolean[], now: { weekday: number; hour: number }): boolean {
  if (schedule.length === 0) return true
  const day = (now.weekday + 6) % 7
  return schedule[day * 24 + now.hour] ?? false
}
