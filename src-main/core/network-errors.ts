import { AppError, findAppError } from './errors.ts'

/** Codes of Node and undici that mean: no connection was made, so nothing was sent. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'UND_ERR_CONNECT_TIMEOUT',
])
const TIMEOUTS = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'])
const TLS_CODE =
  /^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|CRL_|EPROTO$)/

/**
 * Converts what a failed connection threw. `details.mayHaveTakenEffect` is true when the request may have reached the
 * other side, so that a create must be looked up before it is sent again.
 * @param host the other side by name, as it is shown
 */
export function errorFromConnection(error: unknown, host: string): AppError {
  if (error instanceof AppError) return error
  const code = codeOf(error)
  const refusal = proxyRefusal(error)
  const options = (mayHaveTakenEffect: boolean) => ({
    cause: error,
    details: { host, code, mayHaveTakenEffect },
  })
  // The HTTP client calls this an abort; nobody gave up, so it must not look like a cancelled call.
  if (refusal !== null)
    return new AppError(
      'network.offline',
      `The proxy refused the way to ${host} (${refusal}).`,
      options(false),
    )
  if (TLS_CODE.test(code))
    return new AppError(
      'network.tls',
      `The connection to ${host} is not trusted: ${tlsReason(code)}.`,
      options(false),
    )
  if (TIMEOUTS.has(code))
    return new AppError('network.timeout', `${host} did not answer in time.`, options(true))
  if (NEVER_SENT.has(code))
    return new AppError('network.offline', `${host} cannot be reached (${code}).`, options(false))
  return new AppError('network.offline', `The connection to ${host} broke (${code}).`, options(true))
}

/** The status with which a proxy refused a tunnel, from undici's message; null for any other error. */
function proxyRefusal(error: unknown): string | null {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 10; at = at.cause, depth++) {
    const status = /Proxy response \((\d{3})\)/.exec(at.message)?.[1]
    if (status !== undefined) return status === '407' ? '407, it wants a login' : status
  }
  return null
}

function codeOf(error: unknown): string {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 10; at = at.cause, depth++) {
    const { code, errors } = at as { code?: unknown; errors?: unknown[] }
    if (typeof code === 'string' && code !== '') return code
    // Trying IPv6 and IPv4 fails with one error for each.
    if (Array.isArray(errors) && errors.length > 0) return codeOf(errors[0])
  }
  return error instanceof Error ? error.name : 'unknown'
}

function tlsReason(code: string): string {
  if (code.startsWith('CERT_HAS_EXPIRED')) return 'its certificate has expired'
  if (/ALTNAME|HOSTNAME/.test(code)) return 'its certificate is for another host'
  if (/SELF_SIGNED|DEPTH_ZERO|UNABLE_TO/.test(code))
    return 'its certificate is not signed by an authority that this machine trusts'
  return code
}

/** Reads errors of reading a source file. @param file its path, shown in the message */
export function errorFromSource(error: unknown, file: string): AppError {
  const known = findAppError(error)
  if (known) return known
  const code = codeOf(error)
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new AppError('file.missing', `${file} is not there any more.`, {
      cause: error,
      details: { path: file },
    })
  return new AppError('file.unreadable', `${file} cannot be read (${code}).`, {
    cause: error,
    details: { path: file, reason: code },
  })
}
