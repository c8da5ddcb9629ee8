export type Lane = 'person' | 'queue' | 'background'

/** What a server allows one set of credentials. */
export interface RateLimit {
  perSecond: number
  per20s: number
}

/** iconik's published limit: about 50 requests a second, or 1,000 in any 20 seconds, per set of credentials. */
export const ICONIK_LIMIT: RateLimit = { perSecond: 50, per20s: 1000 }

/** Calls per second that only a person's clicks may use. */
const KEPT_FOR_PERSON = 2
/** With no more calls left than this in the server's own count, only a person's clicks go on. */
const LOW_REMAINING = 1
const WINDOW_MS = 20_000
const SECOND_MS = 1_000

export interface BudgetState {
  /** null: nothing is known of a limit, as with a server on this machine. */
  limit: RateLimit | null
  /** When the requests of the last 20 s were sent, oldest first. */
  sentAtMs: readonly number[]
  inFlight: Readonly<Record<Lane, number>>
  maxInFlight: number
  /** Nothing is sent before this time (a 429 told so). */
  pausedUntilMs: number
  /** What the server said is left, and until when that is worth something. */
  remaining: { count: number; untilMs: number } | null
}

export type BudgetDecision = { send: Lane } | { waitMs: number } | { wait: 'answer' }

/**
 * Which of the waiting lanes may send now, or how long nobody may. A person's clicks come first and have one connection
 * and two calls a second of their own; background work never takes more than a quarter of the connections.
 * The calls are spread over the second, so that a click never waits for a whole window to pass.
 */
export function decideNextRequest(
  state: BudgetState,
  waiting: Readonly<Record<Lane, number>>,
  nowMs: number,
): BudgetDecision {
  if (nowMs < state.pausedUntilMs) return { waitMs: state.pausedUntilMs - nowMs }
  let soonestMs = Infinity
  for (const lane of ['person', 'queue', 'background'] as const) {
    if (waiting[lane] === 0 || !hasConnection(state, lane)) continue
    const waitMs = budgetWaitMs(state, lane, nowMs)
    if (waitMs <= 0) return { send: lane }
    soonestMs = Math.min(soonestMs, waitMs)
  }
  return soonestMs === Infinity ? { wait: 'answer' } : { waitMs: soonestMs }
}

function hasConnection({ inFlight, maxInFlight }: BudgetState, lane: Lane): boolean {
  const all = inFlight.person + inFlight.queue + inFlight.background
  if (lane === 'person') return all < maxInFlight
  if (all >= maxInFlight - 1) return false
  return lane === 'queue' || inFlight.background < Math.max(1, Math.floor(maxInFlight / 4))
}

function budgetWaitMs(state: BudgetState, lane: Lane, nowMs: number): number {
  const { limit, sentAtMs, remaining } = state
  if (limit === null) return 0
  const kept = lane === 'person' ? 0 : Math.min(KEPT_FOR_PERSON, limit.perSecond - 1)
  const perSecond = limit.perSecond - kept
  const per20s = Math.max(1, limit.per20s - kept * (WINDOW_MS / SECOND_MS))
  let waitMs = Math.max(
    windowWaitMs(sentAtMs, perSecond, SECOND_MS, nowMs),
    windowWaitMs(sentAtMs, per20s, WINDOW_MS, nowMs),
  )
  const last = sentAtMs.at(-1)
  if (lane !== 'person' && last !== undefined) waitMs = Math.max(waitMs, last + SECOND_MS / perSecond - nowMs)
  if (remaining && nowMs < remaining.untilMs && remaining.count <= (lane === 'person' ? 0 : LOW_REMAINING))
    waitMs = Math.max(waitMs, remaining.untilMs - nowMs)
  return waitMs
}

/** How long until fewer than `count` of the requests lie within the last `windowMs`. */
function windowWaitMs(sentAtMs: readonly number[], count: number, windowMs: number, nowMs: number): number {
  const oldest = sentAtMs[sentAtMs.length - count]
  return oldest === undefined ? 0 : oldest + windowMs - nowMs
}

/**
 * How long to wait after a 429 or a failed read.
 * @param attempt 1 for the first failure
 * @param retryAfterMs what the server asked for; null when it said nothing
 * @param random 0 … 1, spreads callers that failed together
 */
export function backOffMs(attempt: number, retryAfterMs: number | null, random: number): number {
  if (retryAfterMs !== null) return Math.min(retryAfterMs, 120_000) + random * 250
  return Math.min(30_000, 500 * 2 ** (attempt - 1)) * (0.5 + random / 2)
}

/**
 * Retry-After as milliseconds from now: seconds or an HTTP date (RFC 9110, section 10.2.3).
 * @returns null when absent or not understood
 */
export function parseRetryAfter(value: string | null | undefined, nowMs: number): number | null {
  if (!value) return null
  if (/^\s*\d+(\.\d+)?\s*$/.test(value)) return Number(value) * 1000
  const dateMs = Date.parse(value)
  return Number.isNaN(dateMs) ? null : Math.max(0, dateMs - nowMs)
}
