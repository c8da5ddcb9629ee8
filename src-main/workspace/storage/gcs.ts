import type { Exchange } from '../http/exchange.ts'
import { newId } from '../ids.ts'
import { base64ToHex, hexToBase64 } from './checksums.ts'
import type { OpenUpload } from './open-uploads.ts'
import { sendObject } from './send-object.ts'
import {
  hasRoom,
  shortWriteLimit,
  shownSum,
  type ProviderHandler,
  type StorageSide,
  type Target,
} from './provider.ts'
import { ShortBody } from './byte-store.ts'
import { readText } from '../http/read-body.ts'
import { escapeXml } from './xml.ts'

const chunkQuantum = 256 * 1024

/** An error in the form of Google's XML interface. */
function refuse(exchange: Exchange, status: number, code: string, message: string): void {
  exchange.xml(status, `<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`, {
    connection: exchange.request.complete ? 'keep-alive' : 'close',
  })
}

const cors = (exchange: Exchange): Record<string, string> => {
  const origin = exchange.header('origin')
  return origin === undefined
    ? {}
    : {
        'access-control-allow-origin': origin,
        'access-control-expose-headers': 'Location, Range, X-GUploader-UploadID, x-goog-hash',
        vary: 'Origin',
      }
}

/** Google Cloud Storage as signed URLs reach it: resumable sessions, plain PUT, compose, GET. */
export const gcs: ProviderHandler = async (exchange, target, side) => {
  const params = exchange.url.searchParams
  const uploadId = params.get('upload_id')
  if (uploadId !== null && exchange.method === 'PUT') return continueSession(exchange, target, side, uploadId)
  if (uploadId !== null && exchange.method === 'DELETE') return cancelSession(exchange, side, uploadId)

  const verdict =
    exchange.fault?.action === 'expire'
      ? 'expired'
      : side.urls.verify('google', exchange.method, exchange.url)
  if (verdict === 'expired') return refuse(exchange, 400, 'ExpiredToken', 'The provided token has expired.')
  if (verdict === 'invalid') return refuse(exchange, 403, 'SignatureDoesNotMatch', 'Access denied.')
  if (exchange.method === 'POST' && exchange.header('x-goog-resumable') === 'start')
    return startSession(exchange, target, side)
  if (exchange.method === 'PUT' && params.has('compose')) return compose(exchange, target, side)
  if (exchange.method === 'PUT') return putObject(exchange, target, side)
  if (exchange.method === 'GET')
    return sendObject(exchange, target, side, (status, code) =>
      refuse(exchange, status, code, 'The specified key does not exist.'),
    )
  if (exchange.method === 'DELETE') {
    side.db.transaction(() => side.bytes.remove(target.storageId, target.key))
    return exchange.send(204)
  }
  return refuse(
    exchange,
    405,
    'MethodNotAllowed',
    'The specified method is not allowed against this resource.',
  )
}

function startSession(exchange: Exchange, target: Target, side: StorageSide): void {
  const id = `ABg5-${newId().replaceAll('-', '')}`
  const contentType = exchange.header('x-upload-content-type') ?? exchange.header('content-type') ?? null
  const session = { id, kind: 'gcs' as const, ...target, contentType, dateCreated: new Date().toISOString() }
  side.db.transaction(() => side.uploads.begin({ ...session, state: { receivedBytes: 0, crc: 0, count: 0 } }))
  const here = new URL(exchange.url)
  here.searchParams.set('upload_id', id)
  const sunk = side.sinkUrl && `${side.sinkUrl}/${encodeURIComponent(id)}`
  exchange.send(201, { location: sunk ?? here.href, 'x-guploader-uploadid': id, ...cors(exchange) })
}

interface SessionState {
  receivedBytes: number
  crc: number
  count: number
  [key: string]: unknown
}
const stateOf = (session: OpenUpload) => session.state as SessionState

function liveSession(exchange: Exchange, side: StorageSide, uploadId: string): OpenUpload | undefined {
  if (exchange.fault?.action === 'lose-session') side.db.transaction(() => side.uploads.end(uploadId))
  const session = side.uploads.get(uploadId)
  if (!session || session.kind !== 'gcs') return undefined
  const ageMs = Date.now() - Date.parse(session.dateCreated)
  if (exchange.fault?.action !== 'expire' && ageMs < side.assumptions.gcsSessionLifetimeS * 1000)
    return session
  side.db.transaction(() => side.uploads.end(uploadId))
  return undefined
}

function cancelSession(exchange: Exchange, side: StorageSide, uploadId: string): void {
  if (!side.uploads.get(uploadId)) return exchange.send(404)
  side.db.transaction(() => side.uploads.end(uploadId))
  exchange.send(499, cors(exchange))
}

/** 308 with what has arrived so far; without a Range where nothing has. */
function resumeIncomplete(exchange: Exchange, session: OpenUpload): void {
  const { receivedBytes } = stateOf(session)
  exchange.send(308, {
    ...(receivedBytes > 0 && { range: `bytes=0-${receivedBytes - 1}` }),
    'x-guploader-uploadid': session.id,
    ...cors(exchange),
  })
}

interface SentRange {
  start: number
  end: number | undefined
  total: number | undefined
}

/** `bytes a-b/total`, `bytes *&#47;total`; a body without the header is the whole object. */
function parseContentRange(exchange: Exchange): SentRange | 'query' | 'malformed' {
  const header = exchange.header('content-range')
  if (header === undefined) return { start: 0, end: undefined, total: exchange.contentLength }
  if (/^bytes \*\/(\d+|\*)$/.test(header)) return 'query'
  const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(header)
  if (!match) return 'malformed'
  const total = match[3] === '*' ? undefined : Number(match[3])
  const range = { start: Number(match[1]), end: Number(match[2]), total }
  return range.end < range.start || (total !== undefined && range.end >= total) ? 'malformed' : range
}

async function continueSession(
  exchange: Exchange,
  target: Target,
  side: StorageSide,
  uploadId: string,
): Promise<void> {
  const session = liveSession(exchange, side, uploadId)
  const done = session ? undefined : side.bytes.get(target.storageId, target.key)
  if (!session && done?.sums.sha256 === undefined && done?.etag.endsWith(uploadId.slice(-8)))
    return sendStored(exchange, done)
  if (!session || session.key !== target.key)
    return refuse(exchange, 410, 'NoSuchUpload', 'The resumable session is gone; start a new one.')
  const range = parseContentRange(exchange)
  if (range === 'malformed') return refuse(exchange, 400, 'InvalidArgument', 'Content-Range is malformed.')
  if (range === 'query') {
    const total = Number(/\/(\d+)$/.exec(exchange.header('content-range') ?? '')?.[1] ?? Number.NaN)
    return total === stateOf(session).receivedBytes
      ? finish(exchange, target, side, session)
      : resumeIncomplete(exchange, session)
  }
  return takeChunk(exchange, target, side, session, range)
}

async function takeChunk(
  exchange: Exchange,
  target: Target,
  side: StorageSide,
  session: OpenUpload,
  range: SentRange,
): Promise<void> {
  const state = stateOf(session)
  const announced = exchange.contentLength
  const final = range.end === undefined || range.end + 1 === range.total
  if (range.start !== state.receivedBytes) return resumeIncomplete(exchange, session)
  if (range.end !== undefined && announced !== undefined && announced !== range.end - range.start + 1)
    return refuse(exchange, 400, 'InvalidArgument', 'Content-Range and Content-Length disagree.')
  if (!final && announced !== undefined && announced % chunkQuantum !== 0)
    return refuse(
      exchange,
      400,
      'InvalidArgument',
      'A chunk that is not the last must be a multiple of 256 KiB.',
    )
  if (!(await hasRoom(side, announced)))
    return refuse(exchange, 507, 'InsufficientStorage', 'The disk of the workspace has no room.')

  const received = await side.bytes.receive(exchange.request, ['crc32c'], {
    expectedBytes: announced,
    limitBytes: shortWriteLimit(exchange),
    crcStart: state.crc,
    keepShort: true,
  })
  const current = side.db.transaction(() => {
    const now = side.uploads.get(session.id)
    if (!now || stateOf(now).receivedBytes !== state.receivedBytes) return undefined
    const next = stateOf(now)
    if (received.segment.sizeBytes > 0) {
      side.uploads.setPart(session.id, {
        name: String(next.count).padStart(8, '0'),
        segment: received.segment,
        sum: '',
        dateModified: new Date().toISOString(),
      })
      next.count += 1
      next.receivedBytes += received.segment.sizeBytes
      next.crc = Number.parseInt(received.sums.crc32c ?? '0', 16)
    }
    side.uploads.saveState(now)
    return now
  })
  if (!current) {
    side.bytes.discard([received.segment])
    return refuse(exchange, 410, 'NoSuchUpload', 'The resumable session is gone; start a new one.')
  }
  if (received.short) return exchange.cut()
  const whole = range.total === undefined ? final : stateOf(current).receivedBytes === range.total
  return final && whole ? finish(exchange, target, side, current) : resumeIncomplete(exchange, current)
}

function finish(exchange: Exchange, target: Target, side: StorageSide, session: OpenUpload): void {
  const state = stateOf(session)
  const segments = side.uploads.parts(session.id).map((part) => part.segment)
  const crc = state.crc.toString(16).padStart(8, '0')
  const wanted = /crc32c=([\w+/=]+)/.exec(exchange.header('x-goog-hash') ?? '')?.[1]
  if (wanted !== undefined && base64ToHex(wanted) !== crc) {
    side.db.transaction(() => side.uploads.end(session.id))
    return refuse(exchange, 400, 'BadDigest', 'The CRC32C you specified did not match what was computed.')
  }
  const object = side.db.transaction(() => {
    const stored = side.bytes.put({
      ...target,
      segments,
      contentType: session.contentType,
      sums: { crc32c: crc },
      etag: `${crc}${session.id.slice(-8)}`,
    })
    side.uploads.end(session.id, segments)
    return stored
  })
  sendStored(exchange, object)
}

function sendStored(
  exchange: Exchange,
  object: { etag: string; sizeBytes: number; sums: { crc32c?: string; md5?: string } },
): void {
  const hashes = [`crc32c=${hexToBase64(shownSum(exchange, object.sums.crc32c ?? '00000000'))}`]
  if (object.sums.md5) hashes.push(`md5=${hexToBase64(object.sums.md5)}`)
  exchange.send(200, {
    etag: `"${object.etag}"`,
    'x-goog-hash': hashes.join(','),
    'x-goog-stored-content-length': object.sizeBytes,
    ...cors(exchange),
  })
}

async function putObject(exchange: Exchange, target: Target, side: StorageSide): Promise<void> {
  if (!(await hasRoom(side, exchange.contentLength)))
    return refuse(exchange, 507, 'InsufficientStorage', 'The disk of the workspace has no room.')
  const small = (exchange.contentLength ?? Infinity) <= side.assumptions.gcsMd5UpToBytes
  try {
    const received = await side.bytes.receive(exchange.request, small ? ['crc32c', 'md5'] : ['crc32c'], {
      expectedBytes: exchange.contentLength,
      limitBytes: shortWriteLimit(exchange),
    })
    const wanted = exchange.header('content-md5')
    if (wanted !== undefined && small && base64ToHex(wanted) !== received.sums.md5) {
      side.bytes.discard([received.segment])
      return refuse(
        exchange,
        400,
        'BadDigest',
        'The Content-MD5 you specified did not match what was computed.',
      )
    }
    const object = side.db.transaction(() =>
      side.bytes.put({
        ...target,
        segments: [received.segment],
        contentType: exchange.header('content-type') ?? null,
        sums: received.sums,
        etag: received.sums.md5 ?? received.sums.crc32c ?? '',
      }),
    )
    sendStored(exchange, object)
  } catch (error) {
    if (error instanceof ShortBody || exchange.request.destroyed) return exchange.cut()
    throw error
  }
}

/** Joins up to 32 objects of the same bucket into one; the parts stay until they are deleted. */
async function compose(exchange: Exchange, target: Target, side: StorageSide): Promise<void> {
  const text = await readText(exchange, 256 * 1024)
  const keys = [...(text ?? '').matchAll(/<Name>([^<]+)<\/Name>/g)].map((match) => match[1] ?? '')
  if (keys.length === 0 || keys.length > 32)
    return refuse(exchange, 400, 'InvalidArgument', 'Compose takes 1 to 32 components.')
  const parts = keys.map((key) => side.bytes.get(target.storageId, key))
  if (parts.some((part) => part === undefined))
    return refuse(exchange, 404, 'NoSuchKey', 'A component does not exist.')
  if (
    !(await hasRoom(
      side,
      parts.reduce((sum, part) => sum + (part?.sizeBytes ?? 0), 0),
    ))
  )
    return refuse(exchange, 507, 'InsufficientStorage', 'The disk of the workspace has no room.')
  const segments = await side.bytes.copySegments(parts.flatMap((part) => part?.segments ?? []))
  const sums = await side.bytes.sumOf(segments, ['crc32c'])
  const object = side.db.transaction(() =>
    side.bytes.put({
      ...target,
      segments,
      contentType: parts[0]?.contentType ?? null,
      sums,
      etag: `${sums.crc32c}-${keys.length}`,
    }),
  )
  sendStored(exchange, object)
}
