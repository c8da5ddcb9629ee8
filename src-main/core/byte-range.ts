export interface ByteRange {
  /** 0-based, both included. */
  first: number
  last: number
}

/**
 * What one Range header asks for (RFC 9110, section 14.2). Several ranges, other units and nonsense count as no header.
 *
 * @returns null for the whole; 'unsatisfiable' when it lies beyond the end
 */
export function parseByteRange(header: string | null, sizeBytes: number): ByteRange | null | 'unsatisfiable' {
  const [, from, to] = /^\s*bytes=(\d*)-(\d*)\s*$/i.exec(header ?? '') ?? []
  if (from === undefined || to === undefined || (from === '' && to === '')) return null
  if (from === '') {
    const length = Math.min(Number(to), sizeBytes)
    return length === 0 ? 'unsatisfiable' : { first: sizeBytes - length, last: sizeBytes - 1 }
  }
  const first = Number(from)
  if (first >= sizeBytes) return 'unsatisfiable'
  const last = to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1)
  return last < first ? null : { first, last }
}
