import { describe, expect, it } from 'vitest'
import type { WatchRules } from '@contract/watch-folders.ts'
import { AppError } from '@main/core/errors.ts'
import { watchWorld } from '@test/support/watch-world.ts'

const MOVE = { do: 'move' as const, directory: '/done' }
const DELETE = { do: 'delete' as const }
const FRAMES = ['a.0001.dpx', 'a.0002.dpx', 'a.0003.dpx', 'a.0004.dpx']

/** A folder with one clip of four files on its way. */
async function watching(after: WatchRules['after']) {
  const world = watchWorld()
  const { fileSystem, clock } = world
  fileSystem.addFolder('/in')
  const { folders, journal } = world.build()
  await folders.start()
  const { id } = await folders.add('/in', { after, groupSettleSeconds: 5 })
  for (const frame of FRAMES) fileSystem.write(`/in/${frame}`, frame)
  await clock.pass(30_000)
  expect(world.queue.plans.flatMap(({ clips }) => clips)).toHaveLength(1)
  const isAt = (path: string) =>
    fileSystem.stat(path).then(
      () => true,
      () => false,
    )
  const left = async () =>
    (await Promise.all(FRAMES.map((frame) => isAt(`/in/${frame}`)))).filter(Boolean).length
  return { ...world, folders, journal, id, isAt, left }
}

/** The process ends, as a kill ends it, while the third file is being seen to. */
function dieAtThird(fileSystem: Awaited<ReturnType<typeof watching>>['fileSystem']): () => void {
  const { move, delete: remove } = fileSystem
  let calls = 0
  const dead = () => new Promise<never>(() => undefined)
  fileSystem.move = (...given) => (++calls > 2 ? dead() : move.apply(fileSystem, given))
  fileSystem.delete = (path) => (++calls > 2 ? dead() : remove.call(fileSystem, path))
  return () => Object.assign(fileSystem, { move, delete: remove })
}

describe('sources of a verified upload', () => {
  it.each([
    ['moved', MOVE],
    ['deleted', DELETE],
  ])('are all %s although the process was killed in the middle', async (_, after) => {
    const world = await watching(after)
    const revive = dieAtThird(world.fileSystem)
    world.queue.finish()
    await world.clock.pass(1000)
    expect(await world.left()).toBe(2)
    revive()
    await world.build().folders.start()
    await world.clock.pass(1000)
    expect(await world.left()).toBe(0)
    for (const frame of FRAMES) expect(await world.isAt(`/done/${frame}`)).toBe(after === MOVE)
    expect(world.journal.counts(world.id)).toEqual({ sent: 0, done: 0, waits: 0, kept: 0 })
  })

  it('stay where they are when they changed before the next start', async () => {
    const world = await watching(DELETE)
    const revive = dieAtThird(world.fileSystem)
    world.queue.finish()
    await world.clock.pass(1000)
    revive()
    world.fileSystem.write('/in/a.0003.dpx', 'not what was sent')
    await world.build().folders.start()
    await world.clock.pass(1000)
    expect(await world.left()).toBe(1)
    expect(await world.isAt('/in/a.0003.dpx')).toBe(true)
  })

  it('are left alone by rules that came after they were seen to', async () => {
    const world = await watching({ do: 'leave' })
    world.queue.finish()
    await world.clock.pass(1000)
    world.folders.update(world.id, { after: DELETE })
    await world.folders.stop()
    await world.build().folders.start()
    await world.clock.pass(30_000)
    expect(await world.left()).toBe(4)
  })

  it('are seen to when their volume is back that went in the middle', async () => {
    const world = await watching(MOVE)
    const { fileSystem } = world
    const move = fileSystem.move.bind(fileSystem)
    let calls = 0
    fileSystem.move = async (...given) => {
      if (++calls === 2) fileSystem.unmount('/in')
      if (calls >= 2) throw new AppError('file.missing', 'The volume is gone.')
      return move(...given)
    }
    world.queue.finish()
    await world.clock.pass(10_000)
    fileSystem.move = move
    fileSystem.mount('/in')
    await world.clock.pass(20_000)
    expect(await world.left()).toBe(0)
  })
})
