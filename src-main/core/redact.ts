const REMOVED = '[removed]'

/** Names of headers and fields whose value is a secret, whatever it looks like. */
const SECRET_NAME = /(auth|token|secret|password|passwd|cookie|credential|signature|api[-_]?key)/i
/** A JSON Web Token: iconik's tokens are such. */
const JWT = /\beyJ[\w-]{8,}\.[\w-]{4,}(\.[\w-]*)?/g
const URL_WITH_QUERY = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>?#]+)\?[^\s"'<>]*/gi
const URL_CREDENTIALS = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s"'<>/@]+@/gi
/** "Authorization: Bearer x", "auth-token=x" in running text. */
const NAMED_VALUE =
  /\b((?:proxy-)?authorization|auth-token|x-bz-upload-authorization|authorizationtoken|(?:access|session)[-_]token|password)(["']?\s*[:=]\s*["']?)((?:bearer|basic)\s+)?[^\s"',;&]+/gi

/** Shorter strings are no secrets, and removing each of their occurrences would make a text unreadable. */
const SHORTEST_SECRET = 6
const DEEPEST = 8

/**
 * Takes secrets out of what is logged or shown: the secrets it was told, query strings of URLs (signed URLs carry their
 * right to write in it), credentials inside URLs, JSON Web Tokens, and values under telling names.
 */
export class Redactor {
  readonly #secrets = new Set<string>()

  /** Remembers a secret; each of its spellings (plain, percent-encoded) is removed from now on. */
  know(secret: string): void {
    if (secret.length < SHORTEST_SECRET) return
    this.#secrets.add(secret)
    this.#secrets.add(encodeURIComponent(secret))
  }

  text(value: string): string {
    let clean = value
    for (const secret of this.#secrets) if (clean.includes(secret)) clean = clean.replaceAll(secret, REMOVED)
    return clean
      .replace(URL_CREDENTIALS, `$1${REMOVED}@`)
      .replace(URL_WITH_QUERY, `$1?${REMOVED}`)
      .replace(NAMED_VALUE, `$1$2${REMOVED}`)
      .replace(JWT, REMOVED)
  }

  /** A copy of plain data with every text cleaned; errors become their name, message, code and causes. */
  data(value: unknown, depth = 0): unknown {
    if (typeof value === 'string') return this.text(value)
    if (typeof value === 'bigint') return value.toString()
    if (typeof value !== 'object' || value === null) return value
    if (depth >= DEEPEST) return '[deep]'
    if (value instanceof Error) return this.#error(value, depth)
    if (Array.isArray(value)) return value.map((item) => this.data(item, depth + 1))
    const clean: Record<string, unknown> = {}
    for (const [name, item] of Object.entries(value))
      clean[name] = SECRET_NAME.test(name) && typeof item === 'string' ? REMOVED : this.data(item, depth + 1)
    return clean
  }

  #error(error: Error, depth: number): Record<string, unknown> {
    const { code, details } = error as { code?: unknown; details?: unknown }
    return {
      name: error.name,
      message: this.text(error.message),
      ...(code === undefined ? {} : { code: this.data(code, depth + 1) }),
      ...(details === undefined ? {} : { details: this.data(details, depth + 1) }),
      ...(error.stack === undefined ? {} : { stack: this.text(error.stack) }),
      ...(error.cause === undefined ? {} : { cause: this.data(error.cause, depth + 1) }),
    }
  }
}
