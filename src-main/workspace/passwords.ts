import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto'
import type { Settings } from './store/settings.ts'

/** Passwords of users, as salted scrypt hashes beside the users. */
export class Passwords {
  readonly #settings: Settings

  constructor(settings: Settings) {
    this.#settings = settings
  }

  set(userId: string, password: string): void {
    const salt = randomBytes(16)
    const hash = scryptSync(password.normalize('NFC'), salt, 32)
    this.#settings.set(`password/${userId}`, `${salt.toString('base64')}:${hash.toString('base64')}`)
  }

  has(userId: string): boolean {
    return this.#settings.get(`password/${userId}`) !== undefined
  }

  /** Takes as long for an unknown user as for a wrong password. */
  verify(userId: string | undefined, password: string): boolean {
    const stored = userId === undefined ? undefined : this.#settings.get<string>(`password/${userId}`)
    const [salt = 'AAAA', hash = ''] = (stored ?? '').split(':')
    const wanted = Buffer.from(hash, 'base64')
    const given = scryptSync(password.normalize('NFC'), Buffer.from(salt, 'base64'), 32)
    return wanted.length === given.length && timingSafeEqual(wanted, given)
  }
}
