import { createHash } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createNetwork } from '@main/adapters/node/network.ts'
import { systemClock } from '@main/adapters/node/system-clock.ts'
import { createWorkerHashStreams } from '@main/adapters/node/worker-hash-streams.ts'
import { createStorageTransfer } from '@main/adapters/storage/storage-transfer.ts'
import { silentLogger } from '@test/support/running-workspace.ts'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const BYTES = Buffer.from('a small file')
const MD5 = createHash('md5').update(BYTES).digest('hex')

/** Asks a storage that answers like this for its proof of BYTES. */
async function prove(headers: Record<string, string>, bytes: Buffer = BYTES) {
  const asked: string[] = []
  const answer = (range: string | undefined, response: ServerResponse) => {
    asked.push(range ?? 'all of it')
    const all = { ...headers, 'content-range': `bytes 0-0/${bytes.length}` }
    if (range) response.writeHead(206, all).end(bytes.subarray(0, 1))
    else response.writeHead(200, headers).end(bytes)
  }
  const server = createServer((request, response) => answer(request.headers.range, response))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const network = createNetwork({ env: {} })
  const hashStreams = createWorkerHashStreams()
  ends.push(
    () => new Promise((done) => server.close(done)),
    () => network.close(),
    () => hashStreams.close(),
  )
  const transfer = createStorageTransfer({ network, hashStreams, clock: systemClock, logger: silentLogger })
  const hashes = await hashStreams.hashSmall(BYTES, ['xxh128', 'md5', 'crc32c', 'sha1'])
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/object`
  const proof = transfer.proveStored(
    { url, renewUrl: () => Promise.resolve(url), sizeBytes: BYTES.length, hashes },
    AbortSignal.timeout(20_000),
  )
  return { proof, asked }
}

describe('what a storage says about a stored file', () => {
  it.each([
    ['an ETag that is its MD5', { etag: `"${MD5}"` }, 'size and MD5 agree'],
    [
      'Azure’s sum of the blob',
      { 'x-ms-blob-content-md5': Buffer.from(MD5, 'hex').toString('base64') },
      'size and MD5 agree',
    ],
    [
      'B2’s SHA-1',
      { 'x-bz-content-sha1': createHash('sha1').update(BYTES).digest('hex') },
      'size and SHA-1 agree',
    ],
  ])('%s is enough: one byte is asked for', async (_what, headers, evidence) => {
    const { proof, asked } = await prove(headers)
    expect(await proof).toMatchObject({ proven: true, evidence })
    expect(asked).toEqual(['bytes=0-0'])
  })

  it.each([
    ['nothing', {}],
    ['an ETag of parts', { etag: '"0123456789abcdef0123456789abcdef-1"' }],
    [
      'an ETag of an encrypted object',
      { etag: `"${'0'.repeat(32)}"`, 'x-amz-server-side-encryption': 'aws:kms' },
    ],
    ['an ETag that is another sum', { etag: `"${'1'.repeat(32)}"` }],
  ])('%s proves nothing: the file is read back', async (_what, headers) => {
    const { proof, asked } = await prove(headers as Record<string, string>)
    expect(await proof).toMatchObject({ proven: true, evidence: 'read back, and the same' })
    expect(asked).toEqual(['bytes=0-0', 'all of it'])
  })

  it('other bytes are a mismatch, and so is another size under the right sum', async () => {
    await expect((await prove({}, Buffer.from('a smell file'))).proof).rejects.toMatchObject({
      code: 'storage.mismatch',
    })
    await expect((await prove({ etag: `"${MD5}"` }, Buffer.from('a small'))).proof).rejects.toMatchObject({
      code: 'storage.mismatch',
    })
  })
})
