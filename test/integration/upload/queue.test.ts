import { renameSync } from 'node:fs'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { UploadId } from '@contract/ids.ts'
import { AppError } from '@main/core/errors.ts'
import { systemClock } from '@main/adapters/node/system-clock.ts'
import type { Clock } from '@main/ports/clock.ts'
import type { UploadStep } from '@main/core/upload/upload-record.ts'
import { buildFerry, startFerry, writeRandomFile } from '@test/support/ferry-command.ts'
import { uploadWorld, type UploadWorld } from '@test/support/upload-world.ts'
import { whatArrived } from '@test/support/what-arrived.ts'
import path from 'node:path'

const MIB = 1024 * 1024
const PATIENT = { timeout: 40_000, interval: 50 }

async function untilStep({ get }: UploadWorld, id: UploadId, step: UploadStep): Promise<void> {
  await expect.poll(() => get(id).step, PATIENT).toBe(step)
}

async function openParts({ server }: UploadWorld): Promise<number> {
  return ((await server.inspect()) as { multiparts: unknown[] }).multiparts.length
}

describe('what a person asks for', () => {
  it('pause stops in the middle of a file, and resume sends only what is missing', async () => {
    const world = await uploadWorld({}, { limitBytesPerSecond: 6 * MIB })
    const { service, get, server } = world
    const [id] = await world.queue(await world.planned('large.mov', 48 * MIB))
    if (!id) throw new Error('nothing was queued')
    const partsThere = async () => {
      const { multiparts } = (await server.inspect()) as { multiparts: { parts: unknown[] | number }[] }
      const parts = multiparts[0]?.parts ?? 0
      return Array.isArray(parts) ? parts.length : parts
    }
    await expect.poll(partsThere, PATIENT).toBeGreaterThan(1)
    service.pause({ ids: [id] })
    await expect.poll(() => get(id).active, PATIENT).toBe(false)
    expect(get(id)).toMatchObject({ hold: 'paused', step: 'bytes', error: null })
    expect(service.summary().pausedByUser).toBe(true)
    const before = await partsThere()
    await fetch(`${server.workspace.url}/_inspect`, { method: 'DELETE' })

    world.pace.limitBytesPerSecond = null
    service.resume({ ids: [id] })
    await untilStep(world, id, 'verified')
    const { calls } = (await server.inspect()) as { calls: Record<string, number> }
    const puts = Object.entries(calls).filter(([call]) => call.startsWith('PUT /_storage'))
    const total = Number(/(\d+) parts/.exec(get(id).proof)?.[1])
    const sentAgain = puts.reduce((sum, [, count]) => sum + count, 0)
    // A part may have arrived without its checkpoint having been written: at most those that were on their way.
    expect(sentAgain).toBeLessThanOrEqual(total - before + 4)
    expect(sentAgain).toBeLessThan(total)
  }, 90_000)

  it('to leave the account stops in the middle of a file, and it goes on when the account is back', async () => {
    const world = await uploadWorld({}, { limitBytesPerSecond: 6 * MIB })
    const [id] = await world.queue(await world.planned('large.mov', 48 * MIB))
    if (!id) throw new Error('nothing was queued')
    await expect.poll(() => world.get(id).sentBytes, PATIENT).toBeGreaterThan(0)
    world.signIn(false)
    await expect.poll(() => world.get(id).active, PATIENT).toBe(false)
    expect(world.get(id)).toMatchObject({ hold: 'none', step: 'bytes', error: null, attempts: 0 })
    const sentBytes = world.get(id).sentBytes
    expect(sentBytes).toBeLessThan(48 * MIB)
    world.pace.limitBytesPerSecond = null
    world.signIn(true)
    await untilStep(world, id, 'verified')
    expect(world.rejected()).toBe(0)
  }, 90_000)

  it('cancel in the middle of a file leaves neither parts nor an asset', async () => {
    const world = await uploadWorld({}, { limitBytesPerSecond: 6 * MIB })
    const { service, get, server } = world
    const [id] = await world.queue(await world.planned('large.mov', 48 * MIB))
    if (!id) throw new Error('nothing was queued')
    await expect.poll(() => openParts(world), PATIENT).toBe(1)
    await expect.poll(() => get(id).sentBytes, PATIENT).toBeGreaterThan(0)
    service.cancel({ ids: [id] })
    await untilStep(world, id, 'cancelled')
    expect(await openParts(world)).toBe(0)
    expect(((await server.inspect()) as { counts: { assets: number } }).counts.assets).toBe(0)
    expect(get(id)).toMatchObject({ hold: 'none', error: null })
  }, 90_000)

  it('a file that is dropped again as it is now goes once, by the later upload', async () => {
    const world = await uploadWorld({}, { limitBytesPerSecond: 6 * MIB })
    const { get, server } = world
    const [first] = await world.queue(await world.planned('large.mov', 48 * MIB))
    if (!first) throw new Error('nothing was queued')
    await expect.poll(() => get(first).sentBytes, PATIENT).toBeGreaterThan(0)
    const [second] = await world.queue(await world.planned('large.mov', 3 * MIB))
    if (!second) throw new Error('nothing was queued')
    world.pace.limitBytesPerSecond = null
    await untilStep(world, second, 'verified')
    await untilStep(world, first, 'failed')
    expect(get(first).error?.message).toMatch(/large\.mov changed .* goes with a later upload/)
    const closed = (await whatArrived(server)).flatMap(({ files }) =>
      files.filter(({ status }) => status === 'CLOSED'),
    )
    expect(closed.map(({ sizeBytes }) => sizeBytes)).toEqual([3 * MIB])
    expect(await openParts(world)).toBe(0)
  }, 90_000)

  it('what is put first is begun first', async () => {
    const world = await uploadWorld({}, { parallelUploads: 1, limitBytesPerSecond: 3 * MIB })
    const clips = await Promise.all(['a', 'b', 'c', 'd'].map((name) => world.planned(`${name}.mov`, 4 * MIB)))
    const ids = await world.queue(...clips)
    const last = ids[3]
    if (!last) throw new Error('nothing was queued')
    world.service.prioritize({ ids: [last] })
    await untilStep(world, last, 'verified')
    expect(ids.map((id) => world.get(id).step).filter((step) => step === 'planned').length).toBeGreaterThan(0)
    world.pace.limitBytesPerSecond = null
    for (const id of ids) await untilStep(world, id, 'verified')
    const finished = [...ids].sort((x, y) => (world.get(x).finishedMs ?? 0) - (world.get(y).finishedMs ?? 0))
    expect(finished.map((id) => world.get(id).title)).toEqual(['a.mov', 'd.mov', 'b.mov', 'c.mov'])
  }, 90_000)

  it('retry goes on with the asset that is there', async () => {
    const world = await uploadWorld()
    await world.server.setFaults([{ match: 'PATCH */files/*', action: 'status', status: 403 }])
    const [id] = await world.queue(await world.planned('a.mov', 2 * MIB))
    if (!id) throw new Error('nothing was queued')
    await untilStep(world, id, 'failed')
    const { assetId, error } = world.get(id)
    expect(error).toMatchObject({ code: 'auth.role-missing' })
    await world.server.setFaults([])
    expect(world.service.retry({ ids: [id] })).toBe(1)
    await untilStep(world, id, 'verified')
    expect(world.get(id).assetId).toBe(assetId)
    expect(await whatArrived(world.server)).toMatchObject([
      { formats: 1, fileSets: 1, files: [{ status: 'CLOSED' }] },
    ])
  }, 60_000)
})

describe('files that join an upload which failed before it had a place', () => {
  it('fail by its reason instead of waiting, and go with it when both are tried again', async () => {
    const world = await uploadWorld()
    const first = await world.planned('a.0001.dpx', 1000)
    const file = first.clip.files[0]!.path
    renameSync(file, `${file} away`)
    const [target] = await world.queue(first)
    await untilStep(world, target!, 'failed')
    const later = await world.planned('a.0002.dpx', 2000)
    const [joined] = await world.queue({ ...later, decision: { do: 'join', uploadId: target! } })
    await untilStep(world, joined!, 'failed')
    expect(world.get(joined!).error?.message).toMatch(
      /a\.0002\.dpx belongs to a\.0001\.dpx, which failed: .*Retry both/,
    )
    renameSync(`${file} away`, file)
    world.service.retry({ ids: [target!, joined!] })
    for (const id of [target!, joined!]) await untilStep(world, id, 'verified')
    expect(world.get(joined!)).toMatchObject({ assetId: world.get(target!).assetId, error: null })
  }, 60_000)
})

describe('a journal that fails when the server is back', () => {
  it('is an error of the next look, not of nobody', async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown) => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    onTestFinished(() => void process.off('unhandledRejection', note))
    const world = await uploadWorld()
    await world.server.setFaults([{ match: '* *', p: 1, action: 'drop-before' }])
    const [id] = await world.queue(await world.planned('a.mov', 1000))
    await expect.poll(() => world.service.hold?.reason, PATIENT).toBe('offline')
    const { cancelling } = world.journal
    let fails = 0
    world.journal.cancelling = () => {
      fails++
      throw new AppError('store.failed', 'The disk does not answer.')
    }
    await world.server.setFaults([])
    await expect.poll(() => fails, PATIENT).toBeGreaterThan(1)
    world.journal.cancelling = cancelling
    await untilStep(world, id!, 'verified')
    expect(unhandled).toEqual([])
  }, 60_000)
})

describe('a token that is revoked in the middle', () => {
  it('makes the queue wait and ask; after a sign-in it goes on without a failure', async () => {
    const world = await uploadWorld({}, { parallelUploads: 2 })
    await world.server.setFaults([{ match: 'POST */file_sets/', action: 'expire' }])
    const ids = await world.queue(
      ...(await Promise.all(['a', 'b', 'c'].map((name) => world.planned(`${name}.mov`, 2 * MIB)))),
    )
    await expect.poll(() => world.service.hold?.reason, PATIENT).toBe('signed-out')
    expect(world.rejected()).toBe(1)
    expect(world.service.summary().held).toMatch(/[Ss]ign in/)
    expect(ids.map((id) => world.get(id).step)).not.toContain('failed')
    expect(ids.map((id) => world.get(id).attempts)).toEqual([0, 0, 0])

    await world.server.setFaults([])
    world.signIn(true)
    for (const id of ids) await untilStep(world, id, 'verified')
    expect(await whatArrived(world.server)).toHaveLength(3)
  }, 60_000)
})

describe('a second process on the same state folder', () => {
  beforeAll(buildFerry, 120_000)

  it('puts its files into the same queue, says who runs it, and ends when they are through', async () => {
    const world = await uploadWorld({}, { limitBytesPerSecond: 4 * MIB })
    const [first] = await world.queue(await world.planned('app.mov', 20 * MIB))
    if (!first) throw new Error('nothing was queued')
    await expect.poll(() => world.get(first).active, PATIENT).toBe(true)
    writeRandomFile(path.join(world.source, 'command.mov'), 3 * MIB)
    const { workspace } = world.server
    const run = await startFerry(
      ['upload', path.join(world.source, 'command.mov'), '--state', world.stateDir, '--json'],
      {
        FERRY_URL: workspace.url,
        FERRY_APP_ID: workspace.appId,
        FERRY_AUTH_TOKEN: workspace.authToken,
      },
    ).ended
    expect(run.code).toBe(0)
    expect(run.stderr).toContain(`process ${process.pid}`)
    expect(
      run.events.filter(({ event }) => event === 'done').map(({ path: file }) => path.basename(String(file))),
    ).toEqual(['command.mov'])
    await untilStep(world, first, 'verified')
    expect((await whatArrived(world.server)).map(({ title }) => title).sort()).toEqual([
      'app.mov',
      'command.mov',
    ])
  }, 90_000)
})

describe('what belongs to an upload', () => {
  it('collections are made once, however many clips ask for them at the same time', async () => {
    const world = await uploadWorld({}, { parallelUploads: 8 })
    await world.server.setFaults([{ match: 'POST */collections/', action: 'drop-after', times: 2 }])
    const target = { collectionPath: ['Day 1', 'Cards'] }
    const clips = await Promise.all(
      Array.from({ length: 12 }, (_, index) => world.planned(`${index}.bin`, 1000 + index, target)),
    )
    const ids = await world.queue(...clips)
    for (const id of ids) await untilStep(world, id, 'verified')
    const { rows } = await world.server.api.collections.list(1, 100)
    expect(rows.map(({ title }) => title).sort()).toEqual(['Cards', 'Day 1'])
    const cards = rows.find(({ title }) => title === 'Cards')
    expect(cards?.parentId).toBe(rows.find(({ title }) => title === 'Day 1')?.id)
    const inside = await world.server.api.search.assets({
      terms: [{ name: 'in_collections', value: cards?.id ?? '' }],
      perPage: 50,
    })
    expect(inside.total).toBe(12)
  }, 60_000)

  it('a collection that somebody deleted since is made anew, and asked after once in a session', async () => {
    const world = await uploadWorld()
    const { api } = world.server
    const target = { collectionPath: ['Day 1', 'Cards'] }
    const send = async (...names: string[]) => {
      const clips = await Promise.all(names.map((name, at) => world.planned(name, 1000 + at, target)))
      for (const id of await world.queue(...clips)) await untilStep(world, id, 'verified')
    }
    await send('a.bin')
    const cards = async () =>
      (await api.collections.list(1, 100)).rows.filter(({ title }) => title === 'Cards')
    const [first] = await cards()
    if (!first) throw new Error('there is no collection')
    await api.collections.delete(first.id)
    // As after a start.
    world.signIn(true)
    await send('b.bin', 'c.bin', 'd.bin')
    const [second, ...more] = await cards()
    expect(more).toEqual([])
    expect(second?.id).not.toBe(first.id)
    const inside = await api.search.assets({
      terms: [{ name: 'in_collections', value: second?.id ?? '' }],
      perPage: 50,
    })
    expect(inside.rows.map(({ title }) => title).sort()).toEqual(['b.bin', 'c.bin', 'd.bin'])
    const { calls } = (await world.server.inspect()) as { calls: Record<string, number> }
    // Both of the path, by the second session.
    expect(calls['GET /API/assets/v1/collections/{id}/']).toBe(2)
  }, 60_000)

  it('metadata goes by the bulk calls and counts only when it was read back', async () => {
    const world = await uploadWorld({ indexDelayMs: 1500 })
    const view = (await world.server.api.metadata.listViews()).find(({ name }) => name === 'Clip')
    const viewId = view?.id ?? null
    const same = { viewId, metadata: { Project: ['Heron'] } }
    const clips = [
      await world.planned('a.bin', 1000, same),
      await world.planned('b.bin', 1001, same),
      await world.planned('c.bin', 1002, { viewId, metadata: { Project: ['Lark'], Keywords: ['x', 'y'] } }),
    ]
    const ids = await world.queue(...clips)
    for (const id of ids) await expect.poll(() => world.get(id).metadata, PATIENT).toBe('done')
    const values = await Promise.all(
      ids.map(async (id) => {
        const assetId = world.get(id).assetId ?? ''
        return (await world.server.api.metadata.getValues('assets', assetId, viewId as never)).values
      }),
    )
    expect(values).toMatchObject([{ Project: ['Heron'] }, { Project: ['Heron'] }, { Project: ['Lark'] }])
    const { calls } = (await world.server.inspect()) as { calls: Record<string, number> }
    expect(
      Object.keys(calls).filter((call) => /^(PUT|POST) .*metadata\/v1\/assets\/\{id\}/.test(call)),
    ).toEqual([])
  }, 60_000)

  it('values that the server refuses, and a preview that it will not make, are warnings on a green upload', async () => {
    const world = await uploadWorld()
    await world.server.setFaults([
      { match: 'POST */keyframes/', action: 'status', status: 403 },
      { match: '* /API/metadata/*', action: 'status', status: 400 },
    ])
    const view = (await world.server.api.metadata.listViews().catch(() => []))[0]
    const clip = await world.planned('a.mov', 1000, {
      viewId: view?.id ?? ('00000000-0000-1000-8000-000000000001' as never),
      metadata: { Project: ['Heron'] },
    })
    const [id] = await world.queue(clip)
    if (!id) throw new Error('nothing was queued')
    await untilStep(world, id, 'verified')
    await expect
      .poll(() => [world.get(id).preview, world.get(id).metadata], PATIENT)
      .toEqual(['failed', 'failed'])
    expect(world.get(id).step).toBe('verified')
    expect(world.get(id).warning).toMatch(/refused|preview/)
  }, 60_000)

  it('a twin that a lost answer left behind is removed once the index shows it', async () => {
    const world = await uploadWorld({ indexDelayMs: 3000 })
    await world.server.setFaults([{ match: 'POST */assets/', action: 'drop-after', times: 1 }])
    const [id] = await world.queue(await world.planned('a.bin', 1000))
    if (!id) throw new Error('nothing was queued')
    await untilStep(world, id, 'verified')
    const counted = async () =>
      ((await world.server.inspect()) as { counts: { assets: number } }).counts.assets
    expect(await counted()).toBe(2)
    await expect
      .poll(
        async () => {
          await world.service.sweepNow()
          return counted()
        },
        { timeout: 40_000, interval: 500 },
      )
      .toBe(1)
    const { assetId } = world.get(id)
    expect((await world.server.api.assets.get(assetId as never)).status).toBe('ACTIVE')
    expect(await world.server.api.files.listFiles(assetId as never)).toMatchObject([{ status: 'CLOSED' }])
  }, 60_000)
})

describe('the bandwidth limit', () => {
  /** Each second of it takes 50 ms. */
  const fastClock: Clock = {
    nowMs: () => systemClock.nowMs(),
    monotonicMs: () => systemClock.monotonicMs() * 20,
    after: (delayMs, callback) => systemClock.after(delayMs / 20, callback),
    sleep: (delayMs, signal) => systemClock.sleep(delayMs / 20, signal),
  }

  it('may be so low that a piece waits for longer than a silence may last: nothing is cut for that', async () => {
    const world = await uploadWorld({}, { limitBytesPerSecond: 80, parallelUploads: 3 }, fastClock)
    const clips = await Promise.all(['a', 'b', 'c'].map((name) => world.planned(`${name}.mov`, 24 * MIB)))
    const ids = await world.queue(...clips)
    const sentBytes = () => ids.reduce((sum, id) => sum + world.get(id).sentBytes, 0)
    await expect.poll(sentBytes, PATIENT).toBeGreaterThan(16 * 1024)
    expect(ids.map((id) => world.get(id))).toMatchObject(ids.map(() => ({ attempts: 0, error: null })))
  }, 120_000)

  it('holds in the hours of its schedule only', async () => {
    const world = await uploadWorld()
    const hourOfWeek = (date: Date) => ((date.getDay() + 6) % 7) * 24 + date.getHours()
    const now = hourOfWeek(new Date())
    const only = (hours: number[]) => Array.from({ length: 168 }, (_, hour) => hours.includes(hour))
    world.pace.limitBytesPerSecond = 5 * MIB
    world.pace.limitSchedule = only([now, (now + 1) % 168])
    expect(world.service.summary().limitBytesPerSecond).toBe(5 * MIB)
    world.pace.limitSchedule = only([(now + 3) % 168])
    expect(world.service.summary().limitBytesPerSecond).toBeNull()
  }, 60_000)
})

describe('what is being taken in', () => {
  /** Most creates of assets that were under way together. */
  async function mostTogether({ server }: UploadWorld): Promise<number> {
    const { lastCalls } = (await server.inspect()) as {
      lastCalls: { method: string; path: string; startedAt: string; at: string }[]
    }
    const creates = lastCalls.filter(
      ({ method, path: where }) => method === 'POST' && /assets\/?$/.test(where),
    )
    return Math.max(
      ...creates.map(
        ({ startedAt }) =>
          creates.filter((other) => other.startedAt <= startedAt && startedAt < other.at).length,
      ),
    )
  }

  it.each([
    ['comes first: two small uploads at most begin meanwhile', true, [1, 2]],
    ['holds nothing back when it is over', false, [3, 8]],
  ])('%s', async (_name, isTakingIn, [least, most]) => {
    const world = await uploadWorld()
    await world.server.setFaults([{ match: 'POST *assets*', action: 'delay', ms: 3000 }])
    const clips = await Promise.all(Array.from({ length: 8 }, (_, n) => world.planned(`${n}.bin`, 1000)))
    const upload = async () => {
      const ids = await world.queue(...clips)
      for (const id of ids) await untilStep(world, id, 'verified')
    }
    await (isTakingIn ? world.service.whileTakingIn(upload) : upload())
    const together = await mostTogether(world)
    expect(together).toBeGreaterThanOrEqual(least as number)
    expect(together).toBeLessThanOrEqual(most as number)
  })

  it('is told of less often than at other times', async () => {
    const world = await uploadWorld()
    const clips = await Promise.all(Array.from({ length: 30 }, (_, n) => world.planned(`${n}.bin`, 1000)))
    let told = 0
    onTestFinished(world.service.onChanged(() => told++))
    const comeOneByOne = async (some: typeof clips) => {
      told = 0
      for (const clip of some) {
        await world.queue(clip)
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      return told
    }
    const inQuiet = await comeOneByOne(clips.slice(0, 15))
    const inBurst = await world.service.whileTakingIn(() => comeOneByOne(clips.slice(15)))
    expect(inBurst).toBeGreaterThan(0)
    expect(inBurst).toBeLessThanOrEqual(inQuiet / 2)
  })
})
