import { createHash } from 'node:crypto'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import type { Exchange } from '../http/exchange.ts'
import { readText } from '../http/read-body.ts'
import { newId } from '../ids.ts'
import { ShortBody } from './byte-store.ts'
import { base64ToHex } from './checksums.ts'
import { sendObject } from './send-object.ts'
import {
  hasRoom,
  shortWriteLimit,
  shownSum,
  type ProviderHandler,
  type StorageSide,
  type Target,
} from './provider.ts'
import { escapeXml } from './xml.ts'

const xmlns = 'http://s3.amazonaws.com/doc/2006-03-01/'
const partName = (number: number) => String(number).padStart(5, '0')

/** An error in S3's own form. */
function refuse(exchange: Exchange, status: number, code: string, message: string): void {
  exchange.xml(
    status,
    `<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message><RequestId>${newId()}</RequestId></Error>`,
    { connection: exchange.request.complete ? 'keep-alive' : 'close' },
  )
}

/** The part of S3 that presigned URLs reach: single PUT, multipart upload, GET. */
export const s3: ProviderHandler = async (exchange, target, side) => {
  const params = exchange.url.searchParams
  const verdict =
    exchange.fault?.action === 'expire' ? 'expired' : side.urls.verify('aws', exchange.method, exchange.url)
  if (verdict === 'expired') return refuse(exchange, 403, 'AccessDenied', 'Request has expired')
  if (verdict === 'invalid')
    return refuse(
      exchange,
      403,
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided.',
    )

  const uploadId = params.get('uploadId')
  if (exchange.fault?.action === 'lose-session' && uploadId) side.uploads.end(uploadId)
  if (exchange.method === 'GET' && uploadId) return listParts(exchange, target, side, uploadId)
  if (exchange.method === 'GET')
    return sendObject(exchange, target, side, (status, code) =>
      refuse(exchange, status, code, 'The specified key does not exist.'),
    )
  if (exchange.method === 'PUT' && uploadId)
    return putPart(exchange, target, side, uploadId, Number(params.get('partNumber')))
  if (exchange.method === 'PUT') return putObject(exchange, target, side)
  if (exchange.method === 'POST' && params.has('uploads')) return initiate(exchange, target, side)
  if (exchange.method === 'POST' && uploadId) return complete(exchange, target, side, uploadId)
  if (exchange.method === 'DELETE' && uploadId) return abort(exchange, side, uploadId)
  return refuse(
    exchange,
    405,
    'MethodNotAllowed',
    'The specified method is not allowed against this resource.',
  )
}

/** Takes a body with its MD5, or answers why not. */
async function takeBody(exchange: Exchange, side: StorageSide) {
  if (exchange.contentLength === undefined && exchange.header('transfer-encoding') !== undefined) {
    refuse(exchange, 411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.')
    return undefined
  }
  if (!(await hasRoom(side, exchange.contentLength))) {
    refuse(exchange, 507, 'InsufficientStorage', 'The disk of the workspace has no room for this object.')
    return undefined
  }
  try {
    const received = await side.bytes.receive(exchange.request, ['md5'], {
      expectedBytes: exchange.contentLength ?? 0,
      limitBytes: shortWriteLimit(exchange),
    })
    const wanted = exchange.header('content-md5')
    if (wanted !== undefined && base64ToHex(wanted) !== received.sums.md5) {
      side.bytes.discard([received.segment])
      refuse(exchange, 400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.')
      return undefined
    }
    return { segment: received.segment, md5: received.sums.md5 ?? '' }
  } catch (error) {
    if (error instanceof ShortBody || exchange.request.destroyed) return exchange.cut() as undefined
    throw error
  }
}

async function putObject(exchange: Exchange, target: Target, side: StorageSide): Promise<void> {
  const body = await takeBody(exchange, side)
  if (!body) return
  side.db.transaction(() =>
    side.bytes.put({
      ...target,
      segments: [body.segment],
      contentType: exchange.header('content-type') ?? null,
      sums: { md5: body.md5 },
      etag: body.md5,
    }),
  )
  exchange.send(200, { etag: `"${shownSum(exchange, body.md5)}"` })
}

function initiate(exchange: Exchange, target: Target, side: StorageSide): void {
  const id = newId().replaceAll('-', '')
  side.db.transaction(() =>
    side.uploads.begin({
      id,
      kind: 's3',
      ...target,
      contentType: exchange.header('content-type') ?? null,
      dateCreated: new Date().toISOString(),
      state: {},
    }),
  )
  exchange.xml(
    200,
    `<InitiateMultipartUploadResult xmlns="${xmlns}"><Bucket>${target.storageId}</Bucket><Key>${escapeXml(target.key)}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
  )
}

const noSuchUpload = (exchange: Exchange) =>
  refuse(
    exchange,
    404,
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
  )

async function putPart(
  exchange: Exchange,
  target: Target,
  side: StorageSide,
  uploadId: string,
  number: number,
): Promise<void> {
  if (!Number.isInteger(number) || number < 1 || number > 10_000)
    return refuse(
      exchange,
      400,
      'InvalidArgument',
      'Part number must be an integer between 1 and 10000, inclusive',
    )
  if (side.uploads.get(uploadId)?.key !== target.key) return noSuchUpload(exchange)
  const body = await takeBody(exchange, side)
  if (!body) return
  const taken = side.db.transaction(() => {
    if (!side.uploads.get(uploadId)) return false
    side.uploads.setPart(uploadId, {
      name: partName(number),
      segment: body.segment,
      sum: body.md5,
      dateModified: new Date().toISOString(),
    })
    return true
  })
  if (!taken) {
    side.bytes.discard([body.segment])
    return noSuchUpload(exchange)
  }
  exchange.send(200, { etag: `"${shownSum(exchange, body.md5)}"` })
}

function listParts(exchange: Exchange, target: Target, side: StorageSide, uploadId: string): void {
  const upload = side.uploads.get(uploadId)
  if (!upload || upload.key !== target.key) return noSuchUpload(exchange)
  const after = Number(exchange.url.searchParams.get('part-number-marker') ?? 0)
  const most = Math.min(Number(exchange.url.searchParams.get('max-parts') ?? 1000) || 1000, 1000)
  const rest = side.uploads.parts(uploadId).filter((part) => Number(part.name) > after)
  const shown = rest.slice(0, most)
  const rows = shown.map(
    (part) =>
      `<Part><PartNumber>${Number(part.name)}</PartNumber><LastModified>${part.dateModified}</LastModified><ETag>"${part.sum}"</ETag><Size>${part.segment.sizeBytes}</Size></Part>`,
  )
  const next = Number(shown.at(-1)?.name ?? 0)
  exchange.xml(
    200,
    `<ListPartsResult xmlns="${xmlns}"><Bucket>${target.storageId}</Bucket><Key>${escapeXml(target.key)}</Key><UploadId>${uploadId}</UploadId><PartNumberMarker>${after}</PartNumberMarker><NextPartNumberMarker>${next}</NextPartNumberMarker><MaxParts>${most}</MaxParts><IsTruncated>${rest.length > shown.length}</IsTruncated>${rows.join('')}</ListPartsResult>`,
  )
}

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  processEntities: true,
  isArray: (name) => name === 'Part',
})

interface NamedPart {
  number: number
  etag: string
}

/** The parts that a CompleteMultipartUpload names, or undefined where it is malformed. */
function parseCompletion(text: string): NamedPart[] | undefined {
  if (/<!DOCTYPE/i.test(text) || XMLValidator.validate(text) !== true) return undefined
  const root = (
    parser.parse(text) as { CompleteMultipartUpload?: { Part?: { PartNumber?: string; ETag?: string }[] } }
  ).CompleteMultipartUpload
  const parts = typeof root === 'object' ? root.Part : undefined
  if (!Array.isArray(parts) || parts.length === 0) return undefined
  const named = parts.map((part) => ({
    number: Number(part?.PartNumber),
    etag: String(part?.ETag ?? '')
      .replaceAll(/&quot;|"/g, '')
      .trim(),
  }))
  return named.every((part) => Number.isInteger(part.number) && part.number > 0 && part.etag !== '')
    ? named
    : undefined
}

async function complete(
  exchange: Exchange,
  target: Target,
  side: StorageSide,
  uploadId: string,
): Promise<void> {
  const text = await readText(exchange, 2 * 1024 * 1024)
  if (text === undefined) return refuse(exchange, 413, 'EntityTooLarge', 'The list of parts is too long.')
  const upload = side.uploads.get(uploadId)
  if (!upload || upload.key !== target.key) return noSuchUpload(exchange)
  const named = parseCompletion(text)
  if (!named)
    return refuse(
      exchange,
      400,
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    )
  if (named.some((part, at) => at > 0 && part.number <= (named[at - 1]?.number ?? 0)))
    return refuse(exchange, 400, 'InvalidPartOrder', 'The list of parts was not in ascending order.')
  const stored = new Map(side.uploads.parts(uploadId).map((part) => [Number(part.name), part]))
  const parts = named.map((part) => ({ part: stored.get(part.number), etag: part.etag }))
  if (parts.some(({ part, etag }) => part === undefined || part.sum !== etag))
    return refuse(exchange, 400, 'InvalidPart', 'One or more of the specified parts could not be found.')
  const chosen = parts.flatMap(({ part }) => (part ? [part] : []))
  if (chosen.slice(0, -1).some((part) => part.segment.sizeBytes < side.assumptions.s3MinimumPartBytes))
    return refuse(
      exchange,
      400,
      'EntityTooSmall',
      'Your proposed upload is smaller than the minimum allowed size',
    )

  const digests = Buffer.concat(chosen.map((part) => Buffer.from(part.sum, 'hex')))
  const etag = `${createHash('md5').update(digests).digest('hex')}-${chosen.length}`
  const segments = chosen.map((part) => part.segment)
  side.db.transaction(() => {
    side.bytes.put({ ...target, segments, contentType: upload.contentType, sums: {}, etag })
    side.uploads.end(uploadId, segments)
  })
  exchange.xml(
    200,
    `<CompleteMultipartUploadResult xmlns="${xmlns}"><Location>${escapeXml(exchange.url.pathname)}</Location><Bucket>${target.storageId}</Bucket><Key>${escapeXml(target.key)}</Key><ETag>"${shownSum(exchange, etag)}"</ETag></CompleteMultipartUploadResult>`,
  )
}

function abort(exchange: Exchange, side: StorageSide, uploadId: string): void {
  if (!side.uploads.get(uploadId)) return noSuchUpload(exchange)
  side.db.transaction(() => side.uploads.end(uploadId))
  exchange.send(204)
}
