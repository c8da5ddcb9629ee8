import fs from 'node:fs/promises'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createHttpFileDownload } from '@main/adapters/node/http-file-download.ts'
import { createNetwork } from '@main/adapters/node/network.ts'
import { NodeFileSystem } from '@main/adapters/node/node-file-system.ts'
import { systemClock } from '@main/adapters/node/system-clock.ts'
import { createWorkerHashStreams } from '@main/adapters/node/worker-hash-streams.ts'
import { createStorageTransfer } from '@main/adapters/storage/storage-transfer.ts'
import type { TransferBroker } from '@main/ports/storage-transfer.ts'
import { silentLogger } from '@test/support/running-workspace.ts'
import { tempFolder } from '@test/support/temp-folder.ts'

// A volume as Windows shows one with exFAT: no links, and the wrong reason for it.
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof fs>()
  const link = async () => {
    throw Object.assign(new Error('EISDIR: illegal operation on a directory, link'), { code: 'EISDIR' })
  }
  return { ...real, link, default: { ...real, link } }
})

async function source(content: string) {
  const folder = await tempFolder()
  const file = path.join(folder, 'a.mov')
  await fs.writeFile(file, content)
  return { folder, file }
}

it('moves a file where no links can be made, and never over another', async () => {
  const { folder, file } = await source('new')
  const done = path.join(folder, 'done')
  await fs.mkdir(done)
  await fs.writeFile(path.join(done, 'a.mov'), 'old')
  expect(await new NodeFileSystem().move(file, done)).toBe(path.join(done, 'a (2).mov'))
  expect(await fs.readdir(folder)).toEqual(['done'])
  expect(await fs.readFile(path.join(done, 'a (2).mov'), 'utf8')).toBe('new')
})

it('puts a download in its place where no links can be made', async () => {
  const network = createNetwork({ env: {} })
  const server = http.createServer((_request, response) => response.end('bytes'))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(async () => {
    await network.close()
    server.close()
  })
  const folder = await tempFolder()
  const { path: file } = await createHttpFileDownload(network).fetch({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.mov`,
    folder,
    fileName: 'a.mov',
    onProgress: () => {},
    check: () => {},
    signal: AbortSignal.timeout(20_000),
  })
  expect(file).toBe(path.join(folder, 'a.mov'))
  expect(await fs.readdir(folder)).toEqual(['a.mov'])
})

it('copies into a mounted folder where no links can be made', async () => {
  const network = createNetwork({ env: {} })
  const hashStreams = createWorkerHashStreams()
  onTestFinished(async () => {
    await network.close()
    await hashStreams.close()
  })
  const { file } = await source('bytes')
  const { size, mtimeMs, ino } = await fs.stat(file)
  const mount = await tempFolder()
  const transfer = createStorageTransfer({ network, hashStreams, clock: systemClock, logger: silentLogger })
  const proof = await transfer.send({
    source: { path: file, sizeBytes: size, mtimeMs, inode: String(ino), contentType: 'video/quicktime' },
    ticket: {
      fileId: 'f',
      assetId: 'a',
      method: 'FILE',
      uploadUrl: null,
      uploadMethod: null,
      multipartUploadUrl: null,
      uploadFilename: null,
      credentials: {},
      mountPath: path.join(mount, 'a.mov'),
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
  expect(await fs.readdir(mount)).toEqual(['a.mov'])
})
