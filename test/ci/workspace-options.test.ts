import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { buildFerry, runFerry } from '@test/support/ferry-command.ts'
import { serveWorkspace, type ServedWorkspace } from '@test/support/served-workspace.ts'
import { callsTo, type Json } from '../integration/workspace/client.ts'

// Everything here goes through `ferry workspace …`, as it is typed.
beforeAll(buildFerry, 120_000)

function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'ferry-serve-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function serve(options: string[] = [], dataDir = newFolder()) {
  const served: ServedWorkspace = await serveWorkspace(dataDir, options)
  let stopped = false
  const stop = async () => {
    if (stopped) return
    stopped = true
    expect(await served.stop()).toBe(0)
  }
  onTestFinished(stop)
  return { ...served, dataDir, stop, ...callsTo(served) }
}

/** Bytes of every file below a folder. */
function sizeBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(path.join(entry.parentPath, entry.name)).size, 0)
}

const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex')

describe('ferry workspace serve', { timeout: 180_000 }, () => {
  it('is the same account with the same storages after a restart; port and token are new, the old token still works', async () => {
    const dataDir = newFolder()
    const first = await serve([], dataDir)
    const me = await first.must('GET', 'users/v1/users/current/')
    const asset = await first.must('POST', 'assets/v1/assets/', { title: 'stays' })
    await first.stop()

    const second = await serve([], dataDir)
    expect([second.appId, second.storageId]).toEqual([first.appId, first.storageId])
    expect(second.authToken).not.toBe(first.authToken)
    const again = await second.must('GET', 'users/v1/users/current/')
    expect([again.id, again.system_domain_id]).toEqual([me.id, me.system_domain_id])
    const system = await second.must('GET', 'settings/v1/system/current/')
    expect(system.system_domain_id).toBe(me.system_domain_id)
    const old = callsTo({ url: second.url, appId: second.appId, authToken: first.authToken })
    expect((await old.must('GET', `assets/v1/assets/${asset.id}/`)).title).toBe('stays')
    await second.stop()

    // Kept as hashes: whoever reads the folder cannot sign in.
    const database = readdirSync(dataDir).filter((name) => name.startsWith('workspace.sqlite'))
    for (const name of database)
      for (const { authToken } of [first, second])
        expect(readFileSync(path.join(dataDir, name)).includes(authToken)).toBe(false)

    const another = await serve()
    const other = await another.must('GET', 'users/v1/users/current/')
    expect(other.system_domain_id).not.toBe(me.system_domain_id)
  })

  it('takes the App-ID and the token that it is given', async () => {
    const appId = '0e8f9c1a-5a3e-11f1-9c3a-0242ac120002'
    const served = await serve(['--app-id', appId, '--auth-token', 'a.b.c'])
    expect([served.appId, served.authToken]).toEqual([appId, 'a.b.c'])
    expect((await served.call('GET', 'auth/v1/auth/token/')).status).toBe(200)
    const wrong = callsTo({ ...served, authToken: 'a.b.d' })
    expect((await wrong.call('GET', 'auth/v1/auth/token/')).status).toBe(401)
  })

  it.each(['s3', 'gcs', 'azure', 'b2', 'file'])(
    '--storage %s is where files go by default',
    async (method) => {
      const { must, storageId, openFile } = await serve(['--storage', method])
      expect((await must('GET', 'files/v1/storages/matching/FILES/')).id).toBe(storageId)
      expect((await must('GET', `files/v1/storages/${storageId}/`)).method).toBe(method.toUpperCase())
      const { file } = await openFile(5)
      expect([file.storage_id, file.storage_method]).toEqual([storageId, method.toUpperCase()])
    },
  )

  it('--index-delay keeps a change from search for so long, over a restart too', async () => {
    const dataDir = newFolder()
    const first = await serve(['--index-delay', '3600000'], dataDir)
    const asset = await first.must('POST', 'assets/v1/assets/', { title: 'late' })
    const total = async (at: typeof first) =>
      (await at.must('POST', 'search/v1/search/', { query: 'late' })).total as number
    expect(await total(first)).toBe(0)
    expect((await first.must('GET', `assets/v1/assets/${asset.id}/`)).title).toBe('late')
    await first.stop()
    const second = await serve(['--index-delay', '300'], dataDir)
    await second.must('POST', 'assets/v1/assets/', { title: 'late too' })
    await expect.poll(() => total(second), { timeout: 30_000 }).toBe(1)
    // What was put off for an hour is still put off.
    const { objects } = await second.must('POST', 'search/v1/search/', { query: 'late' })
    expect(objects.map((row: Json) => row.title)).toEqual(['late too'])
  })

  it('--rate-limit counts down, refuses with Retry-After, and counts no storage', async () => {
    const { call, openFile } = await serve(['--rate-limit', '1'])
    const { file } = await openFile(3)
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => call('GET', 'users/v1/users/current/')),
    )
    const allowed = answers.filter((answer) => answer.status === 200)
    const refused = answers.filter((answer) => answer.status === 429)
    expect(allowed.length + refused.length).toBe(40)
    // 20 in 20 seconds; a slow machine may have reached the next window.
    expect(refused.length).toBeGreaterThan(0)
    for (const { headers } of allowed) expect(headers.get('ratelimit-limit')).toBe('20')
    const left = allowed.map(({ headers }) => Number(headers.get('ratelimit-remaining')))
    expect(Math.max(...left)).toBeLessThan(20)
    for (const { headers, body } of refused) {
      expect(headers.get('ratelimit-remaining')).toBe('0')
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
      expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(20)
      expect(body).toHaveProperty('errors')
    }
    expect((await fetch(file.upload_url, { method: 'PUT', body: 'abc' })).status).toBe(200)
  })

  it('--previews off ends the job of previews as SKIPPED', async () => {
    const { must, openFile } = await serve(['--previews', 'off'])
    const { file, path: at } = await openFile(3)
    await fetch(file.upload_url, { method: 'PUT', body: 'abc' })
    await must('PATCH', at, { status: 'CLOSED' })
    const { job_id: jobId } = await must('POST', `${at}keyframes/`, {})
    await expect
      .poll(async () => (await must('GET', `jobs/v1/jobs/${jobId}/`)).status, { timeout: 30_000 })
      .toBe('SKIPPED')
  })

  it('--byte-sink discard checks sums and sizes and stores nothing', async () => {
    const { openFile, must, call, dataDir } = await serve(['--byte-sink', 'discard'])
    const bytes = randomBytes(6_000_000)
    const before = sizeBelow(path.join(dataDir, 'bytes'))
    const { file, path: at } = await openFile(bytes.length)
    const wrong = await fetch(file.upload_url, {
      method: 'PUT',
      body: bytes,
      headers: { 'content-md5': Buffer.from(md5(Buffer.from('other')), 'hex').toString('base64') },
    })
    expect(wrong.status).toBe(400)
    expect((await call('PATCH', at, { status: 'CLOSED' })).status).toBe(400)
    const put = await fetch(file.upload_url, { method: 'PUT', body: bytes })
    expect([put.status, put.headers.get('etag')]).toEqual([200, `"${md5(bytes)}"`])
    expect((await must('PATCH', at, { status: 'CLOSED' })).status).toBe('CLOSED')
    expect(sizeBelow(path.join(dataDir, 'bytes'))).toBe(before)
  })

  it('--byte-sink URL sends the bytes elsewhere, and closes a file by what is there', async () => {
    const stored = new Map<string, number>()
    const sink = createServer((request, response) => {
      const at = request.url ?? ''
      if (request.method === 'HEAD') {
        const sizeBytes = stored.get(at)
        return sizeBytes === undefined
          ? response.writeHead(404).end()
          : response.writeHead(200, { 'content-length': sizeBytes }).end()
      }
      let sizeBytes = 0
      request.on('data', (piece: Buffer) => (sizeBytes += piece.length))
      request.on('end', () => {
        stored.set(at, sizeBytes)
        response.writeHead(201).end()
      })
      return undefined
    })
    await new Promise<void>((done) => sink.listen(0, '127.0.0.1', done))
    onTestFinished(() => {
      sink.closeAllConnections()
      sink.close()
    })
    const url = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`

    const s3 = await serve(['--byte-sink', url])
    const one = await s3.openFile(5)
    expect(one.file.upload_url.startsWith(`${url}/`)).toBe(true)
    expect(one.file).not.toHaveProperty('multipart_upload_url')
    expect((await s3.call('PATCH', one.path, { status: 'CLOSED' })).status).toBe(400)
    await fetch(one.file.upload_url, { method: 'PUT', body: 'four' })
    expect((await s3.call('PATCH', one.path, { status: 'CLOSED' })).status).toBe(400)
    await fetch(one.file.upload_url, { method: 'PUT', body: 'fives' })
    expect((await s3.must('PATCH', one.path, { status: 'CLOSED' })).status).toBe('CLOSED')

    const gcs = await serve(['--byte-sink', url, '--storage', 'gcs'])
    const two = await gcs.openFile(5)
    expect(two.file.upload_url.startsWith(gcs.url)).toBe(true)
    const session = await fetch(two.file.upload_url, {
      method: 'POST',
      headers: { 'x-goog-resumable': 'start' },
    })
    const location = session.headers.get('location') ?? ''
    expect(location.startsWith(`${url}/`)).toBe(true)
    await fetch(location, { method: 'PUT', body: 'fives' })
    expect((await gcs.must('PATCH', two.path, { status: 'CLOSED' })).status).toBe('CLOSED')
  })

  it('has faults and the look inside only where they were asked for', async () => {
    const { url } = await serve()
    expect((await fetch(`${url}/_inspect`)).status).toBe(404)
    expect((await fetch(`${url}/_faults`, { method: 'PUT', body: '{"rules":[]}' })).status).toBe(404)
  })

  it.each([
    ['--storage', 'tape'],
    ['--previews', 'maybe'],
    ['--rate-limit', '0'],
    ['--index-delay', 'soon'],
    ['--port', '70000'],
  ])('refuses %s %s and says which option it is', async (option, value) => {
    const run = await runFerry(['workspace', 'serve', '--data', newFolder(), option, value])
    expect([run.code, run.stdout]).toEqual([2, ''])
    expect(run.stderr).toContain(option)
  })
})

describe('ferry workspace seed', { timeout: 180_000 }, () => {
  it('makes the same assets for the same number, of every field type, with collections, jobs and pictures', async () => {
    const contents = async (seed: string) => {
      const dataDir = newFolder()
      const run = await runFerry([
        '--json',
        'workspace',
        'seed',
        '--assets',
        '600',
        '--seed',
        seed,
        '--data',
        dataDir,
      ])
      expect(run.code).toBe(0)
      expect(run.events.at(-1)).toMatchObject({ event: 'summary', assets: 600 })
      const served = await serve([], dataDir)
      const found = await served.must('POST', 'search/v1/search/?per_page=600', {
        doc_types: ['assets'],
        sort: [{ name: 'title', order: 'asc' }],
      })
      return { found, served }
    }
    const { found, served } = await contents('7')
    expect(found.total).toBe(600)
    const said = ({ objects }: Json) => objects.map((row: Json) => [row.title, row.metadata])
    expect(said((await contents('7')).found)).toEqual(said(found))
    expect(said((await contents('8')).found)).not.toEqual(said(found))

    const { objects: fields } = await served.must('GET', 'metadata/v1/fields/')
    const used = new Set(found.objects.flatMap((row: Json) => Object.keys(row.metadata)))
    const types = (rows: Json[]) => [...new Set(rows.map((row) => row.field_type))].sort()
    expect(types(fields.filter((row: Json) => used.has(row.name)))).toEqual(
      'boolean date datetime drop_down email float integer string string_exact tag_cloud text url'.split(' '),
    )
    expect((await served.must('GET', 'assets/v1/collections/')).total).toBeGreaterThan(0)
    expect((await served.must('GET', 'jobs/v1/jobs/')).total).toBeGreaterThan(0)
    const [poster] = found.objects[0].keyframes
    const picture = await fetch(poster.url)
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/jpeg'])
    const bytes = Buffer.from(await picture.arrayBuffer())
    expect(bytes.subarray(0, 2).toString('hex')).toBe('ffd8')
  })
})
