import type { IncomingMessage } from 'node:http'
import type { Exchange } from './exchange.ts'

/** Bodies of a known length up to this are read without an iterator, which costs as much as the rest of a small call. */
const SMALL_BYTES = 64 * 1024

/** The whole body, or undefined once it exceeds `limitBytes`. Rejects when the connection ends before the body does. */
export async function readBytes(exchange: Exchange, limitBytes: number): Promise<Buffer | undefined> {
  const { contentLength = Infinity } = exchange
  if (contentLength !== Infinity && contentLength > limitBytes) return undefined
  if (contentLength <= SMALL_BYTES) return readSmall(exchange.request)
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of exchange.request) {
    sizeBytes += (chunk as Buffer).length
    if (sizeBytes > limitBytes) return undefined
    chunks.push(chunk as Buffer)
  }
  return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)
}

/** HTTP itself sees to it that no more comes than was announced. */
function readSmall(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.once('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)))
    request.once('error', reject)
    request.once('close', () => reject(new Error('The connection ended before the body did')))
  })
}

export async function readText(exchange: Exchange, limitBytes: number): Promise<string | undefined> {
  return (await readBytes(exchange, limitBytes))?.toString('utf8')
}
