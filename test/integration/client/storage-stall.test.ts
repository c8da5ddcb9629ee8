import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createNetwork } from '@main/adapters/node/network.ts'
import { bodyOfBytes } from '@main/adapters/storage/send-body.ts'
import { createStorageHttp } from '@main/adapters/storage/storage-http.ts'

const STALL_MS = 300
const network = createNetwork({ env: {} })
const server = http.createServer((request, response) => {
  let sizeBytes = 0
  request.on('data', (chunk: Buffer) => (sizeBytes += chunk.length))
  request.on('end', () => response.end(String(sizeBytes)))
})
let url = ''

beforeAll(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/clip`
})
afterAll(async () => {
  await network.close()
  server.closeAllConnections()
  server.close()
})

/** Sends 3000 bytes, of which 1000 may go after each wait of 900 ms. */
function send(isSaid: boolean) {
  const signal = AbortSignal.timeout(20_000)
  const throttle = async (bytes: number, _signal: AbortSignal, waits: () => void) => {
    for (let turn = 0; turn < 9; turn++) {
      if (isSaid) waits()
      await sleep(100)
    }
    return Math.min(bytes, 1000)
  }
  const body = bodyOfBytes(new Uint8Array(3000), { throttle, signal }, () => {})
  return createStorageHttp(network, STALL_MS)({ method: 'PUT', url, body, signal })
}

it('takes bytes that wait for bandwidth for no stall', async () => {
  expect(await send(true)).toMatchObject({ status: 200, text: '3000' })
})

it('gives up a request in which nothing moves and nobody says why', async () => {
  await expect(send(false)).rejects.toMatchObject({ code: 'network.timeout' })
})
