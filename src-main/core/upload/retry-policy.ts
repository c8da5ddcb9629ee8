import type { AppError } from '../errors.ts'

/** Tries in a row without getting further before an upload fails. */
export const MAX_ATTEMPTS = 8
/** Tries after which bytes that keep arriving wrong are no passing failure; each try has sent them several times. */
export const MAX_MISMATCHES = 3
/** How often a source may change while it is read before its upload fails by name. */
export const MAX_RESTARTS = 3
const FIRST_DELAY_MS = 1000
const LONGEST_DELAY_MS = 60_000

export type Verdict =
  | { do: 'fail' }
  /** Try again after the delay; this counts as an attempt. */
  | { do: 'retry'; delayMs: number }
  /** The whole queue waits; costs no attempt. */
  | { do: 'wait'; until: 'online' | 'signed-in' }
  /** The source changed: forget what was sent and begin again from how it is now. */
  | { do: 'restart' }
  /** Somebody stopped it on purpose. */
  | { do: 'stop' }

/**
 * What becomes of an upload after an error.
 * @param attempts failed tries in a row before this one
 * @param restarts how often its source changed before
 * @param jitter from 0 to below 1; spreads those that failed together
 */
export function verdictFor(error: AppError, attempts: number, restarts: number, jitter: number): Verdict {
  if (error.code === 'cancelled') return { do: 'stop' }
  if (error.code === 'file.changed') return restarts < MAX_RESTARTS ? { do: 'restart' } : { do: 'fail' }
  if (error.code === 'storage.mismatch' && attempts + 1 >= MAX_MISMATCHES) return { do: 'fail' }
  switch (error.retry.when) {
    case 'never':
      return { do: 'fail' }
    case 'online':
      return { do: 'wait', until: 'online' }
    case 'signed-in':
      return { do: 'wait', until: 'signed-in' }
    case 'after':
      return attempts + 1 < MAX_ATTEMPTS ? { do: 'retry', delayMs: error.retry.afterMs } : { do: 'fail' }
    case 'later':
      return attempts + 1 < MAX_ATTEMPTS
        ? { do: 'retry', delayMs: backOffMs(attempts, jitter) }
        : { do: 'fail' }
  }
}

/** Doubles from one second to a minute, then between half and all of that. */
export function backOffMs(attempts: number, jitter: number): number {
  const full = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempts)
  return Math.round(full / 2 + (full / 2) * jitter)
}

/**
 * Whether a create that ended with this error may have been carried out all the same. An answer below 500 says that it was not;
 * anything else says nothing.
 */
export function mayHaveHappened(error: AppError): boolean {
  switch (error.code) {
    case 'auth.required':
    case 'auth.rejected':
    case 'auth.role-missing':
    case 'api.invalid':
    case 'api.not-found':
    case 'api.conflict':
    case 'rate.limited':
    case 'network.tls':
      return false
    default:
      return true
  }
}
