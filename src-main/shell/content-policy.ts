import { MEDIA_SCHEME } from '../core/media-address.ts'

/** Scheme and host of the app's own pages. */
export const APP_SCHEME = 'ferry-app'
export const APP_ORIGIN = `${APP_SCHEME}://bundle`
export const START_URL = `${APP_ORIGIN}/index.html`

/** Whether an address is a page of the app itself. */
export function isAppUrl(url: string): boolean {
  return url === APP_ORIGIN || url.startsWith(`${APP_ORIGIN}/`)
}

const ownSchemes = new Set([`${APP_SCHEME}:`, `${MEDIA_SCHEME}:`, 'devtools:'])

/** Whether a page may send this request at all. */
export function mayRequest(url: string): boolean {
  return ownSchemes.has(URL.parse(url)?.protocol ?? '')
}

const directives: Record<string, string> = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'font-src': "'self'",
  'img-src': `'self' ${MEDIA_SCHEME}:`,
  'media-src': `'self' ${MEDIA_SCHEME}:`,
  'connect-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
  'object-src': "'none'",
}

/** Headers that every answer of the app's scheme carries. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
}
