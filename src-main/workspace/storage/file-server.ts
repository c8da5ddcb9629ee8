import type { Exchange } from '../http/exchange.ts'
import { ShortBody } from './byte-store.ts'
import { base64ToHex } from './checksums.ts'
import { sendObject } from './send-object.ts'
import { hasRoom, shortWriteLimit, shownSum, type ProviderHandler } from './provider.ts'

const refuse = (exchange: Exchange, status: number, message: string): void =>
  exchange.json(
    status,
    { errors: [message] },
    { connection: exchange.request.complete ? 'keep-alive' : 'close' },
  )

/** A FILE storage: one plain PUT, and GET. */
export const fileServer: ProviderHandler = async (exchange, target, side) => {
  const verdict =
    exchange.fault?.action === 'expire' ? 'expired' : side.urls.verify('aws', exchange.method, exchange.url)
  if (verdict !== 'valid')
    return refuse(
      exchange,
      403,
      verdict === 'expired' ? 'The URL has expired' : 'The signature of the URL is wrong',
    )
  if (exchange.method === 'GET')
    return sendObject(exchange, target, side, () => refuse(exchange, 404, 'The file does not exist'))
  if (exchange.method !== 'PUT') return refuse(exchange, 405, 'Only PUT and GET are possible here')
  if (!(await hasRoom(side, exchange.contentLength)))
    return refuse(exchange, 507, 'The disk of the workspace has no room for this file')
  try {
    const received = await side.bytes.receive(exchange.request, ['md5'], {
      expectedBytes: exchange.contentLength,
      limitBytes: shortWriteLimit(exchange),
    })
    const md5 = received.sums.md5 ?? ''
    const wanted = exchange.header('content-md5')
    if (wanted !== undefined && base64ToHex(wanted) !== md5) {
      side.bytes.discard([received.segment])
      return refuse(exchange, 400, 'Content-MD5 does not match the bytes that arrived')
    }
    side.db.transaction(() =>
      side.bytes.put({
        ...target,
        segments: [received.segment],
        contentType: exchange.header('content-type') ?? null,
        sums: { md5 },
        etag: md5,
      }),
    )
    exchange.send(200, { etag: `"${shownSum(exchange, md5)}"` })
  } catch (error) {
    if (error instanceof ShortBody || exchange.request.destroyed) return exchange.cut()
    throw error
  }
}
