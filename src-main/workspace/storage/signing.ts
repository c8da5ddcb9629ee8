import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * Signatures of storage URLs: an HMAC over what the URL grants. The host is left out, so that the port may change
 * between starts; the expiry is in.
 */
export class Signer {
  readonly #key: string

  constructor(key: string) {
    this.#key = key
  }

  sign(grant: readonly (string | number)[]): string {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify(grant.map(String)))
      .digest('hex')
  }

  verify(grant: readonly (string | number)[], signature: string): boolean {
    const wanted = Buffer.from(this.sign(grant))
    const given = Buffer.from(signature)
    return wanted.length === given.length && timingSafeEqual(wanted, given)
  }
}
