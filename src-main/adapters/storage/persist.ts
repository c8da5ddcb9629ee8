import { AppError } from '../../core/errors.ts'
import { backOffMs, parseRetryAfter } from '../../core/pacing/request-budget.ts'
import { errorFromStorage, remedyFor } from './storage-answers.ts'
import type { StorageAnswer } from './storage-http.ts'
import type { TransferContext } from './transfer-context.ts'

/** Thrown within an adapter only: the storage has forgotten the upload session. */
export class SessionLost extends Error {
  override readonly name = 'SessionLost'
  readonly answer: StorageAnswer

  constructor(answer: StorageAnswer) {
    super('The storage has forgotten the upload session.')
    this.answer = answer
  }
}

/** How often an upload session may be begun anew in one go. */
const MOST_SESSIONS = 3

/**
 * Runs a transfer anew when the storage has forgotten its session.
 * @param run gets whether an earlier session may be gone on with: only at the first time
 * @throws AppError storage.refused when sessions do not last
 */
export async function overSessions<T>(
  context: TransferContext,
  fileId: string,
  run: (isFirst: boolean) => Promise<T>,
): Promise<T> {
  for (let sessions = 1; ; sessions++) {
    try {
      return await run(sessions === 1)
    } catch (error) {
      if (!(error instanceof SessionLost)) throw error
      if (sessions >= MOST_SESSIONS)
        throw errorFromStorage(error.answer, 'keep the upload session', context.clock.nowMs())
      context.logger.info('an upload session is gone; beginning anew', { file: fileId })
    }
  }
}

export interface Attempt<T> {
  /** For messages: "take part 3". */
  action: string
  signal: AbortSignal
  send: () => Promise<StorageAnswer>
  /** The result of an answer; null when it is a refusal. May throw storage.mismatch to have the bytes sent again. */
  accept: (answer: StorageAnswer) => T | null | Promise<T | null>
  /** Gets new URLs after they expired; absent when there are none to get. */
  refresh?: () => Promise<void>
  /** Told of trouble that fewer requests at once may mend. */
  trouble?: () => void
  /** After a broken connection; may find out what did arrive. */
  afterBreak?: () => Promise<void>
}

const MOST_REFRESHES = 3
const MOST_PASSING = 4
const MOST_MISMATCHES = 2

/**
 * Sends one request until it succeeds, as often as each kind of failure deserves: URLs that expire are renewed and are
 * no error; broken connections and 5xx are tried again after a pause; bytes that arrived wrong are sent anew.
 * @throws AppError storage.*, network.*, cancelled; SessionLost
 */
export async function persist<T>(context: TransferContext, attempt: Attempt<T>): Promise<T> {
  let refreshes = 0
  let passing = 0
  let mismatches = 0
  for (;;) {
    attempt.signal.throwIfAborted()
    let answer: StorageAnswer
    try {
      answer = await attempt.send()
    } catch (error) {
      if (!isBroken(error) || ++passing >= MOST_PASSING) throw error
      attempt.trouble?.()
      await context.clock.sleep(backOffMs(passing, null, Math.random()), attempt.signal)
      await attempt.afterBreak?.()
      continue
    }
    try {
      const result = await attempt.accept(answer)
      if (result !== null) return result
    } catch (error) {
      if (!isMismatch(error) || ++mismatches > MOST_MISMATCHES) throw error
      context.logger.warn('the storage reported other bytes; sending them again', { action: attempt.action })
      continue
    }
    const error = errorFromStorage(answer, attempt.action, context.clock.nowMs())
    switch (remedyFor(answer)) {
      case 'refresh':
        if (!attempt.refresh || ++refreshes > MOST_REFRESHES) throw error
        await attempt.refresh()
        break
      case 'start-again':
        throw new SessionLost(answer)
      case 'again': {
        if (++passing >= MOST_PASSING) throw error
        attempt.trouble?.()
        const afterMs = parseRetryAfter(answer.header('retry-after'), context.clock.nowMs())
        await context.clock.sleep(backOffMs(passing, afterMs, Math.random()), attempt.signal)
        await attempt.afterBreak?.()
        break
      }
      case 'mismatch':
        if (++mismatches > MOST_MISMATCHES) throw error
        break
      case 'fail':
        throw error
    }
  }
}

const isMismatch = (error: unknown) => error instanceof AppError && error.code === 'storage.mismatch'

/** A connection that broke or hung. One that could not be made at all is for the caller to wait out. */
const isBroken = (error: unknown) =>
  error instanceof AppError &&
  (error.code === 'network.timeout' ||
    (error.code === 'network.offline' && error.details['mayHaveTakenEffect'] === true))
