import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { AssetId, JobId, ViewId } from '@contract/ids.ts'
import { createIconikApi } from '@main/adapters/iconik/iconik-api.ts'
import { createNetwork } from '@main/adapters/node/network.ts'
import { systemClock } from '@main/adapters/node/system-clock.ts'
import { AppError } from '@main/core/errors.ts'
import type { IconikApi } from '@main/ports/iconik-api.ts'
import { silentLogger } from '@test/support/running-workspace.ts'

// A server that answers anything at all, and another one that credentials must never reach.

type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => void
const id = '6f1c3c0e-b1d2-11ef-8f0a-0242ac120002'
const network = createNetwork({ env: {} })
const elsewhere: string[] = []
let answer: Answer = () => {}
let requests = 0
let api: IconikApi
let otherPort = 0
const servers: http.Server[] = []

async function listen(handle: Answer): Promise<number> {
  const server = http.createServer(handle)
  servers.push(server)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return (server.address() as AddressInfo).port
}

beforeAll(async () => {
  const port = await listen((request, response) => {
    requests++
    request.resume().on('end', () => answer(request, response))
  })
  otherPort = await listen((request, response) => {
    elsewhere.push(JSON.stringify(request.headers))
    response.end('{}')
  })
  api = createIconikApi({
    url: `http://127.0.0.1:${port}`,
    appId: 'app',
    authToken: () => 'token-that-must-stay',
    network,
    clock: systemClock,
    logger: silentLogger,
  })
})
afterAll(async () => {
  await network.close()
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
})
beforeEach(() => {
  requests = 0
  elsewhere.length = 0
})

const json =
  (value: unknown): Answer =>
  (_request, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))

const calls: Record<string, () => Promise<unknown>> = {
  user: () => api.auth.currentUser(),
  roles: () => api.auth.roles(),
  asset: () => api.assets.get(id as AssetId),
  formats: () => api.files.listFormats(id as AssetId),
  files: () => api.files.listFiles(id as AssetId),
  storages: () => api.storages.list(),
  fields: () => api.metadata.listFields(),
  view: () => api.metadata.getView(id as ViewId),
  job: () => api.jobs.get(id as JobId),
  trash: () => api.assets.trashed(1, 10),
}

/** refused by name; understood, where a document may lack every key; else what went wrong. */
async function outcomeOf(call: () => Promise<unknown>): Promise<string> {
  try {
    const text = JSON.stringify(await call())
    return /\$gt|script|alert/.test(text) ? `let through ${text}` : 'understood'
  } catch (error) {
    if (!(error instanceof AppError)) return `a bug: ${String(error)}`
    return error.message.includes('token-that-must-stay') ? 'the token is in its error' : 'refused'
  }
}

describe('answers of the wrong kind', () => {
  const wrong: [string, Answer][] = [
    ['a number', json(7)],
    ['a text', json('objects')],
    ['a list', json([[]])],
    ['rows that are numbers', json({ objects: [1, 2], id: 5, total: 'many' })],
    ['ids that are objects', json({ id: { $gt: '' }, objects: [{ id: { $gt: '' } }] })],
    ['a page of HTML', (_request, response) => response.end('<html><script>alert(1)</script></html>')],
    ['half an object', (_request, response) => response.end('{"objects": [{"id": "')],
  ]
  for (const [what, hostile] of wrong)
    it(`${what}: each call fails by name, none by a bug`, async () => {
      answer = hostile
      const outcomes: string[] = []
      for (const [name, call] of Object.entries(calls)) outcomes.push(`${name}: ${await outcomeOf(call)}`)
      expect(outcomes).toEqual(outcomes.map(() => expect.stringMatching(/: (refused|understood)$/) as string))
      expect(outcomes.filter((line) => line.endsWith('refused')).length).toBeGreaterThan(5)
    })

  it('deeper than any parser goes', async () => {
    answer = (_request, response) => response.end(`${'['.repeat(500_000)}${']'.repeat(500_000)}`)
    await expect(api.auth.roles()).rejects.toBeInstanceOf(AppError)
  })

  it('larger than memory should hold', async () => {
    const block = Buffer.alloc(1024 * 1024, 32)
    answer = (_request, response) => {
      const write = () => {
        while (!response.destroyed && response.write(block));
        if (!response.destroyed) response.once('drain', write)
      }
      write()
    }
    await expect(api.storages.list()).rejects.toMatchObject({ code: 'api.unexpected' })
  })
})

describe('being sent elsewhere', () => {
  it('by a redirect is refused, also when it goes round in circles', async () => {
    for (const location of [`http://127.0.0.1:${otherPort}/`, '/API/again/', 'file:///etc/passwd']) {
      requests = 0
      answer = (_request, response) => response.writeHead(302, { location }).end()
      await expect(api.assets.get(id as AssetId)).rejects.toBeInstanceOf(AppError)
      expect(requests).toBeLessThanOrEqual(3)
    }
    expect(elsewhere).toEqual([])
  })

  it('by a next page keeps to the host that was signed in to', async () => {
    const row = { id, name: 'a', method: 'S3', purpose: 'FILES', status: 'ACTIVE', settings: {} }
    const away = `http://127.0.0.1:${otherPort}/API/files/v1/storages/?page=2`
    const pages = [
      { objects: [row], pages: 2, next_url: away },
      { objects: [], pages: 2, next_url: null },
    ]
    answer = (request, response) => json(pages[Math.min(requests, 2) - 1])(request, response)
    const outcome = await api.storages.list().catch((error: unknown) => error)
    expect(requests).toBeGreaterThan(0)
    expect(outcome instanceof AppError || Array.isArray(outcome)).toBe(true)
    expect(elsewhere).toEqual([])
  })
})
