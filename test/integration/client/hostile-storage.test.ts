import fs from 'node:fs/promises'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHttpFileDownload } from '@main/adapters/node/http-file-download.ts'
import { createNetwork } from '@main/adapters/node/network.ts'
import { fetchMedia } from '@main/adapters/media/fetch-media.ts'
import { tempFolder } from '@test/support/temp-folder.ts'
import { afterAll, beforeAll, expect, it } from 'vitest'

// A storage that sends without end, and announces no length.

const BLOCK = Buffer.alloc(1024 * 1024, 7)
const network = createNetwork({ env: {} })
let sentBytes = 0
const server = http.createServer((request, response) => {
  const write = () => {
    while (!response.destroyed) {
      sentBytes += BLOCK.length
      if (!response.write(BLOCK)) return void response.once('drain', write)
    }
  }
  request.resume()
  write()
})
let url = ''

beforeAll(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.jpg`
})
afterAll(async () => {
  await network.close()
  server.closeAllConnections()
  server.close()
})

it('a picture without end is given up before it fills the memory', async () => {
  sentBytes = 0
  const failed = fetchMedia(network, url, null, AbortSignal.timeout(20_000))
  await expect(failed).rejects.toMatchObject({ code: 'storage.refused' })
  expect(sentBytes).toBeLessThan(128 * BLOCK.length)
})

it('a file that goes on beyond its size is given up before it fills the disk, and nothing is left of it', async () => {
  sentBytes = 0
  const folder = await tempFolder()
  const failed = createHttpFileDownload(network).fetch({
    url,
    folder,
    fileName: 'a.mov',
    mostBytes: 5_000_000,
    onProgress: () => {},
    check: () => {},
    signal: AbortSignal.timeout(20_000),
  })
  await expect(failed).rejects.toMatchObject({ code: 'storage.mismatch' })
  expect(sentBytes).toBeLessThan(64 * BLOCK.length)
  expect(await fs.readdir(folder)).toEqual([])
})
