import { request } from 'undici'
import type { Dispatcher } from 'undici'
import { AppError } from '../../core/errors.ts'
import { isLoopbackHost } from '../../core/loopback.ts'
import { errorFromConnection } from '../../core/network-errors.ts'
import type { Network } from '../../ports/network.ts'

export interface FetchedMedia {
  status: number
  contentType: string
  bytes: Buffer
  /** Of the whole, as Content-Range says; of what came when there is none. */
  totalBytes: number
}

/** No picture and no block of a proxy is larger. */
const MOST_BYTES = 64 * 1024 * 1024

/**
 * Fetches from a storage's signed address. No header of iconik goes along, and redirects are not followed.
 *
 * @param range first and last byte, both included; null for the whole
 * @throws AppError network.*, storage.refused
 */
export async function fetchMedia(
  network: Network,
  url: string,
  range: { first: number; last: number } | null,
  signal: AbortSignal,
): Promise<FetchedMedia> {
  const address = URL.parse(url)
  const isSafe =
    address?.protocol === 'https:' || (address?.protocol === 'http:' && isLoopbackHost(address.hostname))
  if (!isSafe) throw new AppError('storage.refused', 'The address of a picture is not https.')
  try {
    const answer = await request(url, {
      dispatcher: await network.dispatcherFor(url),
      headers: range ? { range: `bytes=${range.first}-${range.last}` } : {},
      signal,
    })
    const bytes = await readBounded(answer)
    const contentType = answer.headers['content-type']
    const whole = /\/(\d+)$/.exec(String(answer.headers['content-range'] ?? ''))?.[1]
    return {
      status: answer.statusCode,
      contentType: typeof contentType === 'string' ? contentType : 'application/octet-stream',
      bytes,
      totalBytes: whole ? Number(whole) : bytes.length,
    }
  } catch (error) {
    if (error instanceof AppError) throw error
    throw errorFromConnection(error, address.host)
  }
}

/** The announced length lets it end before anything is read; an answer without one is counted as it comes. */
async function readBounded({ headers, body }: Dispatcher.ResponseData): Promise<Buffer> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  const refuseAbove = (bytes: number) => {
    if (bytes <= MOST_BYTES) return
    body.destroy()
    throw new AppError('storage.refused', 'The storage sent more than was asked for.')
  }
  refuseAbove(Number(headers['content-length'] ?? 0))
  for await (const chunk of body as AsyncIterable<Buffer>) {
    refuseAbove((sizeBytes += chunk.length))
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
