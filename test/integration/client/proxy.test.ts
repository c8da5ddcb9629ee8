import { createHash, randomBytes } from 'node:crypto'
import { stat, writeFile } from 'node:fs/promises'
import http from 'node:http'
import https from 'node:https'
import net, { type AddressInfo } from 'node:net'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createIconikApi } from '@main/adapters/iconik/iconik-api.ts'
import { createNetwork } from '@main/adapters/node/network.ts'
import { systemClock } from '@main/adapters/node/system-clock.ts'
import { createWorkerHashStreams } from '@main/adapters/node/worker-hash-streams.ts'
import { createStorageTransfer } from '@main/adapters/storage/storage-transfer.ts'
import type { TransferBroker } from '@main/ports/storage-transfer.ts'
import { hasOpenssl, makeCertificates } from '@test/support/certificates.ts'
import { silentLogger } from '@test/support/running-workspace.ts'
import { tempFolder } from '@test/support/temp-folder.ts'

const HOST = 'iconik.test'

async function listen(server: net.Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

/** A proxy that knows one host name, as a company's proxy would, and lets only those in who log in. */
async function startProxy() {
  const seen: { target: string; headers: http.IncomingHttpHeaders }[] = []
  const server = http.createServer((_request, response) => response.writeHead(405).end())
  server.on('connect', (request: http.IncomingMessage, socket: net.Socket) => {
    seen.push({ target: request.url ?? '', headers: request.headers })
    const login = `Basic ${Buffer.from('me:pa ss').toString('base64')}`
    if (request.headers['proxy-authorization'] !== login)
      return socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    const [host, port] = (request.url ?? '').split(':')
    if (host !== HOST) return socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
    const through = net.connect(Number(port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      through.pipe(socket).pipe(through)
    })
    for (const end of [through, socket])
      end.on('error', () => [through, socket].map((other) => other.destroy()))
  })
  return { port: await listen(server), seen }
}

/** iconik and an S3 bucket behind one TLS server. */
async function startServer(key: string, cert: string) {
  const stored = new Map<string, Buffer>()
  const headers: http.IncomingHttpHeaders[] = []
  const server = https.createServer({ key, cert }, (request, response) => {
    headers.push(request.headers)
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (request.url?.startsWith('/API/')) return response.end('{"id":"x"}')
      const body = Buffer.concat(chunks)
      stored.set(request.url ?? '', body)
      response.setHeader('etag', `"${createHash('md5').update(body).digest('hex')}"`)
      response.end()
    })
  })
  return { port: await listen(server), stored, headers }
}

async function setUp() {
  const folder = await tempFolder()
  const { caFile, key, cert } = makeCertificates(folder, HOST)
  const proxy = await startProxy()
  const server = await startServer(key, cert)
  const connect = (env: NodeJS.ProcessEnv, systemProxy?: (url: string) => Promise<string | null>) => {
    const network = createNetwork({ env, ...(systemProxy ? { systemProxy } : {}) })
    onTestFinished(() => network.close())
    const api = createIconikApi({
      url: `https://${HOST}:${server.port}`,
      appId: 'app',
      authToken: () => 'secret-token',
      network,
      clock: systemClock,
      logger: silentLogger,
    })
    return { network, api }
  }
  const env = { HTTPS_PROXY: `http://me:pa%20ss@127.0.0.1:${proxy.port}`, NODE_EXTRA_CA_CERTS: caFile }
  return { folder, proxy, server, connect, env }
}

describe.skipIf(!hasOpenssl)('behind a proxy, with a private certificate authority', () => {
  it('reaches iconik through a tunnel, showing the proxy no credentials', async () => {
    const { proxy, server, connect, env } = await setUp()
    await connect(env).api.auth.check()
    expect(proxy.seen.map(({ target }) => target)).toEqual([`${HOST}:${server.port}`])
    expect(JSON.stringify(proxy.seen)).not.toContain('secret-token')
    expect(server.headers[0]).toMatchObject({ 'app-id': 'app', 'auth-token': 'secret-token' })
    expect(server.headers[0]).not.toHaveProperty('proxy-authorization')
  })

  it('sends bytes to a storage the same way, without iconik credentials', async () => {
    const { folder, proxy, server, connect, env } = await setUp()
    const { network } = connect(env)
    const hashStreams = createWorkerHashStreams(1)
    onTestFinished(() => hashStreams.close())
    const transfer = createStorageTransfer({ network, hashStreams, clock: systemClock, logger: silentLogger })
    const bytes = randomBytes(9 * 1024 * 1024)
    const file = path.join(folder, 'clip')
    await writeFile(file, bytes)
    const { mtimeMs, size } = await stat(file)
    const proof = await transfer.send({
      source: { path: file, sizeBytes: size, mtimeMs, inode: '', contentType: 'video/mp4' },
      ticket: {
        fileId: 'f',
        assetId: 'a',
        method: 'S3',
        uploadUrl: `https://${HOST}:${server.port}/bucket/clip`,
        uploadMethod: 'PUT',
        multipartUploadUrl: null,
        uploadFilename: null,
        credentials: {},
      },
      broker: {} as TransferBroker,
      checkpoint: null,
      hashes: [],
      saveCheckpoint: () => Promise.resolve(),
      onProgress: () => undefined,
      throttle: (count) => Promise.resolve(count),
      signal: AbortSignal.timeout(20_000),
    })
    expect(proof.proven).toBe(true)
    expect(server.stored.get('/bucket/clip')?.equals(bytes)).toBe(true)
    expect(proxy.seen).toHaveLength(1)
    expect(server.headers.at(-1)).not.toHaveProperty('auth-token')
  })

  it('takes the system’s proxy where the environment names none, and the environment’s where it does', async () => {
    const { proxy, connect, env } = await setUp()
    const { HTTPS_PROXY, ...withoutProxy } = env
    const asked: string[] = []
    const system = (url: string) => {
      asked.push(url)
      return Promise.resolve(HTTPS_PROXY)
    }
    await connect(withoutProxy, system).api.auth.check()
    expect(proxy.seen).toHaveLength(1)
    expect(asked).toHaveLength(1)
    await connect(env, () => Promise.reject(new Error('not to be asked'))).api.auth.check()
    expect(proxy.seen).toHaveLength(2)
  })

  it('says that a certificate is not trusted, rather than that the server is away', async () => {
    const { connect, env } = await setUp()
    const { api } = connect({ HTTPS_PROXY: env.HTTPS_PROXY })
    await expect(api.auth.check()).rejects.toMatchObject({ code: 'network.tls' })
  })

  it('names a proxy that cannot be reached, and one that wants another login', async () => {
    const { connect, env } = await setUp()
    const gone = connect({ ...env, HTTPS_PROXY: 'http://127.0.0.1:9' })
    await expect(gone.api.auth.check()).rejects.toMatchObject({ code: 'network.offline' })
    const stranger = connect({ ...env, HTTPS_PROXY: env.HTTPS_PROXY.replace('me:', 'you:') })
    await expect(stranger.api.auth.check()).rejects.toMatchObject({ code: 'network.offline' })
  })
})
