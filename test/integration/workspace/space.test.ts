import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openWorkspace } from './client.ts'

const megabyte = 1024 * 1024

/** A workspace that may take about so much: the rest of the disk is to be left alone. Others may write meanwhile. */
async function withRoomFor(sizeBytes: number, storage: 's3' | 'gcs' | 'azure' | 'b2' | 'file' = 's3') {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'ferry-space-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  const { bavail, bsize } = statfsSync(dataDir)
  const opened = await openWorkspace({ dataDir, storage, keptFreeBytes: bavail * bsize - sizeBytes })
  return {
    ...opened,
    incoming: () => readdirSync(path.join(dataDir, 'bytes/incoming')),
  }
}

/** Announces a body, sends a first piece, and waits for an answer, or until the piece was taken. */
async function announce(
  url: string,
  method: string,
  sizeBytes: number,
  headers: Record<string, string> = {},
) {
  const sending = request(url, { method, headers: { 'content-length': sizeBytes, ...headers } })
  sending.on('error', () => undefined)
  onTestFinished(() => void sending.destroy())
  sending.write(Buffer.alloc(1000))
  return {
    status: once(sending, 'response').then(([response]) => (response as { statusCode: number }).statusCode),
    stop: () => sending.destroy(),
  }
}

describe('a disk that is nearly full', () => {
  it('is named before anything is sent: a file that is too large gets no upload address', async () => {
    const { openFile } = await withRoomFor(500 * megabyte)
    await expect(openFile(2000 * megabyte)).rejects.toThrow(/507.*no room for 2097152000 bytes/)
    await expect(openFile(megabyte)).resolves.toBeDefined()
  })

  it.each([
    ['s3', 'PUT', {}, 507],
    ['gcs', 'PUT', {}, 507],
    ['azure', 'PUT', { 'x-ms-blob-type': 'BlockBlob' }, 507],
    ['b2', 'POST', { 'x-bz-content-sha1': 'do_not_verify', 'x-bz-file-name': 'a' }, 403],
    ['file', 'PUT', {}, 507],
  ] as const)(
    '%s refuses a body that would not fit, and keeps nothing of it',
    async (storage, method, headers, status) => {
      const { openFile, incoming } = await withRoomFor(500 * megabyte, storage)
      const { file } = await openFile(1)
      let url: string = file.upload_url
      if (storage === 'gcs') {
        const session = await fetch(url, { method: 'POST', headers: { 'x-goog-resumable': 'start' } })
        url = session.headers.get('location') ?? ''
      }
      const token: Record<string, string> =
        storage === 'b2' ? { authorization: file.upload_credentials.authorizationToken } : {}
      const sent = await announce(url, method, 2000 * megabyte, { ...headers, ...token })
      expect(await sent.status).toBe(status)
      expect(incoming()).toEqual([])
    },
  )

  it('counts what others are still sending', async () => {
    const { openFile, incoming } = await withRoomFor(1000 * megabyte)
    const [first, second] = [await openFile(1), await openFile(1)]
    const slow = await announce(first.file.upload_url, 'PUT', 700 * megabyte)
    await expect.poll(incoming, { timeout: 20_000 }).toHaveLength(1)
    const refused = await announce(second.file.upload_url, 'PUT', 700 * megabyte)
    expect(await refused.status).toBe(507)
    // The first one goes away, and its place is free again.
    slow.stop()
    slow.status.catch(() => undefined)
    await expect.poll(incoming, { timeout: 20_000 }).toEqual([])
    const third = await announce(second.file.upload_url, 'PUT', 700 * megabyte)
    await expect.poll(incoming, { timeout: 20_000 }).toHaveLength(1)
    third.status.catch(() => undefined)
  })

  it('refuses a file in one call, and cuts off a body that did not say how long it is', async () => {
    const { workspace, openFile, incoming, must } = await withRoomFor(-1e12)
    const headers = { 'App-ID': workspace.appId, 'Auth-Token': workspace.authToken }
    const form = new FormData()
    form.set('file_name', 'one.txt')
    form.set('storage_id', workspace.storageId)
    form.set('file', new Blob(['hello']), 'one.txt')
    const sent = await fetch(`${workspace.url}/API/files/v1/files/upload/`, {
      method: 'POST',
      body: form,
      headers,
    })
    expect([sent.status, await sent.text()]).toEqual([507, expect.stringContaining('no room')])

    const { objects } = await must('GET', 'files/v1/storages/?method=GCS&purpose=FILES')
    const { file } = await openFile(0, 'clip.mov', objects[0].id)
    const session = await fetch(file.upload_url, { method: 'POST', headers: { 'x-goog-resumable': 'start' } })
    async function* pieces() {
      for (let sent = 0; sent < 400; sent += 1) {
        yield Buffer.alloc(megabyte)
        await new Promise((resume) => setImmediate(resume))
      }
    }
    const put = {
      method: 'PUT',
      body: Readable.toWeb(Readable.from(pieces())),
      duplex: 'half',
    } as RequestInit
    await expect(fetch(session.headers.get('location') ?? '', put)).rejects.toThrow('fetch failed')
    await expect.poll(incoming, { timeout: 20_000 }).toEqual([])
  })
})
