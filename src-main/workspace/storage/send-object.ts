import type { Exchange } from '../http/exchange.ts'
import { hexToBase64 } from './checksums.ts'
import type { StorageSide, Target } from './provider.ts'
import type { StoredObject } from './byte-store.ts'

/** Ranges up to this are sent in one piece. */
const FEW_BYTES = 4096

/** First and last byte, both inclusive. */
export interface ByteRange {
  start: number
  end: number
}

/** One byte range of RFC 9110 section 14. 'whole' where the header is absent or not understood, as a server may ignore it. */
export function parseRange(
  header: string | undefined,
  sizeBytes: number,
): ByteRange | 'whole' | 'unsatisfiable' {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '')
  if (!match || (match[1] === '' && match[2] === '')) return 'whole'
  if (match[1] === '') {
    const length = Math.min(Number(match[2]), sizeBytes)
    return length === 0 ? 'unsatisfiable' : { start: sizeBytes - length, end: sizeBytes - 1 }
  }
  const start = Number(match[1])
  const end = match[2] === '' ? sizeBytes - 1 : Math.min(Number(match[2]), sizeBytes - 1)
  return start >= sizeBytes || start > end ? 'unsatisfiable' : { start, end }
}

/** The headers in which providers show what they know of an object. */
export function objectHeaders(object: StoredObject, url: URL): Record<string, string> {
  const headers: Record<string, string> = {
    etag: `"${object.etag}"`,
    'accept-ranges': 'bytes',
    'content-type':
      url.searchParams.get('response-content-type') ?? object.contentType ?? 'application/octet-stream',
    'last-modified': new Date(object.storedAt).toUTCString(),
  }
  const disposition = url.searchParams.get('response-content-disposition') ?? url.searchParams.get('rscd')
  if (disposition) headers['content-disposition'] = disposition
  if (object.sums.crc32c) {
    const sums = [`crc32c=${hexToBase64(object.sums.crc32c)}`]
    if (object.sums.md5) sums.push(`md5=${hexToBase64(object.sums.md5)}`)
    headers['x-goog-hash'] = sums.join(',')
  } else if (object.sums.md5) {
    headers['content-md5'] = hexToBase64(object.sums.md5)
    // A shared access signature of a blob: Azure names the whole blob's sum beside any range of it.
    if (url.searchParams.get('sr') === 'b') headers['x-ms-blob-content-md5'] = headers['content-md5']
  }
  if (object.sums.sha1) headers['x-bz-content-sha1'] = object.sums.sha1
  return headers
}

/** Answers with an object or a range of it. A page shown in an app may read it from any origin, as a bucket with CORS allows. */
export async function sendObject(
  exchange: Exchange,
  target: Target,
  side: StorageSide,
  missing: (status: number, code: string) => void,
): Promise<void> {
  const object = side.bytes.get(target.storageId, target.key)
  if (!object || !side.bytes.intact(object)) return missing(404, 'NoSuchKey')
  const headers = { ...objectHeaders(object, exchange.url), 'access-control-allow-origin': '*' }
  const range = parseRange(exchange.header('range'), object.sizeBytes)
  if (range === 'unsatisfiable') return exchange.send(416, { 'content-range': `bytes */${object.sizeBytes}` })
  if (range === 'whole') {
    if (exchange.method === 'HEAD')
      return exchange.send(200, { ...headers, 'content-length': object.sizeBytes })
    return exchange.stream(200, headers, side.bytes.read(object), object.sizeBytes)
  }
  const { start, end } = range
  const sizeBytes = end - start + 1
  const rangeHeaders = { ...headers, 'content-range': `bytes ${start}-${end}/${object.sizeBytes}` }
  // As for the one byte that a client asks for to see what is known of an object.
  if (sizeBytes <= FEW_BYTES) return exchange.send(206, rangeHeaders, side.bytes.readFew(object, start, end))
  return exchange.stream(206, rangeHeaders, side.bytes.read(object, start, end), sizeBytes)
}
