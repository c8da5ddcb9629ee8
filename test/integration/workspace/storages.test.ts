import { createHash, randomBytes } from 'node:crypto'
import { crc32c } from '@node-rs/crc32'
import { describe, expect, it } from 'vitest'
import { openWorkspace } from './client.ts'

const hash = (kind: string, bytes: Uint8Array, encoding: 'hex' | 'base64' = 'hex') =>
  createHash(kind).update(bytes).digest(encoding)
const crcOf = (bytes: Uint8Array) => {
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32c(bytes))
  return sum.toString('base64')
}

describe('S3', () => {
  it('takes a single PUT, shows its MD5 as ETag and hands the bytes back', async () => {
    const { openFile, must, download } = await openWorkspace()
    const bytes = randomBytes(300_001)
    const { file, path } = await openFile(bytes.length)
    const put = await fetch(file.upload_url, { method: 'PUT', body: bytes })
    expect(put.status).toBe(200)
    expect(put.headers.get('etag')).toBe(`"${hash('md5', bytes)}"`)
    expect((await must('PATCH', path, { status: 'CLOSED', progress_processed: 100 })).status).toBe('CLOSED')
    expect(hash('md5', await download(path))).toBe(hash('md5', bytes))
  })

  it('takes parts in any order, lists them, and completes only what arrived', async () => {
    const { openFile, must, download } = await openWorkspace({ assumptions: { s3MinimumPartBytes: 1000 } })
    const parts = [randomBytes(5000), randomBytes(5000), randomBytes(17)]
    const { file, path } = await openFile(10_017)
    const initiated = await (await fetch(file.multipart_upload_url, { method: 'POST' })).text()
    const uploadId = /<UploadId>(.+)<\/UploadId>/.exec(initiated)?.[1]
    const { objects } = await must(
      'GET',
      `${path}multipart_url/part/?upload_id=${uploadId}&parts_num=3&per_page=100&page=1`,
    )
    expect(objects.map((part: { number: number }) => part.number)).toEqual([1, 2, 3])
    for (const at of [2, 0, 1]) {
      const put = await fetch(objects[at].url, { method: 'PUT', body: parts[at] as Buffer<ArrayBuffer> })
      expect(put.headers.get('etag')).toBe(`"${hash('md5', parts[at]!)}"`)
    }
    const urls = await must('GET', `${path}multipart_url/?upload_id=${uploadId}`)
    const listed = await (await fetch(urls.list_parts_url[0])).text()
    expect([...listed.matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map((match) => match[1])).toEqual([
      '1',
      '2',
      '3',
    ])
    const document = (order: number[], etags = parts.map((part) => hash('md5', part))) =>
      `<CompleteMultipartUpload>${order.map((number) => `<Part><ETag>"${etags[number - 1]}"</ETag><PartNumber>${number}</PartNumber></Part>`).join('')}</CompleteMultipartUpload>`
    const complete = async (body: string) =>
      (
        await fetch(urls.complete_url, {
          method: 'POST',
          body,
          headers: { 'content-type': 'application/xml' },
        })
      ).text()
    expect(await complete('<CompleteMultipartUpload><Part>')).toContain('MalformedXML')
    expect(await complete(document([2, 1, 3]))).toContain('InvalidPartOrder')
    expect(
      await complete(
        document([1, 2, 3], [hash('md5', parts[1]!), hash('md5', parts[1]!), hash('md5', parts[2]!)]),
      ),
    ).toContain('InvalidPart')
    const whole = hash('md5', Buffer.concat(parts.map((part) => Buffer.from(hash('md5', part), 'hex'))))
    expect(await complete(document([1, 2, 3]))).toContain(`${whole}-3`)
    await must('PATCH', path, { status: 'CLOSED' })
    expect((await download(path)).equals(Buffer.concat(parts))).toBe(true)
  })

  it('refuses iconik credentials, a wrong Content-MD5, a changed key and an expired URL', async () => {
    const { openFile, workspace, call, must } = await openWorkspace({ faults: { rules: [] } })
    const { file, path } = await openFile(3)
    const put = (url: string, headers: Record<string, string> = {}) =>
      fetch(url, { method: 'PUT', body: 'abc', headers })
    expect((await put(file.upload_url, { 'Auth-Token': 'x' })).status).toBe(403)
    expect(
      (await put(file.upload_url, { 'Content-MD5': hash('md5', Buffer.from('x'), 'base64') })).status,
    ).toBe(400)
    expect((await put(file.upload_url.replace('clip.mov', 'other.mov'))).status).toBe(403)
    await fetch(`${workspace.url}/_faults`, {
      method: 'PUT',
      body: JSON.stringify({ rules: [{ match: 'PUT /_storage/*', action: 'expire', times: 1 }] }),
    })
    const expired = await put(file.upload_url)
    expect(expired.status).toBe(403)
    expect(await expired.text()).toContain('Request has expired')
    expect((await call('PATCH', path, { status: 'CLOSED' })).status).toBe(400)
    const { upload_url: again } = await must('GET', `${path}?generate_signed_post_url=true`)
    expect((await put(again)).status).toBe(200)
  })

  it('forgets an aborted upload and its bytes', async () => {
    const { openFile, must, workspace } = await openWorkspace({ faults: { rules: [] } })
    const { file, path } = await openFile(10)
    const initiated = await (await fetch(file.multipart_upload_url, { method: 'POST' })).text()
    const uploadId = /<UploadId>(.+)<\/UploadId>/.exec(initiated)?.[1] ?? ''
    const inspect = async () =>
      ((await (await fetch(`${workspace.url}/_inspect`)).json()) as { multiparts: unknown[] }).multiparts
    expect(await inspect()).toHaveLength(1)
    await must('POST', `${path}multipart/cleanup/`, { upload_id: uploadId, abort_upload: true })
    expect(await inspect()).toHaveLength(0)
  })
})

describe('GCS', () => {
  const start = async (url: string) => {
    const answer = await fetch(url, { method: 'POST', headers: { 'x-goog-resumable': 'start' } })
    return {
      status: answer.status,
      location: answer.headers.get('location') ?? '',
      id: answer.headers.get('x-guploader-uploadid') ?? '',
    }
  }

  it('takes chunks, says how far it is, and proves the whole with CRC32C', async () => {
    const { openFile, must, download } = await openWorkspace({ storage: 'gcs' })
    const quantum = 256 * 1024
    const bytes = randomBytes(2 * quantum + 100)
    const { file, path } = await openFile(bytes.length)
    const session = await start(file.upload_url)
    expect(session.status).toBe(201)
    const send = (from: number, to: number) =>
      fetch(session.location, {
        method: 'PUT',
        body: bytes.subarray(from, to),
        headers: { 'content-range': `bytes ${from}-${to - 1}/${bytes.length}` },
      })
    expect((await send(0, quantum)).headers.get('range')).toBe(`bytes=0-${quantum - 1}`)
    const asked = await fetch(session.location, {
      method: 'PUT',
      headers: { 'content-range': `bytes */${bytes.length}` },
    })
    expect([asked.status, asked.headers.get('range')]).toEqual([308, `bytes=0-${quantum - 1}`])
    expect((await send(quantum, quantum + 1000)).status).toBe(400)
    expect((await send(quantum, 2 * quantum)).status).toBe(308)
    const last = await send(2 * quantum, bytes.length)
    expect(last.status).toBe(200)
    expect(last.headers.get('x-goog-hash')).toContain(`crc32c=${crcOf(bytes)}`)
    await must('PATCH', path, { status: 'CLOSED' })
    expect((await download(path)).equals(bytes)).toBe(true)
  })

  it('takes the whole at the upload URL with upload_id, and says 410 for a lost session', async () => {
    const { openFile, workspace } = await openWorkspace({ storage: 'gcs', faults: { rules: [] } })
    const { file } = await openFile(5)
    const session = await start(file.upload_url)
    expect(
      (await fetch(`${file.upload_url}&upload_id=${session.id}`, { method: 'PUT', body: 'hello' })).status,
    ).toBe(200)
    const other = await start((await openFile(5)).file.upload_url)
    await fetch(`${workspace.url}/_faults`, {
      method: 'PUT',
      body: JSON.stringify({ rules: [{ match: 'PUT /_storage/gcs/*', action: 'lose-session', times: 1 }] }),
    })
    expect((await fetch(other.location, { method: 'PUT', body: 'hello' })).status).toBe(410)
  })
})

describe('Azure', () => {
  it('takes a blob at once, and blocks that a list commits', async () => {
    const { openFile, must, download } = await openWorkspace({ storage: 'azure' })
    const one = await openFile(5)
    const headers = { 'x-ms-blob-type': 'BlockBlob' }
    const put = await fetch(one.file.upload_url, { method: 'PUT', body: 'hello', headers })
    expect([put.status, put.headers.get('content-md5')]).toEqual([
      201,
      hash('md5', Buffer.from('hello'), 'base64'),
    ])
    await must('PATCH', one.path, { status: 'CLOSED' })
    const two = await openFile(10)
    const ids = ['AAAA', 'BBBB']
    for (const id of ids)
      expect(
        (
          await fetch(`${two.file.upload_url}&comp=block&blockid=${id}`, {
            method: 'PUT',
            body: id === 'AAAA' ? 'hello' : 'world',
          })
        ).status,
      ).toBe(201)
    const list = (names: string[]) =>
      fetch(`${two.file.upload_url}&comp=blocklist`, {
        method: 'PUT',
        body: `<?xml version="1.0"?><BlockList>${names.map((id) => `<Latest>${id}</Latest>`).join('')}</BlockList>`,
      })
    expect((await list(['AAAA', 'CCCC'])).status).toBe(400)
    expect((await list(ids)).status).toBe(201)
    await must('PATCH', two.path, { status: 'CLOSED' })
    expect((await download(two.path)).toString()).toBe('helloworld')
  })
})

describe('B2', () => {
  it('takes a small file by its token and SHA-1', async () => {
    const { openFile, must, download } = await openWorkspace({ storage: 'b2' })
    const { file, path } = await openFile(5, 'ä b.mov')
    const send = (sha1: string, token = file.upload_credentials.authorizationToken) =>
      fetch(file.upload_url, {
        method: 'POST',
        body: 'hello',
        headers: {
          authorization: token,
          'x-bz-file-name': encodeURIComponent(file.upload_filename),
          'content-type': 'b2/x-auto',
          'x-bz-content-sha1': sha1,
        },
      })
    expect((await send(hash('sha1', Buffer.from('other')))).status).toBe(400)
    expect((await send(hash('sha1', Buffer.from('hello')), 'bad')).status).toBe(401)
    const sent = await send(hash('sha1', Buffer.from('hello')))
    expect([sent.status, ((await sent.json()) as { contentSha1: string }).contentSha1]).toEqual([
      200,
      hash('sha1', Buffer.from('hello')),
    ])
    await must('PATCH', path, { status: 'CLOSED' })
    expect((await download(path)).toString()).toBe('hello')
  })

  it('takes a large file in parts and finishes only with the right sums', async () => {
    const { openFile, must, call, download } = await openWorkspace({ storage: 'b2' })
    const { path } = await openFile(10)
    const begun = await must('POST', `${path}multipart/b2/start/`, {})
    const sums: string[] = []
    for (const [at, text] of ['hello', 'world'].entries()) {
      const part = await fetch(begun.upload_url, {
        method: 'POST',
        body: text,
        headers: {
          authorization: begun.authorization_token,
          'x-bz-part-number': String(at + 1),
          'x-bz-content-sha1': hash('sha1', Buffer.from(text)),
        },
      })
      sums.push(((await part.json()) as { contentSha1: string }).contentSha1)
    }
    expect(
      (
        await call('POST', `${path}multipart/b2/finish/`, {
          upload_file_id: begun.upload_file_id,
          sha1_list: [...sums].reverse(),
        })
      ).status,
    ).toBe(400)
    await must('POST', `${path}multipart/b2/finish/`, {
      upload_file_id: begun.upload_file_id,
      sha1_list: sums,
    })
    await must('PATCH', path, { status: 'CLOSED' })
    expect((await download(path)).toString()).toBe('helloworld')
  })
})

describe('FILE', () => {
  it('takes a PUT, and a file that lies there already', async () => {
    const { openFile, must, download, call } = await openWorkspace({ storage: 'file' })
    const { file, path, asset, set } = await openFile(5)
    expect((await fetch(file.upload_url, { method: 'PUT', body: 'hello' })).status).toBe(200)
    await must('PATCH', path, { status: 'CLOSED' })
    expect((await download(path)).toString()).toBe('hello')
    const climbing = {
      original_name: 'x',
      directory_path: '../../etc',
      type: 'FILE',
      size: 1,
      file_set_id: set.id,
    }
    expect((await call('POST', `files/v1/assets/${asset.id}/files/`, climbing)).body.errors).toHaveProperty(
      'directory_path',
    )
  })
})

it('takes a small file in one call and proves it by a ranged read', async () => {
  const { workspace, must } = await openWorkspace()
  const asset = await must('POST', 'assets/v1/assets/', { title: 'one' })
  const form = new FormData()
  for (const [name, value] of Object.entries({
    file_name: 'one.txt',
    storage_id: workspace.storageId,
    asset_id: asset.id,
  }))
    form.set(name, value)
  form.set('file', new Blob(['hello']), 'one.txt')
  const headers = { 'App-ID': workspace.appId, 'Auth-Token': workspace.authToken }
  const sent = await fetch(`${workspace.url}/API/files/v1/files/upload/`, {
    method: 'POST',
    body: form,
    headers,
  })
  expect(sent.status).toBe(200)
  const { objects } = await must('GET', `files/v1/assets/${asset.id}/files/?generate_signed_url=true`)
  expect(objects).toHaveLength(1)
  expect([objects[0].status, objects[0].size]).toEqual(['CLOSED', 5])
  const read = await fetch(objects[0].url, { headers: { range: 'bytes=0-0' } })
  expect([read.status, read.headers.get('etag'), await read.text()]).toEqual([
    206,
    `"${hash('md5', Buffer.from('hello'))}"`,
    'h',
  ])
  const broken = await fetch(`${workspace.url}/API/files/v1/files/upload/`, {
    method: 'POST',
    body: '--x\r\nrubbish',
    headers: { ...headers, 'content-type': 'multipart/form-data; boundary=x' },
  })
  expect(broken.status).toBe(400)
})
