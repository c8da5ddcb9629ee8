import type { Readable } from 'node:stream'
import { request } from 'undici'
import { AppError } from '../../core/errors.ts'
import { isLoopbackHost } from '../../core/loopback.ts'
import { errorFromConnection } from '../../core/network-errors.ts'
import type { Network } from '../../ports/network.ts'

export interface StorageCall {
  method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  url: string
  headers?: Record<string, string>
  body?: StorageBody
  /** The answer's body is bytes rather than text. */
  keepBytes?: true
  signal: AbortSignal
}

export type StorageBody =
  | { bytes: Uint8Array | string }
  /**
   * Made anew for each try; ends after `sizeBytes`.
   * @param waits to be called now and then while bytes are held back on purpose: that is no stall
   */
  | { sizeBytes: number; stream: (waits: () => void) => AsyncIterable<Uint8Array> }

export interface StorageAnswer {
  status: number
  header(name: string): string | null
  text: string
  /** With `keepBytes`. */
  bytes?: Buffer
}

/** Longest time without a byte going out or an answer coming in. */
const STALL_MS = 60_000
/** Answers of storages are short; whatever comes after is not worth reading. */
const LONGEST_ANSWER_BYTES = 16 * 1024 * 1024

export type StorageHttp = (call: StorageCall) => Promise<StorageAnswer>

/**
 * Sends one request to a storage. Nothing of iconik's credentials is known here. Redirects are not followed; an answer
 * of any status resolves.
 * @param stallMs a request in which nothing moves for so long is given up
 * @throws AppError storage.refused for an address that is neither https nor this machine; network.*; cancelled
 */
export function createStorageHttp(network: Network, stallMs = STALL_MS): StorageHttp {
  return async ({ method, url, headers, body, keepBytes, signal }) => {
    const { host } = checkedUrl(url)
    const stall = new AbortController()
    const timer = setTimeout(() => stall.abort(), stallMs)
    const moved = () => void timer.refresh()
    try {
      const answer = await request(url, {
        dispatcher: await network.dispatcherFor(url),
        method,
        headers: { ...headers, ...lengthHeader(method, body) },
        body: bodyOf(body, moved),
        signal: AbortSignal.any([signal, stall.signal]),
        headersTimeout: stallMs,
        bodyTimeout: stallMs,
      })
      const bytes = method === 'HEAD' ? Buffer.alloc(0) : await readBytes(answer.body, moved)
      return {
        status: answer.statusCode,
        header: (name) => {
          const value = answer.headers[name]
          return value === undefined ? null : Array.isArray(value) ? (value[0] ?? null) : value
        },
        text: keepBytes ? '' : bytes.toString('utf8'),
        ...(keepBytes ? { bytes } : {}),
      }
    } catch (error) {
      if (signal.aborted) throw asCancelled(signal, error)
      if (stall.signal.aborted)
        throw new AppError(
          'network.timeout',
          `Nothing moved for ${Math.round(stallMs / 1000)} s on the way to ${host}.`,
          {
            cause: error,
            details: { host, mayHaveTakenEffect: true },
          },
        )
      throw errorFromConnection(error, host)
    } finally {
      clearTimeout(timer)
    }
  }
}

/** What an aborted signal means: the reason that it was given, where that is ours, else cancelled. */
export function asCancelled(signal: AbortSignal, cause: unknown): AppError {
  return signal.reason instanceof AppError
    ? signal.reason
    : new AppError('cancelled', 'Cancelled.', { cause })
}

function checkedUrl(url: string): URL {
  const parsed = URL.parse(url)
  const safe =
    parsed?.protocol === 'https:' || (parsed?.protocol === 'http:' && isLoopbackHost(parsed.hostname))
  if (!parsed || !safe)
    throw new AppError(
      'storage.refused',
      `iconik named a storage address that is not encrypted (${parsed?.host ?? 'not a URL'}); nothing is sent there.`,
      { retry: { when: 'never' } },
    )
  return parsed
}

function lengthHeader(method: string, body: StorageBody | undefined): Record<string, string> {
  if (body === undefined) return method === 'PUT' || method === 'POST' ? { 'content-length': '0' } : {}
  if ('stream' in body) return { 'content-length': String(body.sizeBytes) }
  return { 'content-length': String(Buffer.byteLength(body.bytes)) }
}

function bodyOf(body: StorageBody | undefined, moved: () => void) {
  if (body === undefined) return null
  if ('bytes' in body)
    return typeof body.bytes === 'string'
      ? body.bytes
      : Buffer.from(body.bytes.buffer, body.bytes.byteOffset, body.bytes.byteLength)
  if (body.sizeBytes === 0) return null
  // undici takes any async iterable; its types name only some.
  return watched(body.stream(moved), moved) as unknown as Readable
}

async function* watched(stream: AsyncIterable<Uint8Array>, moved: () => void) {
  for await (const bytes of stream) {
    moved()
    yield bytes
  }
  moved()
}

async function readBytes(body: AsyncIterable<Buffer>, moved: () => void): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    moved()
    size += chunk.length
    if (size <= LONGEST_ANSWER_BYTES) chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
