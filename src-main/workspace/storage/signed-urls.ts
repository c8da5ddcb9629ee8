import type { Signer } from './signing.ts'

export type SignatureStyle = 'aws' | 'google' | 'azure'

const names = {
  aws: { date: 'X-Amz-Date', lifetime: 'X-Amz-Expires', signature: 'X-Amz-Signature' },
  google: { date: 'X-Goog-Date', lifetime: 'X-Goog-Expires', signature: 'X-Goog-Signature' },
  azure: { date: 'st', lifetime: 'se', signature: 'sig' },
} as const

/** What providers put beside the signature; clients do not look at it, but a URL without it would look odd. */
const trimmings: Record<SignatureStyle, Record<string, string>> = {
  aws: { 'X-Amz-Algorithm': 'AWS4-HMAC-SHA256', 'X-Amz-SignedHeaders': 'host' },
  google: { 'X-Goog-Algorithm': 'GOOG4-RSA-SHA256', 'X-Goog-SignedHeaders': 'host' },
  azure: { sv: '2024-11-04', sr: 'b', sp: 'rcwd' },
}

/** Parameters that clients add to a signed URL on their own, by provider protocol. */
const unsigned: Record<SignatureStyle, ReadonlySet<string>> = {
  aws: new Set(['max-parts', 'part-number-marker']),
  google: new Set(['upload_id']),
  azure: new Set(['comp', 'blockid', 'blocklisttype', 'timeout']),
}

const compactDate = (ms: number) => new Date(ms).toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '')
const fromCompact = (text: string) =>
  Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))

export type Verdict = 'valid' | 'expired' | 'invalid'

/** Makes and checks signed storage URLs. A URL grants one verb (with Azure: all of them) on one path with its parameters. */
export class SignedUrls {
  readonly #signer: Signer
  readonly #lifetimeS: () => number

  constructor(signer: Signer, lifetimeS: () => number) {
    this.#signer = signer
    this.#lifetimeS = lifetimeS
  }

  #grant(style: SignatureStyle, verb: string, url: URL): string[] {
    const params = [...url.searchParams]
      .filter(([name]) => name !== names[style].signature && !unsigned[style].has(name))
      .map(([name, value]) => `${name}=${value}`)
      .sort()
    return [style === 'azure' ? 'SAS' : verb, url.pathname, ...params]
  }

  sign(
    style: SignatureStyle,
    verb: string,
    address: string,
    params: Record<string, string | number> = {},
  ): string {
    const url = new URL(address)
    const lifetimeS = this.#lifetimeS()
    const now = Date.now()
    for (const [name, value] of Object.entries({ ...trimmings[style], ...params }))
      url.searchParams.set(name, String(value))
    url.searchParams.set(
      names[style].date,
      style === 'azure' ? new Date(now).toISOString() : compactDate(now),
    )
    url.searchParams.set(
      names[style].lifetime,
      style === 'azure' ? new Date(now + lifetimeS * 1000).toISOString() : String(lifetimeS),
    )
    url.searchParams.set(names[style].signature, this.#signer.sign(this.#grant(style, verb, url)))
    return url.href
  }

  verify(style: SignatureStyle, verb: string, url: URL): Verdict {
    const signature = url.searchParams.get(names[style].signature) ?? ''
    if (!this.#signer.verify(this.#grant(style, verb, url), signature)) return 'invalid'
    const lifetime = url.searchParams.get(names[style].lifetime) ?? ''
    const ends =
      style === 'azure'
        ? Date.parse(lifetime)
        : fromCompact(url.searchParams.get(names[style].date) ?? '') + Number(lifetime) * 1000
    return Date.now() < ends ? 'valid' : 'expired'
  }

  /** A token that grants what `grant` says until it expires; for B2, which signs no URLs. */
  token(grant: readonly string[]): string {
    const ends = Date.now() + this.#lifetimeS() * 1000
    return `${ends}_${this.#signer.sign([...grant, ends])}`
  }

  verifyToken(grant: readonly string[], token: string): Verdict {
    const [ends = '', signature = ''] = token.split('_')
    if (!this.#signer.verify([...grant, ends], signature)) return 'invalid'
    return Date.now() < Number(ends) ? 'valid' : 'expired'
  }
}
