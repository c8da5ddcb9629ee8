import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Fault } from './faults.ts'

const NOT_KEPT = JSON.stringify({
  errors: ['The workspace could not write this down; its log has the reason'],
})

export type Headers = Record<string, string | number>

/** Calls back when an answer may leave: when what the request wrote is committed; with false where that failed. */
export type Gate = (open: (committed: boolean) => void) => void

/** One request with its answer. Every answer goes through here, so that a fault can spoil it in one place. */
export class Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly url: URL
  readonly fault: Fault | undefined
  /** Kept here: a request whose body was given up half read forgets its socket, which then stays open. */
  readonly #socket: Socket
  readonly #gate: Gate

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    fault: Fault | undefined,
    gate: Gate,
  ) {
    this.request = request
    this.response = response
    this.url = url
    this.fault = fault
    this.#socket = request.socket
    this.#gate = gate
  }

  get method(): string {
    return this.request.method ?? 'GET'
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name]
    return Array.isArray(value) ? value.join(', ') : value
  }

  /** Announced length of the body, or undefined where it is chunked. */
  get contentLength(): number | undefined {
    const text = this.header('content-length')
    return text === undefined ? undefined : Number(text)
  }

  /** Cuts the connection without an answer. */
  cut(): void {
    this.#socket.destroy()
  }

  /** Sends a whole answer. What is left of the request's body is not waited for. */
  send(status: number, headers: Headers = {}, body?: string | Buffer): void {
    this.#gate((committed) => {
      try {
        if (committed) this.#answer(status, headers, body)
        else this.#answer(500, { 'content-type': 'application/json' }, NOT_KEPT)
      } catch (error) {
        // Nobody else would end the connection any more.
        this.cut()
        throw error
      }
    })
  }

  #answer(status: number, headers: Headers, body?: string | Buffer): void {
    if (this.fault?.action === 'drop-after') return this.cut()
    if (this.response.destroyed || this.response.headersSent) return
    const bytes = body === undefined ? Buffer.alloc(0) : Buffer.isBuffer(body) ? body : Buffer.from(body)
    const bare = status === 204 || status === 304
    this.response.writeHead(status, { ...(!bare && { 'content-length': bytes.length }), ...headers })
    if (this.fault?.action === 'truncate' && bytes.length > 0) {
      this.response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => this.cut())
      return
    }
    this.response.end(bare || this.method === 'HEAD' ? undefined : bytes)
  }

  json(status: number, value: unknown, headers: Headers = {}): void {
    this.send(status, { 'content-type': 'application/json', ...headers }, JSON.stringify(value))
  }

  xml(status: number, body: string, headers: Headers = {}): void {
    this.send(
      status,
      { 'content-type': 'application/xml', ...headers },
      `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
    )
  }

  /** Streams `sizeBytes` of an answer. A reader that goes away is not an error. */
  async stream(
    status: number,
    headers: Headers,
    source: AsyncIterable<Buffer>,
    sizeBytes: number,
  ): Promise<void> {
    await new Promise<boolean>((opened) => this.#gate(opened))
    if (this.fault?.action === 'drop-after') return this.cut()
    const truncateAt = this.fault?.action === 'truncate' ? Math.floor(sizeBytes / 2) : undefined
    this.response.writeHead(status, { ...headers, 'content-length': sizeBytes })
    try {
      await pipeline(
        Readable.from(truncateAt === undefined ? source : firstBytes(source, truncateAt)),
        this.response,
        {
          end: truncateAt === undefined,
        },
      )
    } catch {
      this.cut()
      return
    }
    if (truncateAt !== undefined) this.cut()
  }
}

async function* firstBytes(source: AsyncIterable<Buffer>, sizeBytes: number): AsyncGenerator<Buffer> {
  let left = sizeBytes
  for await (const chunk of source) {
    if (left <= 0) return
    yield chunk.subarray(0, left)
    left -= chunk.length
  }
}
