import type { Exchange } from './exchange.ts'

/** The whole body, or undefined once it exceeds `limitBytes`. */
export async function readBytes(exchange: Exchange, limitBytes: number): Promise<Buffer | undefined> {
  if ((exchange.contentLength ?? 0) > limitBytes) return undefined
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of exchange.request) {
    sizeBytes += (chunk as Buffer).length
    if (sizeBytes > limitBytes) return undefined
    chunks.push(chunk as Buffer)
  }
  return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)
}

export async function readText(exchange: Exchange, limitBytes: number): Promise<string | undefined> {
  return (await readBytes(exchange, limitBytes))?.toString('utf8')
}
