import { AppError } from './errors.ts'

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost'])

/**
 * The origin of an iconik host as a person types it: "app.iconik.io", "https://app.iconik.io/", a copied page address.
 *
 * @returns scheme, host and port, without a final slash
 * @throws AppError api.invalid when it is no address, carries a password, or is neither https nor on this machine
 */
export function parseAccountAddress(typed: string): string {
  const text = typed.trim()
  const invalid = (reason: string) =>
    new AppError('api.invalid', `“${text.slice(0, 100)}” is not an address of iconik: ${reason}`)
  let url: URL
  try {
    url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`)
  } catch {
    throw invalid('write it like https://app.iconik.io.')
  }
  if (url.username || url.password) throw invalid('it must not hold a name or password.')
  const isLoopback = LOOPBACK.has(url.hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback))
    throw invalid('only https is allowed, as the token travels with each request.')
  if (!isLoopback && !url.hostname.includes('.')) throw invalid('the host name is not complete.')
  return url.origin
}
