import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildFerry, runFerry, writeRandomFile } from '@test/support/ferry-command.ts'
import { runWorkspace } from '@test/support/running-workspace.ts'
import { tempFolder } from '@test/support/temp-folder.ts'
import { uploadWorld, type UploadWorld } from '@test/support/upload-world.ts'

const MIB = 1024 * 1024
const PATIENT = { timeout: 40_000, interval: 50 }
/** A gateway's rows say that files are there; iconik itself has none of their bytes. */
const GATEWAY = { storage: 'file', assumptions: { strictClose: false } } as const

const md5 = (file: string) => createHash('md5').update(readFileSync(file)).digest('hex')

async function mountedWorld() {
  const world = await uploadWorld(GATEWAY)
  const mount = await tempFolder()
  const storage = await world.server.api.storages.matching('FILES')
  world.mounts[storage?.id ?? ''] = mount
  return { world, mount }
}

const rowsOf = async ({ server }: UploadWorld, assetId: string | null) =>
  (await server.api.files.listFiles(assetId as never)).map(
    ({ originalName, directoryPath, status, sizeBytes }) => ({
      place: path.posix.join(directoryPath, originalName),
      status,
      sizeBytes,
    }),
  )

describe('a FILE storage whose folder is mounted here', () => {
  it('gets the bytes first and the row after, without any byte through iconik', async () => {
    const { world, mount } = await mountedWorld()
    const clip = await world.planned('a.mov', 3 * MIB)
    clip.clip.directory = 'Day 1/Cam A'
    await world.server.setFaults([{ match: 'POST */files/', action: 'status', status: 500, times: 1 }])
    const [id] = await world.queue(clip)
    if (!id) throw new Error('nothing was queued')
    await expect.poll(() => world.get(id).step, PATIENT).toBe('verified')
    const stored = path.join(mount, 'Day 1', 'Cam A', 'a.mov')
    expect(md5(stored)).toBe(md5(path.join(world.source, 'a.mov')))
    expect(readdirSync(path.dirname(stored))).toEqual(['a.mov'])
    expect(world.get(id).proof).toBe('read back, and the same')
    expect(await rowsOf(world, world.get(id).assetId)).toEqual([
      { place: 'Day 1/Cam A/a.mov', status: 'CLOSED', sizeBytes: 3 * MIB },
    ])
    const { calls } = (await world.server.inspect()) as { calls: Record<string, number> }
    expect(Object.keys(calls).filter((call) => call.includes('/_storage'))).toEqual([])
  }, 60_000)

  it('never has a file of another written over: the upload gets a place of its own', async () => {
    const { world, mount } = await mountedWorld()
    writeFileSync(path.join(mount, 'a.mov'), 'somebody else’s')
    const [id] = await world.queue(await world.planned('a.mov', 5000))
    if (!id) throw new Error('nothing was queued')
    await expect.poll(() => world.get(id).step, PATIENT).toBe('verified')
    expect(readFileSync(path.join(mount, 'a.mov'), 'utf8')).toBe('somebody else’s')
    const place = `${world.get(id).externalId}/a.mov`
    expect(await rowsOf(world, world.get(id).assetId)).toEqual([{ place, status: 'CLOSED', sizeBytes: 5000 }])
    expect(md5(path.join(mount, place))).toBe(md5(path.join(world.source, 'a.mov')))
  }, 60_000)

  it('cancelled, keeps nothing that the upload put there and everything that it did not', async () => {
    const { world, mount } = await mountedWorld()
    mkdirSync(path.join(mount, 'kept'))
    await world.server.setFaults([{ match: 'POST */files/', action: 'status', status: 503 }])
    const [id] = await world.queue(await world.planned('a.mov', 5000))
    if (!id) throw new Error('nothing was queued')
    await expect.poll(() => readdirSync(mount).sort(), PATIENT).toEqual(['a.mov', 'kept'])
    await expect.poll(() => world.journal.files(id)[0]?.proven, PATIENT).toBe(true)
    await world.server.setFaults([])
    world.service.cancel({ ids: [id] })
    await expect.poll(() => world.get(id).step, PATIENT).toMatch(/cancelled|verified/)
    expect(readdirSync(mount).sort()).toEqual(
      world.get(id).step === 'cancelled' ? ['kept'] : ['a.mov', 'kept'],
    )
  }, 60_000)

  it('that is not mounted is named, and nothing is made in its stead', async () => {
    const { world, mount } = await mountedWorld()
    const storage = await world.server.api.storages.matching('FILES')
    const away = path.join(mount, 'away')
    world.mounts[storage?.id ?? ''] = away
    const [id] = await world.queue(await world.planned('a.mov', 5000))
    if (!id) throw new Error('nothing was queued')
    await expect.poll(() => world.get(id).error?.message ?? '', PATIENT).toContain(away)
    expect(readdirSync(mount)).toEqual([])
    mkdirSync(away)
    world.service.retry({ ids: [id] })
    await expect.poll(() => world.get(id).step, PATIENT).toBe('verified')
    expect(readdirSync(away)).toEqual(['a.mov'])
  }, 60_000)
})

describe('ferry upload --mount', () => {
  beforeAll(buildFerry, 120_000)

  it('writes into the folder that is named for the storage', async () => {
    const server = await runWorkspace(GATEWAY)
    const [source, state, mount] = [await tempFolder(), await tempFolder(), await tempFolder()]
    const sum = writeRandomFile(path.join(source, 'a.bin'), 1000)
    const storage = await server.api.storages.matching('FILES')
    const run = await runFerry(
      ['upload', source, '--state', state, '--json', '--mount', `${storage?.name ?? ''}=${mount}`],
      {
        FERRY_URL: server.workspace.url,
        FERRY_APP_ID: server.workspace.appId,
        FERRY_AUTH_TOKEN: server.workspace.authToken,
      },
    )
    expect(run).toMatchObject({ code: 0, stderr: '' })
    expect(md5(path.join(mount, 'a.bin'))).toBe(sum)
  }, 60_000)
})
