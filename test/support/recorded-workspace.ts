import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Exchange } from '@main/adapters/iconik/http.ts'

export interface RecordingRelay {
  /** Where to send what should be recorded. */
  url: string
  exchanges: Exchange[]
  close(): Promise<void>
}

/** Stands before a server and notes each call with its answer, so that programs of any kind can be checked for conformance. */
export async function recordCalls(target: string): Promise<RecordingRelay> {
  const exchanges: Exchange[] = []
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const body = Buffer.concat(chunks)
      const { host: _, connection: __, ...headers } = request.headers
      const url = new URL(request.url ?? '/', target)
      const answer = await fetch(url, {
        method: request.method ?? 'GET',
        headers: Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
        ...(body.length > 0 && { body }),
      })
      const text = await answer.text()
      exchanges.push({
        method: request.method ?? 'GET',
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        requestBody: body.length > 0 ? (JSON.parse(body.toString()) as unknown) : undefined,
        status: answer.status,
        answerBody: text === '' ? null : (JSON.parse(text) as unknown),
      })
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text)
    })().catch((error: unknown) => response.destroy(error as Error))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exchanges,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}
