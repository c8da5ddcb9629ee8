import { findAppError } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Logger } from '../../ports/logger.ts'
import type { LoginToken } from '../../ports/password-login.ts'

/** Where the server did not say how long a token lasts. */
const UNKNOWN_LIFETIME_MS = 12 * 3600_000
/** Half of a long life is not waited for: a machine that is off for a week should not find its token gone. */
const LONGEST_WAIT_MS = 6 * 3600_000
/** Timers stand still while the machine sleeps, tokens do not: so often it is looked at the time of day. */
const LOOK_EVERY_MS = 5 * 60_000
/** Between two tries, and between two renewals: to a clock that is ahead of the server's each token has expired. */
const AGAIN_MS = 60_000
/** Less than this is left: the next command may come too late. */
const SHORT_MS = 12 * 3600_000

/**
 * Renews the token of a log-in long before it expires. Tokens that an administrator made do not expire and are left alone.
 */
export class TokenRenewal {
  readonly #clock: Clock
  readonly #logger: Logger
  #timer: { cancel(): void } | null = null
  #generation = 0

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock
    this.#logger = logger
  }

  /**
   * Whether a process that may be over before half of the token's life had better renew it at its start.
   * @param expiresMs milliseconds since 1970; null when the server did not say
   */
  isShort(expiresMs: number | null): boolean {
    return expiresMs !== null && expiresMs - this.#clock.nowMs() < SHORT_MS
  }

  /**
   * Follows one token until `stop` or the next `follow`.
   * @param renew gets a new token and keeps it; when it fails because the token is refused, nothing is tried again
   */
  follow(expiresMs: number | null, renew: () => Promise<LoginToken>): void {
    this.stop()
    const generation = this.#generation
    const wait = (delayMs: number) => {
      const lastsMs = Math.min(delayMs, LONGEST_WAIT_MS)
      // Whichever comes first: the time of day may be set back too.
      const [dueMs, dueMonotonicMs] = [this.#clock.nowMs() + lastsMs, this.#clock.monotonicMs() + lastsMs]
      const look = () => {
        const leftMs = Math.min(dueMs - this.#clock.nowMs(), dueMonotonicMs - this.#clock.monotonicMs())
        if (leftMs <= 0) void run()
        else this.#timer = this.#clock.after(Math.min(leftMs, LOOK_EVERY_MS), look)
      }
      this.#timer = this.#clock.after(Math.min(lastsMs, LOOK_EVERY_MS), look)
    }
    const run = async () => {
      try {
        const token = await renew()
        if (generation === this.#generation) wait(Math.max(AGAIN_MS, this.#waitMs(token.expiresMs)))
      } catch (error) {
        const code = findAppError(error)?.code
        this.#logger.warn('the token could not be renewed', { code: code ?? String(error) })
        const isFinal = code === 'auth.rejected' || code === 'auth.required'
        if (generation === this.#generation && !isFinal) wait(AGAIN_MS)
      }
    }
    wait(this.#waitMs(expiresMs))
  }

  stop(): void {
    this.#generation++
    this.#timer?.cancel()
    this.#timer = null
  }

  /** Half of what is left, so that a server that is away for hours costs nothing. */
  #waitMs(expiresMs: number | null): number {
    const leftMs = expiresMs === null ? UNKNOWN_LIFETIME_MS : expiresMs - this.#clock.nowMs()
    return Math.max(0, leftMs / 2)
  }
}
