import { XMLParser } from 'fast-xml-parser'
import { AppError } from '../../core/errors.ts'
import { parseRetryAfter } from '../../core/pacing/request-budget.ts'
import type { StorageAnswer } from './storage-http.ts'

/** What an answer that is no success calls for. */
export type Remedy =
  /** A signed URL or token has expired: ask for a new one. */
  | 'refresh'
  /** The upload session is gone: begin it anew. */
  | 'start-again'
  /** A passing failure: the same once more. */
  | 'again'
  /** The bytes did not arrive as they were sent. */
  | 'mismatch'
  /** No use. */
  | 'fail'

const MISMATCH_CODES =
  /BadDigest|InvalidDigest|Md5Mismatch|Crc64Mismatch|sha1.*match|checksum.*match|IncompleteBody/i
const EXPIRED_CODES =
  /expired_auth_token|bad_auth_token|AccessDenied|ExpiredToken|AuthenticationFailed|SignatureDoesNotMatch|Request has expired/i

/** Reads a storage's refusal; providers differ in codes more than in meaning. */
export function remedyFor({ status, text }: StorageAnswer): Remedy {
  if (MISMATCH_CODES.test(text)) return 'mismatch'
  if (status === 401 || status === 403) return 'refresh'
  if (status === 400 && EXPIRED_CODES.test(text)) return 'refresh'
  if (status === 404 || status === 410 || status === 499) return 'start-again'
  if (status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 507)) return 'again'
  return 'fail'
}

/** @param action what was tried, for the message: "take part 3" */
export function errorFromStorage(answer: StorageAnswer, action: string, nowMs: number): AppError {
  const { status } = answer
  const reason = reasonOf(answer.text)
  const details = { status, ...(reason === '' ? {} : { reason }) }
  const said = reason === '' ? '' : `: ${reason}`
  if (status === 413 || status === 507)
    return new AppError('storage.full', `The storage has no room to ${action} (${status})${said}.`, {
      details,
    })
  if (remedyFor(answer) === 'mismatch')
    return new AppError(
      'storage.mismatch',
      `The storage got other bytes than were sent (${status})${said}.`,
      { details },
    )
  const afterMs = parseRetryAfter(answer.header('retry-after'), nowMs)
  const passing = remedyFor(answer) === 'again'
  return new AppError('storage.refused', `The storage refused to ${action} (${status})${said}.`, {
    details,
    retry: afterMs !== null ? { when: 'after', afterMs } : passing ? { when: 'later' } : { when: 'never' },
  })
}

const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, removeNSPrefix: true })

/** XML of a storage as plain data; null when it is none. Entities are not expanded beyond XML's own five. */
export function parseXml(text: string): Record<string, unknown> | null {
  if (!text.trimStart().startsWith('<')) return null
  try {
    return parser.parse(text) as Record<string, unknown>
  } catch {
    return null
  }
}

/** The code that a provider puts into its error body (XML of S3, GCS and Azure, JSON of B2); '' when there is none. */
export function reasonOf(text: string): string {
  const error = parseXml(text)?.['Error'] as { Code?: unknown; Message?: unknown } | undefined
  if (typeof error?.Code === 'string') return plain(error.Code)
  try {
    const json = JSON.parse(text) as { code?: unknown; message?: unknown } | null
    if (typeof json?.code === 'string') return plain(json.code)
  } catch {
    // Neither: the status has to do.
  }
  return ''
}

const plain = (code: string) => code.replace(/[^\w .:-]/g, '').slice(0, 80)

/** An ETag without quotes and weakness mark, lower case; null when absent. */
export const plainEtag = (value: string | null): string | null =>
  value === null ? null : value.replace(/^W\//, '').replace(/^"|"$/g, '').toLowerCase()

export const isMd5 = (value: string | null): value is string => value !== null && /^[0-9a-f]{32}$/.test(value)
