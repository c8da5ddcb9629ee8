import { XMLParser, XMLValidator } from 'fast-xml-parser'
import type { Exchange } from '../http/exchange.ts'
import { readText } from '../http/read-body.ts'
import { newId } from '../ids.ts'
import { ShortBody } from './byte-store.ts'
import { base64ToHex, hexToBase64 } from './checksums.ts'
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

function refuse(exchange: Exchange, status: number, code: string, message: string): void {
  exchange.xml(status, `<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`, {
    'x-ms-error-code': code,
    'x-ms-request-id': newId(),
    connection: exchange.request.complete ? 'keep-alive' : 'close',
  })
}

/** Azure block blobs as a shared access signature reaches them: Put Blob, Put Block, Put Block List, Get Blob. */
export const azure: ProviderHandler = async (exchange, target, side) => {
  const params = exchange.url.searchParams
  const verdict =
    exchange.fault?.action === 'expire' ? 'expired' : side.urls.verify('azure', exchange.method, exchange.url)
  if (verdict !== 'valid')
    return refuse(
      exchange,
      403,
      'AuthenticationFailed',
      verdict === 'expired' ? 'Signature not valid in the specified time frame' : 'Signature did not match.',
    )
  if (exchange.fault?.action === 'lose-session') side.db.transaction(() => endBlocks(side, target))
  const comp = params.get('comp')
  if (exchange.method === 'PUT' && comp === 'block')
    return putBlock(exchange, target, side, params.get('blockid') ?? '')
  if (exchange.method === 'PUT' && comp === 'blocklist') return putBlockList(exchange, target, side)
  if (exchange.method === 'PUT') return putBlob(exchange, target, side)
  if (exchange.method === 'GET' && comp === 'blocklist') return getBlockList(exchange, target, side)
  if (exchange.method === 'GET' || exchange.method === 'HEAD')
    return sendObject(exchange, target, side, (status) =>
      refuse(exchange, status, 'BlobNotFound', 'The specified blob does not exist.'),
    )
  if (exchange.method === 'DELETE') {
    const gone = side.db.transaction(() => {
      endBlocks(side, target)
      return side.bytes.remove(target.storageId, target.key)
    })
    return gone
      ? exchange.send(202)
      : refuse(exchange, 404, 'BlobNotFound', 'The specified blob does not exist.')
  }
  return refuse(
    exchange,
    405,
    'UnsupportedHttpVerb',
    'The resource does not support the specified HTTP verb.',
  )
}

const blocksOf = (side: StorageSide, target: Target) =>
  side.uploads.of(target.storageId, target.key).find((upload) => upload.kind === 'azure')

function endBlocks(side: StorageSide, target: Target): void {
  const open = blocksOf(side, target)
  if (open) side.uploads.end(open.id)
}

async function takeBody(exchange: Exchange, side: StorageSide) {
  if (exchange.contentLength === undefined) {
    refuse(exchange, 411, 'MissingContentLengthHeader', 'The Content-Length header was not specified.')
    return undefined
  }
  if (!(await hasRoom(side, exchange.contentLength))) {
    refuse(exchange, 507, 'InsufficientStorage', 'The disk of the workspace has no room for this blob.')
    return undefined
  }
  try {
    const received = await side.bytes.receive(exchange.request, ['md5'], {
      expectedBytes: exchange.contentLength,
      limitBytes: shortWriteLimit(exchange),
    })
    const md5 = received.sums.md5 ?? ''
    const wanted = exchange.header('content-md5') ?? exchange.header('x-ms-blob-content-md5')
    if (wanted !== undefined && base64ToHex(wanted) !== md5) {
      side.bytes.discard([received.segment])
      refuse(
        exchange,
        400,
        'Md5Mismatch',
        'The MD5 value specified in the request did not match with the MD5 value calculated by the server.',
      )
      return undefined
    }
    return { segment: received.segment, md5 }
  } catch (error) {
    if (error instanceof ShortBody || exchange.request.destroyed) return exchange.cut() as undefined
    throw error
  }
}

const stored = (exchange: Exchange, etag: string, md5: string | undefined): void =>
  exchange.send(201, {
    etag: `"0x${etag.slice(0, 15).toUpperCase()}"`,
    ...(md5 && { 'content-md5': hexToBase64(shownSum(exchange, md5)) }),
    'last-modified': new Date().toUTCString(),
    'x-ms-request-id': newId(),
    'x-ms-request-server-encrypted': 'true',
    'x-ms-version': '2024-11-04',
  })

async function putBlob(exchange: Exchange, target: Target, side: StorageSide): Promise<void> {
  if (exchange.header('x-ms-blob-type') !== 'BlockBlob')
    return refuse(exchange, 400, 'MissingRequiredHeader', 'x-ms-blob-type: BlockBlob must be given.')
  const body = await takeBody(exchange, side)
  if (!body) return
  side.db.transaction(() => {
    endBlocks(side, target)
    side.bytes.put({
      ...target,
      segments: [body.segment],
      contentType: exchange.header('x-ms-blob-content-type') ?? exchange.header('content-type') ?? null,
      sums: { md5: body.md5 },
      etag: body.md5,
    })
  })
  stored(exchange, body.md5, body.md5)
}

async function putBlock(
  exchange: Exchange,
  target: Target,
  side: StorageSide,
  blockId: string,
): Promise<void> {
  const idBytes = Buffer.from(blockId, 'base64')
  if (blockId === '' || idBytes.length === 0 || idBytes.length > 64)
    return refuse(exchange, 400, 'InvalidQueryParameterValue', 'blockid must be base64 of 1 to 64 bytes.')
  const first = blocksOf(side, target)
  const other = first && side.uploads.parts(first.id)[0]
  if (other && Buffer.from(other.name, 'base64').length !== idBytes.length)
    return refuse(exchange, 400, 'InvalidBlobOrBlock', 'All block ids of a blob must have the same length.')
  const body = await takeBody(exchange, side)
  if (!body) return
  side.db.transaction(() => {
    let open = blocksOf(side, target)
    if (!open) {
      open = {
        id: newId(),
        kind: 'azure',
        ...target,
        contentType: null,
        dateCreated: new Date().toISOString(),
        state: {},
      }
      side.uploads.begin(open)
    }
    side.uploads.setPart(open.id, {
      name: blockId,
      segment: body.segment,
      sum: body.md5,
      dateModified: new Date().toISOString(),
    })
  })
  stored(exchange, body.md5, body.md5)
}

const parser = new XMLParser({ preserveOrder: true, parseTagValue: false, ignoreAttributes: true })

/** The block ids that a BlockList names, in order; undefined where it is malformed. */
function parseBlockList(text: string): string[] | undefined {
  if (/<!DOCTYPE/i.test(text) || XMLValidator.validate(text) !== true) return undefined
  const roots = parser.parse(text) as Record<string, unknown>[]
  const list = roots.find((node) => 'BlockList' in node)?.['BlockList']
  if (!Array.isArray(list)) return undefined
  return (list as Record<string, { '#text'?: string }[]>[]).flatMap((node) =>
    ['Latest', 'Uncommitted', 'Committed'].flatMap((name) => {
      const value = node[name]?.[0]?.['#text']
      return value === undefined ? [] : [value.trim()]
    }),
  )
}

async function putBlockList(exchange: Exchange, target: Target, side: StorageSide): Promise<void> {
  const text = await readText(exchange, 8 * 1024 * 1024)
  const ids = text === undefined ? undefined : parseBlockList(text)
  if (!ids)
    return refuse(exchange, 400, 'InvalidXmlDocument', 'The specified XML is not syntactically valid.')
  const open = blocksOf(side, target)
  // "Latest" looks among the uncommitted blocks first, then among the committed: a list that is sent again is accepted.
  const committed = side.bytes.get(target.storageId, target.key)?.segments ?? []
  const blocks = ids.map((id) => {
    const part = open && side.uploads.part(open.id, id)
    return part ? { ...part.segment, blockId: id } : committed.find((segment) => segment.blockId === id)
  })
  const segments = blocks.filter((block) => block !== undefined)
  if (segments.length !== blocks.length)
    return refuse(exchange, 400, 'InvalidBlockList', 'The specified block list is invalid.')
  const etag = newId().replaceAll('-', '')
  const wholeMd5 = exchange.header('x-ms-blob-content-md5')
  side.db.transaction(() => {
    side.bytes.put({
      ...target,
      segments,
      contentType: exchange.header('x-ms-blob-content-type') ?? null,
      sums: wholeMd5 ? { md5: base64ToHex(wholeMd5) } : {},
      etag,
    })
    if (open) side.uploads.end(open.id, segments)
  })
  stored(exchange, etag, undefined)
}

function getBlockList(exchange: Exchange, target: Target, side: StorageSide): void {
  const open = blocksOf(side, target)
  const object = side.bytes.get(target.storageId, target.key)
  if (!open && !object) return refuse(exchange, 404, 'BlobNotFound', 'The specified blob does not exist.')
  const block = (name: string, sizeBytes: number) =>
    `<Block><Name>${escapeXml(name)}</Name><Size>${sizeBytes}</Size></Block>`
  const uncommitted = open
    ? side.uploads.parts(open.id).map((part) => block(part.name, part.segment.sizeBytes))
    : []
  const committed = (object?.segments ?? []).map((segment, at) =>
    block(segment.blockId ?? Buffer.from(String(at)).toString('base64'), segment.sizeBytes),
  )
  exchange.xml(
    200,
    `<BlockList><CommittedBlocks>${committed.join('')}</CommittedBlocks><UncommittedBlocks>${uncommitted.join('')}</UncommittedBlocks></BlockList>`,
  )
}
