import { AppError } from '../../core/errors.ts'
import { parseRetryAfter } from '../../core/pacing/request-budget.ts'
import type { ErrorDetails } from '@contract/errors.ts'

export interface RefusedAnswer {
  status: number
  /** The body as text; may be empty or no JSON at all. */
  body: string
  header: (name: string) => string | null
  /** "POST /API/assets/v1/assets/", without query. */
  call: string
  nowMs: number
}

/** What an error body says: messages, and which fields they belong to. */
export interface ErrorBody {
  messages: string[]
  fields: Record<string, string[]>
}

const LONGEST_MESSAGE = 300

/**
 * Reads iconik's error body: `{"errors": ["text"]}` or `{"errors": {"field": "text" or ["text"]}}`; anything else
 * (empty, HTML of a proxy) yields no messages.
 */
export function parseErrorBody(body: string): ErrorBody {
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    return { messages: [], fields: {} }
  }
  const errors: unknown = (json as { errors?: unknown } | null)?.errors
  if (typeof errors === 'string') return { messages: [clip(errors)], fields: {} }
  if (Array.isArray(errors)) return { messages: errors.map(toText), fields: {} }
  if (typeof errors !== 'object' || errors === null) return { messages: [], fields: {} }
  const fields = Object.fromEntries(
    Object.entries(errors).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(toText) : [toText(value)],
    ]),
  )
  const messages = Object.entries(fields).flatMap(([name, texts]) => texts.map((text) => `${name}: ${text}`))
  return { messages, fields }
}

const toText = (value: unknown) => clip(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
const clip = (text: string) =>
  text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE - 1)}…` : text

/** The AppError for an answer that is no success. */
export function errorFromAnswer(answer: RefusedAnswer): AppError {
  const { status, call } = answer
  const { messages, fields } = parseErrorBody(answer.body)
  const said = messages.length > 0 ? `: ${messages.slice(0, 3).join('; ')}` : ''
  const requestId = answer.header('x-request-id')
  const details: ErrorDetails = {
    status,
    call,
    ...(messages.length > 0 ? { messages: messages.slice(0, 10) } : {}),
    ...(requestId ? { requestId } : {}),
  }
  switch (status) {
    case 401:
      return new AppError('auth.rejected', `iconik refused the App-ID or the token${said}.`, { details })
    case 403:
      return roleMissing(messages, call, details)
    case 404:
    case 410:
      return new AppError('api.not-found', `iconik does not have this object (${call})${said}.`, { details })
    case 409:
      return new AppError('api.conflict', `iconik reports a conflict for ${call}${said}.`, { details })
    case 429:
      return rateLimited(answer, details)
    case 400:
    case 405:
    case 411:
    case 413:
    case 415:
    case 422:
      return new AppError('api.invalid', `iconik refused ${call} as invalid${said}.`, {
        details: { ...details, fields },
      })
    default:
      return new AppError('api.failed', `iconik answered ${call} with ${status}${said}.`, {
        details,
        // 501 will be the same tomorrow.
        retry:
          (status >= 500 && status !== 501) || status === 408 || status === 425
            ? { when: 'later' }
            : { when: 'never' },
      })
  }
}

/** iconik names the missing role in its message, such as can_write_files. */
function roleMissing(messages: string[], call: string, details: ErrorDetails): AppError {
  const role = /\bcan_[a-z_]+\b/.exec(messages.join(' '))?.[0]
  const why = role
    ? `the role ${role} is missing`
    : (messages[0] ?? 'the account has no role or permission for this')
  return new AppError(
    'auth.role-missing',
    `iconik does not allow ${call}: ${why}. An administrator can grant it.`,
    {
      details: { ...details, ...(role ? { role } : {}) },
    },
  )
}

function rateLimited(answer: RefusedAnswer, details: ErrorDetails): AppError {
  const afterMs = parseRetryAfter(answer.header('retry-after'), answer.nowMs)
  return new AppError('rate.limited', `iconik asks to send fewer requests (${answer.call}).`, {
    details: { ...details, ...(afterMs === null ? {} : { afterMs }) },
    retry: afterMs === null ? { when: 'later' } : { when: 'after', afterMs },
  })
}
