import type { ErrorCode, ErrorView, RetryVerdict } from '@contract/errors.ts'

/** An expected failure of a call, as main described it. `message` names the thing and the reason. */
export class ContractError extends Error {
  readonly code: ErrorCode
  readonly retry: RetryVerdict
  readonly details: ErrorView['details']

  constructor(view: ErrorView) {
    super(view.message)
    this.name = 'ContractError'
    this.code = view.code
    this.retry = view.retry
    this.details = view.details
  }
}

/** Whether the caller gave up itself: no failure, and nothing to show. */
export function isCancelled(error: unknown): boolean {
  return error instanceof ContractError && error.code === 'cancelled'
}

/** Any thrown value as an error view; what is not a ContractError is a bug of ours. */
export function toErrorView(error: unknown): ErrorView {
  if (error instanceof ContractError)
    return { code: error.code, message: error.message, retry: error.retry, details: error.details }
  const message = error instanceof Error ? error.message : String(error)
  return { code: 'bug', message, retry: { when: 'never' }, details: {} }
}
