import {
  backOffMs,
  decideNextRequest,
  parseRetryAfter,
  type BudgetState,
  type Lane,
  type RateLimit,
} from '../../core/pacing/request-budget.ts'
import type { Clock } from '../../ports/clock.ts'

export interface PacerOptions {
  clock: Clock
  /** The limit from the start; null to learn it from the answers. */
  limit: RateLimit | null
  /** The limit that is assumed once an answer shows that there is one. */
  assumedLimit: RateLimit
  maxInFlight: number
}

interface Waiting {
  start: () => void
  signal: AbortSignal | undefined
}

/**
 * Hands out the right to send one request, within the account's budget. Decisions are `decideNextRequest`; this keeps
 * the lanes' queues and the timer.
 */
export class Pacer {
  readonly #clock: Clock
  readonly #assumedLimit: RateLimit
  readonly #state: BudgetState & { sentAtMs: number[]; inFlight: Record<Lane, number> }
  readonly #waiting: Record<Lane, Waiting[]> = { person: [], queue: [], background: [] }
  #timer: AbortController | null = null
  #pauses = 0

  constructor({ clock, limit, assumedLimit, maxInFlight }: PacerOptions) {
    this.#clock = clock
    this.#assumedLimit = assumedLimit
    this.#state = {
      limit,
      sentAtMs: [],
      inFlight: { person: 0, queue: 0, background: 0 },
      maxInFlight,
      pausedUntilMs: 0,
      remaining: null,
    }
  }

  /** Resolves when a request of this lane may be sent; the result must be called when its answer has been read. */
  acquire(lane: Lane, signal?: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const start = () => {
        signal?.removeEventListener('abort', giveUp)
        resolve(this.#begin(lane))
      }
      const entry: Waiting = { start, signal }
      const giveUp = () => {
        const at = this.#waiting[lane].indexOf(entry)
        if (at >= 0) this.#waiting[lane].splice(at, 1)
        reject(signal?.reason as Error)
      }
      if (signal?.aborted) return giveUp()
      signal?.addEventListener('abort', giveUp, { once: true })
      this.#waiting[lane].push(entry)
      this.#pump()
    })
  }

  /** Learns from an answer's headers what is left of the budget. */
  learn(header: (name: string) => string | null): void {
    const remaining = header('ratelimit-remaining')
    if (remaining === null || !/^\d+$/.test(remaining.trim())) return
    this.#pauses = 0
    this.#state.limit ??= this.#assumedLimit
    const resetS = Number(header('ratelimit-reset') ?? Number.NaN)
    const validMs = Number.isFinite(resetS) && resetS >= 0 && resetS <= 60 ? resetS * 1000 : 1000
    this.#state.remaining = { count: Number(remaining), untilMs: this.#clock.monotonicMs() + validMs }
  }

  /** After a 429: everybody waits. @returns for how long, in milliseconds */
  slowDown(retryAfter: string | null): number {
    this.#state.limit ??= this.#assumedLimit
    this.#pauses++
    const waitMs = backOffMs(this.#pauses, parseRetryAfter(retryAfter, this.#clock.nowMs()), Math.random())
    this.#state.pausedUntilMs = Math.max(this.#state.pausedUntilMs, this.#clock.monotonicMs() + waitMs)
    return waitMs
  }

  #begin(lane: Lane): () => void {
    const { inFlight } = this.#state
    inFlight[lane]++
    let over = false
    return () => {
      if (over) return
      over = true
      inFlight[lane]--
      this.#pump()
    }
  }

  #pump(): void {
    this.#timer?.abort()
    this.#timer = null
    for (;;) {
      const nowMs = this.#clock.monotonicMs()
      this.#forgetOld(nowMs)
      const counts = {
        person: this.#waiting.person.length,
        queue: this.#waiting.queue.length,
        background: this.#waiting.background.length,
      }
      if (counts.person + counts.queue + counts.background === 0) return
      const decision = decideNextRequest(this.#state, counts, nowMs)
      if ('wait' in decision) return
      if ('waitMs' in decision) {
        this.#pumpLater(Math.ceil(decision.waitMs))
        return
      }
      if (this.#state.limit !== null) this.#state.sentAtMs.push(nowMs)
      const remaining = this.#state.remaining
      if (remaining && remaining.count > 0) remaining.count--
      this.#waiting[decision.send].shift()?.start()
    }
  }

  /** A sleep rather than a timer: a command whose only work waits here must not end for want of something to do. */
  #pumpLater(waitMs: number): void {
    const timer = new AbortController()
    this.#timer = timer
    this.#clock.sleep(waitMs, timer.signal).then(
      () => this.#pump(),
      () => undefined,
    )
  }

  #forgetOld(nowMs: number): void {
    const { sentAtMs } = this.#state
    let old = 0
    while (old < sentAtMs.length && (sentAtMs[old] as number) <= nowMs - 20_000) old++
    if (old > 0) sentAtMs.splice(0, old)
  }
}
