import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { callsTo, type Json } from './client.ts'

const script = fileURLToPath(new URL('serve-child.ts', import.meta.url))

async function serve(dataDir: string) {
  const child = spawn(process.execPath, [script, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = await Promise.race([
    (async () => {
      for await (const text of createInterface({ input: child.stdout })) return [text]
      return []
    })(),
    new Promise<never>((_, fail) =>
      child.once('exit', (code) => fail(new Error(`The workspace ended with ${code}`))),
    ),
  ])
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  return { ...callsTo(JSON.parse(line ?? '{}') as never), kill: () => (child.kill('SIGKILL'), ended) }
}
type Client = Omit<Awaited<ReturnType<typeof serve>>, 'kill'>

/** Looks, at a later start, for what was acknowledged. Throws where it is not as it was answered. */
type Check = (client: Client) => Promise<void>
type Acknowledge = (check: Check) => void
type Write = (client: Client, acknowledge: Acknowledge) => Promise<void>

const sum = (kind: string, bytes: Uint8Array) => createHash(kind).update(bytes).digest('hex')
const bytesOf = (most: number) => randomBytes(1 + Math.floor(Math.random() * most))
const unique = () => randomBytes(8).toString('hex')

const newAsset = (client: Client): Promise<Json> =>
  client.must('POST', 'assets/v1/assets/', { title: `asset ${unique()}` })

/** An object that one call makes and another shows: what the first answered is what the second says later. */
const made =
  (
    create: string,
    body: (asset: Json) => Json,
    read = (_: Json, answer: Json) => `${create}${answer.id}/`,
  ): Write =>
  async (client, acknowledge) => {
    const asset = await newAsset(client)
    const at = create.replace('{asset}', asset.id)
    const answer = await client.must('POST', at, body(asset))
    acknowledge(async (later) => {
      const found = await later.must('GET', read(asset, answer).replace('{asset}', asset.id))
      for (const key of Object.keys(body(asset))) expect([key, found[key]]).toEqual([key, answer[key]])
    })
  }

async function fileOn(client: Client, method: string, sizeBytes: number) {
  const storage = await client.must('GET', `files/v1/storages/matching/FILES/method/${method}/`)
  return client.openFile(sizeBytes, 'clip.mov', storage.id)
}

/** A whole file: the bytes may be closed later where the call that closes them was not answered. */
const wholeFile =
  (method: string, send: (file: Json, bytes: Buffer<ArrayBuffer>) => Promise<Response>): Write =>
  async (client, acknowledge) => {
    const bytes = bytesOf(50_000)
    const { file, path: at } = await fileOn(client, method, bytes.length)
    const sent = await send(file, bytes)
    if (!sent.ok) throw new Error(`${method} answered ${sent.status}`)
    let closed = false
    acknowledge(async (later) => {
      const found = await later.must('GET', at)
      if (closed) expect(found.status).toBe('CLOSED')
      else if (found.status !== 'CLOSED') await later.must('PATCH', at, { status: 'CLOSED' })
      expect(sum('sha256', await later.download(at))).toBe(sum('sha256', bytes))
    })
    await client.must('PATCH', at, { status: 'CLOSED' })
    closed = true
  }

const writes: Record<string, Write> = {
  asset: made('assets/v1/assets/', () => ({ title: unique(), external_id: unique(), category: 'kept' })),
  'change of an asset': async (client, acknowledge) => {
    const asset = await newAsset(client)
    for (let number = 1; number <= 5; number += 1) {
      const { title } = await client.must('PATCH', `assets/v1/assets/${asset.id}/`, {
        title: `take ${number}`,
      })
      acknowledge(async (later) => {
        const found = await later.must('GET', `assets/v1/assets/${asset.id}/`)
        expect(Number(found.title.slice(5))).toBeGreaterThanOrEqual(Number(title.slice(5)))
      })
    }
  },
  'asset that is gone': async (client, acknowledge) => {
    const { id } = await newAsset(client)
    await client.must('DELETE', `assets/v1/assets/${id}/`)
    acknowledge(async (later) => {
      const found = await later.call('GET', `assets/v1/assets/${id}/`)
      expect([404, 'DELETED']).toContain(found.status === 404 ? 404 : found.body.status)
    })
    await client.must('DELETE', `assets/v1/assets/${id}/purge/`)
    acknowledge(async (later) =>
      expect((await later.call('GET', `assets/v1/assets/${id}/`)).status).toBe(404),
    )
  },
  collection: async (client, acknowledge) => {
    const asset = await newAsset(client)
    const { id } = await client.must('POST', 'assets/v1/collections/', { title: unique() })
    acknowledge(async (later) =>
      expect((await later.must('GET', `assets/v1/collections/${id}/`)).id).toBe(id),
    )
    await client.must('POST', `assets/v1/collections/${id}/contents/`, {
      object_id: asset.id,
      object_type: 'assets',
    })
    acknowledge(async (later) => {
      const { objects } = await later.must('GET', `assets/v1/collections/${id}/contents/`)
      expect(objects.map((row: Json) => row.id)).toEqual([asset.id])
    })
  },
  metadata: async (client, acknowledge) => {
    const asset = await newAsset(client)
    const at = `metadata/v1/assets/${asset.id}/`
    const value = unique()
    await client.must('PUT', at, { metadata_values: { Description: { field_values: [{ value }] } } })
    acknowledge(async (later) => {
      const found = await later.must('GET', at)
      expect(found.metadata_values.Description.field_values[0].value).toBe(value)
    })
  },
  access: async (client, acknowledge) => {
    const asset = await newAsset(client)
    const group = await client.must('POST', 'users/v1/groups/', {
      name: unique(),
      roles: ['can_read_assets'],
    })
    await client.must('PUT', 'acls/v1/acl/assets/', {
      object_keys: [asset.id],
      group_ids: [group.id],
      permissions: ['read'],
    })
    acknowledge(async (later) =>
      expect(JSON.stringify(await later.must('GET', `acls/v1/acl/assets/${asset.id}/`))).toContain(group.id),
    )
  },
  job: async (client, acknowledge) => {
    const job = await client.must('POST', 'jobs/v1/jobs/', {
      title: 'copy',
      type: 'CUSTOM',
      status: 'STARTED',
    })
    await client.must('PATCH', `jobs/v1/jobs/${job.id}/`, { status: 'FINISHED', progress_processed: 100 })
    acknowledge(async (later) =>
      expect((await later.must('GET', `jobs/v1/jobs/${job.id}/`)).status).toBe('FINISHED'),
    )
  },
  'metadata field': made(
    'metadata/v1/fields/',
    () => ({ name: `f_${unique()}`, label: 'Kept', field_type: 'string' }),
    (_, answer) => `metadata/v1/fields/${answer.name}/`,
  ),
  group: made('users/v1/groups/', () => ({ name: unique(), roles: ['can_search'] })),
  'saved search': async (client, acknowledge) => {
    const query = unique()
    const { id } = await client.must('POST', 'search/v1/search/saved/', { name: 'kept', criteria: { query } })
    acknowledge(async (later) => {
      const found = await later.must('GET', `search/v1/search/saved/${id}/?include_results=false`)
      expect(JSON.stringify(found.search_criteria_document)).toContain(query)
    })
  },
  format: made('files/v1/assets/{asset}/formats/', () => ({ name: 'PPRO_PROXY' })),
  proxy: made('files/v1/assets/{asset}/proxies/', () => ({ name: unique(), codec: 'h264' })),
  keyframe: made('files/v1/assets/{asset}/keyframes/', () => ({ type: 'KEYFRAME', name: unique() })),
  segment: made('assets/v1/assets/{asset}/segments/', () => ({
    segment_type: 'COMMENT',
    segment_text: unique(),
    time_start_milliseconds: 40,
  })),
  history: made('assets/v1/assets/{asset}/history/', () => ({
    operation_type: 'CUSTOM',
    operation_description: unique(),
  })),
  'S3 file': wholeFile('S3', (file, body) => fetch(file.upload_url, { method: 'PUT', body })),
  'Azure file': wholeFile('AZURE', (file, body) =>
    fetch(file.upload_url, { method: 'PUT', body, headers: { 'x-ms-blob-type': 'BlockBlob' } }),
  ),
  'B2 file': wholeFile('B2', (file, body) =>
    fetch(file.upload_url, {
      method: 'POST',
      body,
      headers: {
        authorization: file.upload_credentials.authorizationToken,
        'x-bz-file-name': encodeURIComponent(file.upload_filename),
        'x-bz-content-sha1': sum('sha1', body),
      },
    }),
  ),
  'FILE file': wholeFile('FILE', (file, body) => fetch(file.upload_url, { method: 'PUT', body })),
  'part of an S3 upload': async (client, acknowledge) => {
    const body = bytesOf(50_000) as Buffer<ArrayBuffer>
    const { file, path: at } = await fileOn(client, 'S3', 10_000_000)
    const begun = await (await fetch(file.multipart_upload_url, { method: 'POST' })).text()
    const upload = /<UploadId>(.+)<\/UploadId>/.exec(begun)?.[1]
    const { objects } = await client.must(
      'GET',
      `${at}multipart_url/part/?upload_id=${upload}&parts_num=3&per_page=100&page=1`,
    )
    if ((await fetch(objects[1].url, { method: 'PUT', body })).status !== 200) return
    acknowledge(async (later) => {
      const { list_parts_url: urls } = await later.must('GET', `${at}multipart_url/?upload_id=${upload}`)
      const listed = await (await fetch(urls[0])).text()
      expect(listed).toContain(`<PartNumber>2</PartNumber>`)
      expect(listed).toContain(`<ETag>"${sum('md5', body)}"</ETag><Size>${body.length}</Size>`)
    })
  },
  'chunk of a Google session': async (client, acknowledge) => {
    const chunk = randomBytes(256 * 1024)
    const rest = bytesOf(1000)
    const sizeBytes = chunk.length + rest.length
    const { file, path: at } = await fileOn(client, 'GCS', sizeBytes)
    const started = await fetch(file.upload_url, { method: 'POST', headers: { 'x-goog-resumable': 'start' } })
    const session = new URL(started.headers.get('location') ?? '')
    const range = (text: string) => ({ 'content-range': `bytes ${text}/${sizeBytes}` })
    const sent = await fetch(session, {
      method: 'PUT',
      body: chunk,
      headers: range(`0-${chunk.length - 1}`),
    })
    if (sent.status !== 308) return
    let ended = false
    acknowledge(async (later) => {
      if (ended) return
      // The port is another one by now; the session is the same.
      const { upload_url: fresh } = await later.must('GET', `${at}?generate_signed_post_url=true`)
      const here = new URL(session.pathname + session.search, fresh)
      const asked = await fetch(here, { method: 'PUT', headers: range('*') })
      expect([asked.status, asked.headers.get('range')]).toEqual([308, `bytes=0-${chunk.length - 1}`])
      const last = await fetch(here, {
        method: 'PUT',
        body: rest,
        headers: range(`${chunk.length}-${sizeBytes - 1}`),
      })
      expect(last.status).toBe(200)
      ended = true
      await later.must('PATCH', at, { status: 'CLOSED' })
      expect((await later.download(at)).equals(Buffer.concat([chunk, rest]))).toBe(true)
    })
  },
  'block of an Azure blob': async (client, acknowledge) => {
    const body = bytesOf(50_000) as Buffer<ArrayBuffer>
    const { file, path: at } = await fileOn(client, 'AZURE', 10_000_000)
    if ((await fetch(`${file.upload_url}&comp=block&blockid=QUFB`, { method: 'PUT', body })).status !== 201)
      return
    acknowledge(async (later) => {
      const { upload_url: blob } = await later.must('GET', `${at}?generate_signed_post_url=true`)
      expect(await (await fetch(`${blob}&comp=blocklist&blocklisttype=all`)).text()).toContain(
        `<UncommittedBlocks><Block><Name>QUFB</Name><Size>${body.length}</Size></Block></UncommittedBlocks>`,
      )
    })
  },
  'part of a B2 upload': async (client, acknowledge) => {
    const body = bytesOf(50_000) as Buffer<ArrayBuffer>
    const { path: at } = await fileOn(client, 'B2', body.length)
    const begun = await client.must('POST', `${at}multipart/b2/start/`, {})
    const sent = await fetch(begun.upload_url, {
      method: 'POST',
      body,
      headers: {
        authorization: begun.authorization_token,
        'x-bz-part-number': '1',
        'x-bz-content-sha1': sum('sha1', body),
      },
    })
    if (sent.status !== 200) return
    let ended = false
    acknowledge(async (later) => {
      if (ended) return
      await later.must('POST', `${at}multipart/b2/finish/`, {
        upload_file_id: begun.upload_file_id,
        sha1_list: [sum('sha1', body)],
      })
      ended = true
      await later.must('PATCH', at, { status: 'CLOSED' })
      expect(sum('sha256', await later.download(at))).toBe(sum('sha256', body))
    })
  },
}

const rounds = 5
const perRound = 60

it(
  'loses no acknowledged write and no acknowledged byte when it is killed under load',
  { timeout: 240_000 },
  async () => {
    const dataDir = mkdtempSync(path.join(tmpdir(), 'ferry-kill-'))
    onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
    const acknowledged: { what: string; check: Check }[] = []
    const refused: string[] = []
    const names = Object.keys(writes)
    let turn = 0
    for (let round = 0; round < rounds; round += 1) {
      const { kill, ...client } = await serve(dataDir)
      const load = new AbortController()
      const enough = (round + 1) * perRound
      let reached: () => void
      const underLoad = new Promise<void>((done) => (reached = done))
      const work = async () => {
        while (!load.signal.aborted) {
          const what = names[turn++ % names.length] ?? ''
          try {
            await writes[what]?.(client, (check) => {
              acknowledged.push({ what, check })
              if (acknowledged.length >= enough) reached()
            })
          } catch (error) {
            // Once it is killed calls fail; what was not acknowledged may be lost.
            if (!load.signal.aborted) refused.push(`${what}: ${String(error)}`)
            if (refused.length > 0) reached()
          }
        }
      }
      const workers = Array.from({ length: 4 }, work)
      await underLoad
      load.abort()
      await kill()
      await Promise.all(workers)
      expect(refused).toEqual([])
    }
    const { kill, ...client } = await serve(dataDir)
    const lost: string[] = []
    for (const { what, check } of acknowledged)
      await check(client).catch((error: unknown) => lost.push(`${what}: ${String(error)}`))
    expect(lost).toEqual([])
    expect([...new Set(acknowledged.map(({ what }) => what))].sort()).toEqual([...names].sort())
    // What was written but not indexed yet when it was killed is found all the same.
    const { total } = await client.must('GET', 'assets/v1/assets/?per_page=1')
    const found = await client.must('POST', 'search/v1/search/?per_page=1', { doc_types: ['assets'] })
    expect(found.total).toBe(total)
    await kill()
  },
)
