import type { Credentials } from '@contract/accounts.ts'
import { strings } from '../../lib/strings/index.ts'

/** Hosts of iconik that everybody may use. */
export const KNOWN_ADDRESSES = [
  { url: 'https://app.iconik.io', label: 'app.iconik.io' },
  { url: 'https://eu.iconik.io', label: 'eu.iconik.io' },
] as const

/** An address as it was probably meant: "app.iconik.io/login" → "https://app.iconik.io". */
export function normalAddress(text: string): string {
  const trimmed = text.trim()
  const url = URL.parse(/^[a-z]+:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`)
  return url ? url.origin : trimmed
}

const isLoopback = (hostname: string) => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)

/** What is wrong with what was typed, by field; {} when nothing is. */
export function checkCredentials(given: Credentials): Partial<Record<keyof Credentials, string>> {
  const words = strings.welcome.iconik
  const url = URL.parse(given.url)
  const wrong: Partial<Record<keyof Credentials, string>> = {}
  if (!url || !/^https?:$/.test(url.protocol)) wrong.url = words.needAddress
  else if (url.protocol === 'http:' && !isLoopback(url.hostname)) wrong.url = words.needHttps
  if (given.appId.trim() === '') wrong.appId = words.needAppId
  if (given.authToken.trim() === '') wrong.authToken = words.needToken
  return wrong
}
