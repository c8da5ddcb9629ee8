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

/** What is wrong with a normal address; undefined when nothing is. */
export function checkAddress(address: string): string | undefined {
  const words = strings.welcome.iconik
  const url = URL.parse(address)
  if (!url || !/^https?:$/.test(url.protocol)) return words.needAddress
  return url.protocol === 'http:' && !isLoopback(url.hostname) ? words.needHttps : undefined
}

/** What is wrong with an e-mail address and a password, by field; {} when nothing is. */
export function checkLogin(given: {
  url: string
  email: string
  password: string
}): Partial<Record<keyof typeof given, string>> {
  const words = strings.welcome.iconik
  const address = checkAddress(given.url)
  return {
    ...(address ? { url: address } : {}),
    ...(/^\S+@\S+$/.test(given.email.trim()) ? {} : { email: words.needEmail }),
    ...(given.password === '' ? { password: words.needPassword } : {}),
  }
}

/** What is wrong with what was typed, by field; {} when nothing is. */
export function checkCredentials(given: Credentials): Partial<Record<keyof Credentials, string>> {
  const words = strings.welcome.iconik
  const wrong: Partial<Record<keyof Credentials, string>> = {}
  const address = checkAddress(given.url)
  if (address) wrong.url = address
  if (given.appId.trim() === '') wrong.appId = words.needAppId
  if (given.authToken.trim() === '') wrong.authToken = words.needToken
  return wrong
}
