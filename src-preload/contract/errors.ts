import { z } from 'zod'

/**
 * The closed list of what can go wrong across the border, with what each means. The page turns a code into words;
 * the message names the thing concerned and is shown below those words.
 */
export const ERROR_MEANINGS = {
  'auth.required': 'Nobody is signed in.',
  'auth.rejected': 'The server refused the App-ID or the token.',
  'auth.role-missing': 'The account lacks a role; details.role names it where the server told.',
  'auth.keychain-unavailable': 'The system keychain cannot be used; details.reason says why.',
  'network.offline': 'The server cannot be reached.',
  'network.timeout': 'The server did not answer in time.',
  'network.tls': 'The connection is not trusted.',
  'api.invalid': 'The server refused the request as invalid; details.fields maps a field to its messages.',
  'api.not-found': 'The object does not exist on the server.',
  'api.conflict': 'The object changed on the server since it was read.',
  'api.failed': 'The server failed; details.status is its HTTP status.',
  'api.unexpected': 'The answer of the server is not one that this version understands.',
  'rate.limited': 'Too many requests; details.afterMs tells when to come back.',
  'storage.refused': 'The storage refused the bytes; details.status is its HTTP status.',
  'storage.mismatch': 'What the storage holds is not what was sent.',
  'storage.unsupported': 'This storage cannot take bytes from here.',
  'storage.full': 'The storage or disk has no room left.',
  'file.missing': 'The file is not there any more.',
  'file.changed': 'The file changed while it was being read.',
  'file.unreadable': 'The file cannot be read; details.reason says why.',
  'file.unsupported': 'This kind of file system entry is not uploaded.',
  'update.refused': 'A newer version of Ferry could not be checked, and is not offered.',
  'watch.overlap':
    'The folder, or the place that verified files go to, overlaps one that is watched; details.other names it.',
  'watch.limit': 'The system allows no more watches; details.command lifts the limit.',
  'store.failed': 'The local database could not be read or written.',
  'store.full': 'The disk that holds the local database is full.',
  'contract.invalid-input': 'The input of a call is not valid.',
  'contract.unknown-method': 'No such method.',
  'contract.forbidden': 'The sender of the call is not allowed to call.',
  cancelled: 'The caller gave up.',
  bug: 'Something that cannot happen happened; the log has the details.',
} as const

export type ErrorCode = keyof typeof ERROR_MEANINGS
export const ErrorCode = z.enum(Object.keys(ERROR_MEANINGS) as [ErrorCode, ...ErrorCode[]])

/** Codes that every call may answer with. */
export const COMMON_ERRORS = [
  'cancelled',
  'bug',
  'contract.invalid-input',
  'contract.unknown-method',
  'contract.forbidden',
  'store.failed',
  'auth.required',
  'auth.rejected',
  'auth.role-missing',
  'network.offline',
  'network.timeout',
  'network.tls',
  'api.failed',
  'api.unexpected',
  'api.not-found',
  'rate.limited',
] as const satisfies readonly ErrorCode[]

/** Whether and when the same thing may be tried again. */
export const RetryVerdict = z.discriminatedUnion('when', [
  z.object({ when: z.literal('never') }),
  z.object({ when: z.literal('later') }),
  z.object({ when: z.literal('after'), afterMs: z.number().nonnegative() }),
  z.object({ when: z.literal('online') }),
  z.object({ when: z.literal('signed-in') }),
])
export type RetryVerdict = z.infer<typeof RetryVerdict>

/** Details are plain JSON, safe to show and to log: no token, no signed URL. */
export const ErrorDetails = z.record(z.string(), z.json())
export type ErrorDetails = z.infer<typeof ErrorDetails>

export const ErrorView = z.object({
  code: ErrorCode,
  /** One sentence that names the thing and the reason. Plain text. */
  message: z.string(),
  retry: RetryVerdict,
  details: ErrorDetails.default({}),
})
export type ErrorView = z.infer<typeof ErrorView>
