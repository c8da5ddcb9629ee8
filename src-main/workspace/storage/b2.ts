import type { Exchange } from '../http/exchange.ts'
import { newId } from '../ids.ts'
import { ShortBody } from './byte-store.ts'
import { sendObject } from './send-object.ts'
import { hasRoom, shortWriteLimit, shownSum, type ProviderHandler, type StorageSide } from './provider.ts'

/** An error in the form of B2's native interface. */
function refuse(exchange: Exchange, status: number, code: string, message: string): void {
  exchange.json(
    status,
    { status, code, message },
    { connection: exchange.request.complete ? 'keep-alive' : 'close' },
  )
}

/** Keys of upload URLs: `upload/…` for a small file, `part/FILE-ID` for a part of a large one, `file/KEY` to read. */
export const b2: ProviderHandler = async (exchange, target, side) => {
  const [area, ...rest] = target.key.split('/')
  const name = rest.join('/')
  if (exchange.method === 'GET' && area === 'file') {
    if (side.urls.verify('aws', 'GET', exchange.url) !== 'valid' || exchange.fault?.action === 'expire')
      return refuse(exchange, 401, 'expired_auth_token', 'Authorization token has expired')
    return sendObject(exchange, { ...target, key: name }, side, (status) =>
      refuse(exchange, status, 'not_found', 'File not present'),
    )
  }
  if (exchange.method !== 'POST' || (area !== 'upload' && area !== 'part'))
    return refuse(exchange, 405, 'method_not_allowed', 'Only POST is possible on an upload URL')
  const token = exchange.header('authorization') ?? ''
  const verdict =
    exchange.fault?.action === 'expire'
      ? 'expired'
      : side.urls.verifyToken(['b2', target.storageId, target.key], token)
  if (verdict !== 'valid')
    return refuse(
      exchange,
      401,
      verdict === 'expired' ? 'expired_auth_token' : 'bad_auth_token',
      'Invalid authorization token',
    )
  if (exchange.contentLength === undefined)
    return refuse(exchange, 400, 'bad_request', 'Content-Length is required')
  const sha1 = exchange.header('x-bz-content-sha1')
  if (sha1 === undefined || !/^(do_not_verify|(unverified:)?[0-9a-f]{40})$/i.test(sha1))
    return refuse(exchange, 400, 'bad_request', 'X-Bz-Content-Sha1 must be 40 hex digits')
  return area === 'upload'
    ? uploadFile(exchange, target.storageId, side, sha1)
    : uploadPart(exchange, target.storageId, name, side, sha1)
}

async function takeBody(exchange: Exchange, side: StorageSide, sha1: string) {
  if (!(await hasRoom(side, exchange.contentLength))) {
    refuse(exchange, 403, 'cap_exceeded', 'The disk of the workspace has no room for this file')
    return undefined
  }
  try {
    const received = await side.bytes.receive(exchange.request, ['sha1'], {
      expectedBytes: exchange.contentLength,
      limitBytes: shortWriteLimit(exchange),
    })
    const computed = received.sums.sha1 ?? ''
    const wanted = sha1.toLowerCase()
    const checked = wanted !== 'do_not_verify' && !wanted.startsWith('unverified:')
    if (checked && wanted !== computed && exchange.fault?.action !== 'short-write') {
      side.bytes.discard([received.segment])
      refuse(exchange, 400, 'bad_request', 'Sha1 did not match data received')
      return undefined
    }
    return { segment: received.segment, sha1: computed }
  } catch (error) {
    if (error instanceof ShortBody || exchange.request.destroyed) return exchange.cut() as undefined
    throw error
  }
}

const fileName = (header: string): string => {
  try {
    return decodeURIComponent(header.replaceAll('+', '%20'))
  } catch {
    return Buffer.from(header, 'latin1').toString('utf8')
  }
}

async function uploadFile(
  exchange: Exchange,
  storageId: string,
  side: StorageSide,
  sha1: string,
): Promise<void> {
  const header = exchange.header('x-bz-file-name')
  if (!header) return refuse(exchange, 400, 'bad_request', 'X-Bz-File-Name is required')
  const body = await takeBody(exchange, side, sha1)
  if (!body) return
  const key = fileName(header)
  const contentType = exchange.header('content-type') ?? null
  const etag = newId()
  side.db.transaction(() =>
    side.bytes.put({
      storageId,
      key,
      segments: [body.segment],
      contentType,
      sums: { sha1: body.sha1 },
      etag,
    }),
  )
  exchange.json(200, {
    accountId: storageId,
    action: 'upload',
    bucketId: storageId,
    contentLength: body.segment.sizeBytes,
    contentSha1: shownSum(exchange, body.sha1),
    contentType: contentType === 'b2/x-auto' ? 'application/octet-stream' : contentType,
    fileId: etag,
    fileInfo: {},
    fileName: key,
    uploadTimestamp: Date.now(),
  })
}

async function uploadPart(
  exchange: Exchange,
  storageId: string,
  fileId: string,
  side: StorageSide,
  sha1: string,
): Promise<void> {
  if (exchange.fault?.action === 'lose-session') side.db.transaction(() => side.uploads.end(fileId))
  const number = Number(exchange.header('x-bz-part-number'))
  if (!Number.isInteger(number) || number < 1 || number > 10_000)
    return refuse(exchange, 400, 'bad_request', 'X-Bz-Part-Number must be from 1 to 10000')
  if (side.uploads.get(fileId)?.storageId !== storageId)
    return refuse(exchange, 400, 'bad_request', `No active upload for: ${fileId}`)
  const body = await takeBody(exchange, side, sha1)
  if (!body) return
  const taken = side.db.transaction(() => {
    if (!side.uploads.get(fileId)) return false
    side.uploads.setPart(fileId, {
      name: String(number).padStart(5, '0'),
      segment: body.segment,
      sum: body.sha1,
      dateModified: new Date().toISOString(),
    })
    return true
  })
  if (!taken) {
    side.bytes.discard([body.segment])
    return refuse(exchange, 400, 'bad_request', `No active upload for: ${fileId}`)
  }
  exchange.json(200, {
    contentLength: body.segment.sizeBytes,
    contentSha1: shownSum(exchange, body.sha1),
    fileId,
    partNumber: number,
    uploadTimestamp: Date.now(),
  })
}
