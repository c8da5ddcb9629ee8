import { describe, expect, it } from 'vitest'
import type { WatchRules } from '@contract/watch-folders.ts'
import { AppError } from '@main/core/errors.ts'
import { watchWorld } from '@test/support/watch-world.ts'

const LIMIT = {
  kind: 'failed',
  reason: 'limit',
  message: 'No more watches.',
  setting: 'fs.inotify.max_user_watches=9',
} as const

async function watching(rules: Partial<WatchRules> = {}) {
  const world = watchWorld()
  world.fileSystem.addFolder('/in')
  const { folders, journal } = world.build()
  await folders.start()
  const { id } = await folders.add('/in', rules)
  await world.clock.pass(100)
  const write = (path: string, content: string) => {
    world.fileSystem.write(path, content)
    world.watcher.tell({ kind: 'changed', path })
  }
  return { ...world, folders, journal, id, write, view: () => folders.list()[0] }
}

async function withThirtyFiles() {
  const world = await watching()
  for (let n = 0; n < 30; n++) world.write(`/in/d${n % 3}/clip ${n}.mov`, `content ${n}`)
  await world.clock.pass(10_000)
  world.queue.finish()
  await world.clock.pass(1000)
  world.hasher.hashed.length = 0
  world.fileSystem.calls.read = 0
  return world
}

describe('a volume that leaves an empty folder behind', () => {
  it('counts as away, and nothing of it is forgotten', async () => {
    const world = await withThirtyFiles()
    world.fileSystem.unmount('/in', 'folder')
    await world.clock.pass(3_600_000)
    expect(world.view()).toMatchObject({
      state: 'away',
      coverage: { kind: 'unknown', reason: expect.stringContaining('is empty') },
      counts: { files: 30 },
    })
  })

  it('is known again under another device number, without a byte read or anything sent', async () => {
    const world = await withThirtyFiles()
    for (let day = 0; day < 3; day++) {
      world.fileSystem.unmount('/in', day % 2 === 0 ? 'folder' : 'nothing')
      await world.clock.pass(20_000)
      world.fileSystem.mount('/in')
      await world.clock.pass(20_000)
    }
    expect(world.view()).toMatchObject({ state: 'watching', counts: { files: 30, settling: 0 } })
    expect(world.queue.uploadedPaths).toHaveLength(30)
    expect(world.hasher.hashed).toEqual([])
    expect(world.fileSystem.calls.read).toBe(0)
  })

  it('counts as away at a start too', async () => {
    const world = await withThirtyFiles()
    await world.folders.stop()
    world.fileSystem.unmount('/in', 'folder')
    const { folders, journal } = world.build()
    await folders.start()
    await world.clock.pass(60_000)
    expect(folders.list()[0]?.state).toBe('away')
    expect(journal.counts(world.id).done).toBe(30)
    world.fileSystem.mount('/in')
    world.fileSystem.write('/in/new.mov', 'new')
    await world.clock.pass(20_000)
    expect(world.queue.uploadedPaths).toHaveLength(31)
    expect(folders.list()[0]).toMatchObject({ state: 'watching', counts: { files: 31 } })
  })

  it('is not taken for away when its own files were removed by a person', async () => {
    const world = await withThirtyFiles()
    for (const folder of ['d0', 'd1', 'd2']) world.fileSystem.remove(`/in/${folder}`)
    await world.clock.pass(700_000)
    expect(world.view()).toMatchObject({ state: 'watching', counts: { files: 0 } })
  })

  it('forgets nothing when the volume goes while it is being looked at', async () => {
    const world = await withThirtyFiles()
    const walk = world.fileSystem.walk.bind(world.fileSystem)
    world.fileSystem.walk = async function* (root, options) {
      for await (const batch of walk(root, options)) {
        yield batch
        world.fileSystem.unmount('/in', 'folder')
      }
    }
    world.folders.rescan(world.id)
    await world.clock.pass(60_000)
    expect(world.view()).toMatchObject({ state: 'away', counts: { files: 30 } })
  })
})

describe('a watcher that cannot do its work', () => {
  it('is tried again, and the folder is watched again by itself once the limit was lifted', async () => {
    const world = await watching()
    world.watcher.tell(LIMIT)
    world.watcher.atOpening = LIMIT
    await world.clock.pass(20 * 60_000)
    expect(world.view()).toMatchObject({ state: 'limited', problem: { code: 'watch.limit' } })
    expect(world.watcher.sessions.length).toBeGreaterThan(3)
    world.watcher.atOpening = null
    await world.clock.pass(6 * 60_000)
    expect(world.view()).toMatchObject({ state: 'watching', problem: null, coverage: { kind: 'complete' } })
  })

  it('gives way to another when its tree grew too large for it', async () => {
    const world = await watching()
    world.watcher.outgrownFrom = 40
    for (let n = 0; n < 30; n++) world.write(`/in/clip ${n}.mov`, `${n}`)
    await world.clock.pass(20_000)
    expect(world.watcher.sessions).toHaveLength(1)
    for (let n = 30; n < 60; n++) world.write(`/in/clip ${n}.mov`, `${n}`)
    await world.clock.pass(11 * 60_000)
    expect(world.watcher.sessions.map(({ isOpen }) => isOpen)).toEqual([false, true])
    expect(world.queue.uploadedPaths).toHaveLength(60)
  })
})

describe('coverage', () => {
  it('says that it is catching up while folders are read whose events were lost', async () => {
    const world = await watching()
    world.fileSystem.addFolder('/in/d')
    await world.clock.pass(10_000)
    const said = new Set<string | undefined>()
    const walk = world.fileSystem.walk.bind(world.fileSystem)
    world.fileSystem.walk = (root, options) => {
      said.add(world.view()?.coverage.kind)
      return walk(root, options)
    }
    world.fileSystem.write('/in/d/lost.mov', 'no event told of it')
    await world.clock.pass(6000)
    expect([...said]).toEqual(['catching-up'])
    expect(world.view()?.coverage.kind).toBe('complete')
  })
})

describe('files that could not be handed over', () => {
  it('are tried ever more seldom while the server is away, and go when it is back', async () => {
    const world = await watching()
    let asked = 0
    let isAway = true
    const { planner } = world
    planner.storageProblem = async () => {
      asked++
      if (isAway) throw new AppError('network.offline', 'The server cannot be reached.')
      return null
    }
    world.write('/in/a.mov', 'a')
    await world.clock.pass(2 * 3_600_000)
    expect(world.view()).toMatchObject({ problem: { code: 'network.offline' }, counts: { settling: 1 } })
    expect(asked).toBeLessThan(2 * 60 + 20)
    isAway = false
    await world.clock.pass(70_000)
    expect(world.queue.uploadedPaths).toEqual(['/in/a.mov'])
    expect(world.view()).toMatchObject({ problem: null })
  })
})

describe('what a person has to see to', () => {
  it('is listed with its reason, and looked at again when asked', async () => {
    const world = await watching()
    world.write('/in/a.mov', 'a')
    world.fileSystem.addSymlink('/in/link.mov')
    await world.clock.pass(10_000)
    world.queue.finish('cancelled')
    world.folders.rescan(world.id)
    await world.clock.pass(1000)
    expect(world.folders.attention(world.id)).toEqual([
      { kind: 'waits', path: '/in/a.mov', reason: 'Its upload was cancelled.' },
      { kind: 'link', path: '/in/link.mov', reason: expect.stringContaining('symbolic link') },
    ])
    expect(world.view()?.counts.needsYou).toBe(1)
    world.folders.retry(world.id, ['/in/a.mov'])
    await world.clock.pass(10_000)
    expect(world.queue.plans).toHaveLength(2)
    expect(world.view()?.counts.needsYou).toBe(0)
  })
})
