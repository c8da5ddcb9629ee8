import { pieceBytes, TokenBucket } from '../../core/upload/bandwidth.ts'
import type { Clock } from '../../ports/clock.ts'

/** Whoever waits for bandwidth says so at least so often: far below the times after which a silence counts as a failure. */
const WAIT_SIGN_EVERY_MS = 5000

/** One limit for all transfers together. */
export class BandwidthLimit {
  readonly #clock: Clock
  readonly #bytesPerSecond: () => number | null
  #bucket: { rate: number; bucket: TokenBucket } | null = null

  /** @param bytesPerSecond that holds now; null without a limit */
  constructor(clock: Clock, bytesPerSecond: () => number | null) {
    this.#clock = clock
    this.#bytesPerSecond = bytesPerSecond
  }

  /** As `TransferRequest.throttle` says. */
  async throttle(bytes: number, signal: AbortSignal, waits: () => void): Promise<number> {
    const rate = this.#bytesPerSecond()
    if (rate === null) return bytes
    if (this.#bucket?.rate !== rate)
      this.#bucket = { rate, bucket: new TokenBucket(rate, this.#clock.monotonicMs()) }
    const { bucket } = this.#bucket
    const granted = Math.min(bytes, pieceBytes(rate))
    try {
      let waitMs = bucket.take(granted, this.#clock.monotonicMs())
      for (; waitMs > 0; waitMs -= WAIT_SIGN_EVERY_MS) {
        waits()
        await this.#clock.sleep(Math.min(waitMs, WAIT_SIGN_EVERY_MS), signal)
      }
    } catch (error) {
      bucket.giveBack(granted)
      throw error
    }
    return granted
  }
}
