import type { ErrorCode, ErrorDetails, ErrorView, RetryVerdict } from '@contract/errors.ts'

/** What is assumed about a code when the place that throws it says nothing else. */
const DEFAULT_VERDICTS: Partial<Record<ErrorCode, RetryVerdict['when']>> = {
  'auth.required': 'signed-in',
  'auth.rejected': 'signed-in',
  'network.offline': 'online',
  'network.timeout': 'later',
  'api.failed': 'later',
  'rate.limited': 'later',
  'storage.mismatch': 'later',
  'file.changed': 'later',
}

/**
 * A failure that was expected to be possible. Its message names the thing and the reason in one plain sentence;
 * details are safe to show and to log. Cancelling is the code `cancelled`, which no interface shows in red.
 */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly retry: RetryVerdict
  readonly details: ErrorDetails

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; retry?: RetryVerdict; details?: ErrorDetails } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retry = options.retry ?? defaultVerdict(code)
    this.details = options.details ?? {}
  }

  toView(): ErrorView {
    return { code: this.code, message: this.message, retry: this.retry, details: this.details }
  }
}

function defaultVerdict(code: ErrorCode): RetryVerdict {
  const when = DEFAULT_VERDICTS[code] ?? 'never'
  return when === 'after' ? { when: 'later' } : { when }
}

/** The AppError in a chain of causes, so that wrapping never loses a verdict; undefined for a bug. */
export function findAppError(error: unknown): AppError | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 20; at = at.cause, depth++) {
    if (at instanceof AppError) return at
    if (at.name === 'AbortError') return new AppError('cancelled', 'Cancelled.', { cause: error })
  }
  return undefined
}
