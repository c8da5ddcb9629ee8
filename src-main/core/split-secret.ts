/** Windows allows 2,560 bytes an entry, and stores two for each character: half of that, less some room for the count. */
export const MAX_PART_BYTES = 1200

/**
 * Cuts a secret into parts that every keychain takes. The first part starts with the number of parts, `3:…`.
 * Characters are never cut in two.
 */
export function splitSecret(secret: string, maxBytes = MAX_PART_BYTES): string[] {
  const parts: string[] = []
  let part = ''
  let sizeBytes = 0
  for (const character of secret) {
    const addedBytes = new TextEncoder().encode(character).length
    if (sizeBytes + addedBytes > maxBytes) {
      parts.push(part)
      part = ''
      sizeBytes = 0
    }
    part += character
    sizeBytes += addedBytes
  }
  parts.push(part)
  return parts.map((text, index) => (index === 0 ? `${parts.length}:${text}` : text))
}

/** How many parts a first part announces; null when it is none of ours. */
export function partCount(first: string): number | null {
  const digits = /^([1-9]\d{0,3}):/.exec(first)?.[1]
  return digits === undefined ? null : Number(digits)
}

/** Puts the parts together again; null when one is missing. */
export function joinSecret(parts: readonly (string | null)[]): string | null {
  const [first, ...rest] = parts
  if (typeof first !== 'string' || partCount(first) !== parts.length) return null
  if (rest.includes(null)) return null
  return first.slice(first.indexOf(':') + 1) + rest.join('')
}
