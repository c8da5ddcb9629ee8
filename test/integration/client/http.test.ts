import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { createIconikHttp, type Call } from '@main/adapters/iconik/http.ts'
import { createNetwork } from '@main/adapters/node/network.ts'
import { systemClock } from '@main/adapters/node/system-clock.ts'
import { silentLogger } from '@test/support/running-workspace.ts'

type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => void

const ok: Answer = (_request, response) => response.end('{"id":"1"}')
const drop: Answer = (request) => request.socket.destroy()
const status =
  (code: number, headers: Record<string, string> = {}, body = ''): Answer =>
  (_request, response) =>
    response.writeHead(code, headers).end(body)

/** A server that gives the answers in turn, the last one for ever, and a client of it. */
async function serve(...answers: Answer[]) {
  const requests: http.IncomingMessage[] = []
  const server = http.createServer((request, response) => {
    requests.push(request)
    request.resume()
    request.on('end', () => answers[Math.min(requests.length, answers.length) - 1]?.(request, response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const network = createNetwork({ env: {} })
  onTestFinished(async () => {
    await network.close()
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const client = createIconikHttp({
    url: `http://127.0.0.1:${port}`,
    appId: 'app',
    authToken: () => 'token',
    network,
    clock: systemClock,
    logger: silentLogger,
    headersTimeoutMs: 1500,
  })
  const send = (call: Partial<Call> = {}) =>
    client.json({ method: 'GET', path: '/API/x/', lane: 'queue', ...call }, z.looseObject({ id: z.string() }))
  return { requests, client, send, port }
}

describe('calls to iconik', () => {
  it('reads again after a connection that broke and after a failure of the server', async () => {
    const { send, requests } = await serve(drop, status(503), ok)
    expect(await send()).toEqual({ id: '1' })
    expect(requests).toHaveLength(3)
  })

  it('gives up reading after three tries', async () => {
    const { send, requests } = await serve(status(500, {}, '{"errors":["broken"]}'))
    await expect(send()).rejects.toMatchObject({ code: 'api.failed', details: { messages: ['broken'] } })
    expect(requests).toHaveLength(3)
  })

  it('sends a create once, and says that it may have taken effect when the answer got lost', async () => {
    const { send, requests } = await serve(drop, ok)
    await expect(send({ method: 'POST', body: {} })).rejects.toMatchObject({
      code: 'network.offline',
      details: { mayHaveTakenEffect: true },
    })
    expect(requests).toHaveLength(1)
  })

  it('sends any call again after 429, when it was asked to', async () => {
    const { send, requests } = await serve(status(429, { 'retry-after': '0.2' }), status(429), ok)
    const startedAt = performance.now()
    expect(await send({ method: 'POST', body: {} })).toEqual({ id: '1' })
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(200)
    expect(requests).toHaveLength(3)
  })

  it.each<[string, Answer]>([
    ['no JSON', status(200, {}, '<html>')],
    ['an empty body', status(200)],
    ['another shape', status(200, {}, '{"id":1}')],
  ])('reports an answer that it does not understand: %s', async (_name, answer) => {
    const { send } = await serve(answer)
    await expect(send({ method: 'POST', body: {} })).rejects.toMatchObject({
      code: 'api.unexpected',
      details: { mayHaveTakenEffect: true },
    })
  })

  it('does not take a truncated answer for a whole one', async () => {
    const { send } = await serve((request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"id":"1"}')
      setTimeout(() => request.socket.destroy(), 20)
    })
    await expect(send({ method: 'POST', body: {} })).rejects.toMatchObject({ code: 'network.offline' })
  })

  it('waits for an answer only so long', async () => {
    const { send } = await serve(() => undefined)
    await expect(send({ method: 'POST', body: {} })).rejects.toMatchObject({ code: 'network.timeout' })
  })

  it('follows no redirect', async () => {
    const { requests: elsewhere, port } = await serve(ok)
    const { send } = await serve(status(302, { location: `http://127.0.0.1:${port}/API/x/` }))
    await expect(send()).rejects.toMatchObject({ code: 'api.failed' })
    expect(elsewhere).toHaveLength(0)
  })

  it('stops when it is told to, while sending and while waiting for its turn', async () => {
    const { send } = await serve(() => undefined)
    await expect(send({ signal: AbortSignal.timeout(50) })).rejects.toMatchObject({ code: 'cancelled' })
    await expect(send({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('knows that nothing was sent to a server that is away', async () => {
    const network = createNetwork({ env: {} })
    onTestFinished(() => network.close())
    const options = { appId: 'a', authToken: () => 't', network, clock: systemClock, logger: silentLogger }
    const away = createIconikHttp({ ...options, url: 'http://127.0.0.1:9' })
    await expect(away.send({ method: 'POST', path: '/API/x/', lane: 'queue' })).rejects.toMatchObject({
      code: 'network.offline',
      details: { mayHaveTakenEffect: false },
    })
    expect(() => createIconikHttp({ ...options, url: 'http://app.iconik.io' })).toThrow(/https/)
  })
})
