import { createHash } from 'node:crypto'
import fs from 'node:fs/promises'
import path from 'node:path'
import type { AssetId } from '@contract/ids.ts'
import { createHttpFileDownload } from '@main/adapters/node/http-file-download.ts'
import { createNetwork } from '@main/adapters/node/network.ts'
import { systemClock } from '@main/adapters/node/system-clock.ts'
import { Downloads } from '@main/services/downloads/downloads.ts'
import { createAsset, libraryWorld, silentLogger, type LibraryWorld } from '@test/support/library-world.ts'
import { tempFolder } from '@test/support/temp-folder.ts'
import { expect, it, onTestFinished, vi } from 'vitest'

const waiting = { timeout: 30_000, interval: 30 }
const bytesOf = (seed: number, length = 300_000) => Buffer.alloc(length, seed)

/** An asset with closed originals, each its name, bytes, and the checksum that is told of it. */
async function withFiles(
  world: LibraryWorld,
  title: string,
  files: { name: string; bytes: Buffer; checksum?: string }[],
): Promise<AssetId> {
  const id = await createAsset(world, title)
  const storage = await world.call('GET', '/files/v1/storages/matching/FILES/')
  const format = await world.call('POST', `/files/v1/assets/${id}/formats/`, { name: 'ORIGINAL' })
  const set = await world.call('POST', `/files/v1/assets/${id}/file_sets/`, {
    name: title,
    format_id: format['id'],
    storage_id: storage['id'],
    base_dir: '',
    component_ids: [],
  })
  for (const { name, bytes, checksum } of files) {
    const file = await world.call('POST', `/files/v1/assets/${id}/files/`, {
      original_name: name,
      directory_path: '',
      size: bytes.length,
      type: 'FILE',
      storage_id: storage['id'],
      file_set_id: set['id'],
      format_id: format['id'],
    })
    const sent = await fetch(String(file['upload_url']), { method: 'PUT', body: new Uint8Array(bytes) })
    expect(sent.ok).toBe(true)
    await world.call('PATCH', `/files/v1/assets/${id}/files/${String(file['id'])}/`, {
      status: 'CLOSED',
      ...(checksum ? { checksum } : {}),
    })
  }
  return id
}
const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex')

const listOf = (downloads: Downloads) => downloads.list({ offset: 0, limit: 100 }).rows

async function downloadsOf() {
  const world = await libraryWorld()
  world.signIn()
  const network = createNetwork({ env: {} })
  onTestFinished(() => network.close())
  const downloads = new Downloads({
    session: world.session,
    download: createHttpFileDownload(network),
    clock: systemClock,
    logger: silentLogger,
  })
  return { world, downloads, folder: await tempFolder() }
}

it('brings originals to a folder, compares them, and overwrites nothing', async () => {
  const { world, downloads, folder } = await downloadsOf()
  const bytes = bytesOf(1)
  const one = await withFiles(world, 'One', [{ name: 'a.mov', bytes, checksum: md5(bytes) }])
  const many = await withFiles(world, 'Two: card', [
    { name: 'b.mov', bytes: bytesOf(2) },
    { name: 'c:1.wav', bytes: bytesOf(3) },
  ])
  await fs.writeFile(path.join(folder, 'a.mov'), 'mine')
  downloads.start([one, many], 'originals', folder)
  await vi.waitFor(() => {
    const rows = listOf(downloads)
    expect(rows).toHaveLength(3)
    expect(rows.map(({ state }) => state)).toEqual(['done', 'done', 'done'])
  }, waiting)
  expect(await fs.readFile(path.join(folder, 'a.mov'), 'utf8')).toBe('mine')
  expect((await fs.readFile(path.join(folder, 'a (2).mov'))).equals(bytes)).toBe(true)
  expect((await fs.readdir(path.join(folder, 'Two_ card'))).toSorted()).toEqual(['b.mov', 'c_1.wav'])
  const proofs = Object.fromEntries(listOf(downloads).map(({ fileName, proof }) => [fileName, proof]))
  expect(proofs).toMatchObject({ 'a.mov': 'checksum', 'b.mov': 'size' })
  const names = await fs.readdir(folder, { recursive: true })
  expect(names.filter((name) => name.endsWith('.part'))).toEqual([])
})

it('leaves nothing of a file whose checksum is another, and says so', async () => {
  const { world, downloads, folder } = await downloadsOf()
  const id = await withFiles(world, 'Bad', [{ name: 'a.mov', bytes: bytesOf(1), checksum: md5(bytesOf(9)) }])
  const empty = await createAsset(world, 'Empty')
  downloads.start([id, empty], 'originals', folder)
  await vi.waitFor(
    () => expect(listOf(downloads).map(({ state }) => state)).toEqual(['failed', 'failed']),
    waiting,
  )
  expect(listOf(downloads).map(({ reason }) => reason)).toEqual([
    'Empty has no original file.',
    'The checksum of a.mov is not the one that iconik knows.',
  ])
  expect(await fs.readdir(folder)).toEqual([])
})

it('can be cancelled, and tried again', async () => {
  const { world, downloads, folder } = await downloadsOf()
  const id = await withFiles(world, 'One', [{ name: 'a.mov', bytes: bytesOf(1) }])
  downloads.start([id], 'originals', folder)
  downloads.cancel(listOf(downloads).map((row) => row.id))
  await vi.waitFor(() => expect(listOf(downloads)[0]?.state).toBe('cancelled'), waiting)
  expect(await fs.readdir(folder)).toEqual([])
  downloads.retry(listOf(downloads).map((row) => row.id))
  await vi.waitFor(() => expect(listOf(downloads)[0]?.state).toBe('done'), waiting)
  downloads.clear()
  expect(listOf(downloads)).toEqual([])
})
