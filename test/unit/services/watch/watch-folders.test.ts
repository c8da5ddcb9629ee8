import { describe, expect, it } from 'vitest'
import type { WatchRules } from '@contract/watch-folders.ts'
import { watchWorld } from '@test/support/watch-world.ts'

const OLD = { mtimeMs: 1_600_000_000_000 }

async function watching(rules: Partial<WatchRules> = {}) {
  const world = watchWorld()
  const { fileSystem, clock, watcher, queue } = world
  fileSystem.addFolder('/in')
  const { folders, journal } = world.build()
  await folders.start()
  const { id } = await folders.add('/in', rules)
  await clock.pass(100)
  const write = (path: string, content: string) => {
    fileSystem.write(path, content)
    watcher.tell({ kind: 'changed', path })
  }
  const view = () => folders.list()[0]
  return { ...world, fileSystem, clock, watcher, queue, folders, journal, id, write, view }
}

describe('a watch folder', () => {
  it('takes what is there at the start and what comes later, each once', async () => {
    const world = await watching()
    world.fileSystem.write('/in/before.mov', 'b', OLD)
    world.folders.rescan(world.id)
    await world.clock.pass(6000)
    world.write('/in/later.mov', 'l')
    await world.clock.pass(6000)
    expect(world.queue.uploadedPaths.sort()).toEqual(['/in/before.mov', '/in/later.mov'])
    await world.clock.pass(3_600_000)
    expect(world.queue.uploadedPaths).toHaveLength(2)
  })

  it('holds a file back while it grows, and shows the countdown', async () => {
    const world = await watching()
    world.write('/in/a.mov', '1')
    for (let second = 0; second < 12; second++) {
      await world.clock.pass(1000)
      world.write('/in/a.mov', '1'.repeat(second + 2))
    }
    expect(world.queue.plans).toEqual([])
    await world.clock.pass(2000)
    expect(world.view()).toMatchObject({
      state: 'settling',
      counts: { settling: 1 },
      settlingFiles: [{ path: '/in/a.mov', sizeBytes: 13, quietSeconds: 2, neededSeconds: 5 }],
    })
    await world.clock.pass(5000)
    expect(world.queue.plans[0]?.clips[0]?.clip.files[0]?.sizeBytes).toBe(13)
  })

  it('sees growth that no event told of, by looking again before it takes a file', async () => {
    const world = await watching()
    world.write('/in/a.mov', '1')
    await world.clock.pass(4000)
    world.fileSystem.write('/in/a.mov', '12')
    await world.clock.pass(2000)
    expect(world.queue.plans).toEqual([])
    await world.clock.pass(6000)
    expect(world.queue.plans[0]?.clips[0]?.clip.files[0]?.sizeBytes).toBe(2)
  })

  it('waits while a process has the file open for writing, however quiet it is', async () => {
    const world = await watching()
    world.write('/in/a.mov', 'allocated in full')
    world.fileSystem.setOpenForWriting('/in/a.mov', true)
    await world.clock.pass(60_000)
    expect(world.queue.plans).toEqual([])
    world.fileSystem.setOpenForWriting('/in/a.mov', false)
    await world.clock.pass(12_000)
    expect(world.queue.uploadedPaths).toEqual(['/in/a.mov'])
  })

  it('finds files whose events were all lost', async () => {
    const world = await watching()
    await world.clock.pass(60_000)
    for (let n = 0; n < 50; n++) world.fileSystem.write(`/in/new ${n % 5}/clip ${n}.mov`, `${n}`)
    await world.clock.pass(20_000)
    expect(world.queue.uploadedPaths).toHaveLength(50)
  })

  it('says that it is catching up after an overflow until everything was looked at', async () => {
    const world = await watching()
    expect(world.view()?.coverage.kind).toBe('complete')
    world.watcher.tell({ kind: 'overflow' })
    expect(world.view()?.coverage).toMatchObject({
      kind: 'catching-up',
      reason: expect.stringMatching(/lost/),
    })
    await world.clock.pass(100)
    expect(world.view()?.coverage.kind).toBe('complete')
  })

  it('reads nothing, asks nothing and sends nothing again after a restart without news', async () => {
    const world = await watching()
    for (let n = 0; n < 30; n++) world.write(`/in/clip ${n}.mov`, `${n}`)
    await world.clock.pass(10_000)
    world.queue.finish()
    await world.clock.pass(1000)
    await world.folders.stop()
    world.hasher.hashed.length = 0
    world.fileSystem.calls.read = 0
    const { folders } = world.build()
    await folders.start()
    await world.clock.pass(60_000)
    expect(folders.list()[0]).toMatchObject({
      state: 'watching',
      counts: { files: 30, settling: 0, done: 30 },
    })
    expect(world.queue.plans.flatMap(({ clips }) => clips)).toHaveLength(30)
    expect(world.hasher.hashed).toEqual([])
    expect(world.fileSystem.calls.read).toBe(0)
  })

  it('finds in the queue what it had handed over when the process died before it could note it', async () => {
    const world = await watching()
    world.write('/in/a.mov', 'a')
    await world.clock.pass(10_000)
    world.journal.forget(world.id, ['a.mov'])
    await world.folders.stop()
    const { folders } = world.build()
    await folders.start()
    await world.clock.pass(20_000)
    expect(world.queue.uploadedPaths).toEqual(['/in/a.mov'])
  })

  it('deletes and forgets nothing while its root is away, and goes on when it is back', async () => {
    const world = await watching({ after: { do: 'leave' } })
    world.write('/in/a.mov', 'a')
    await world.clock.pass(10_000)
    world.queue.finish()
    world.fileSystem.unmount('/in')
    await world.clock.pass(10_000)
    expect(world.view()).toMatchObject({ state: 'away', coverage: { kind: 'unknown' }, counts: { files: 1 } })
    world.fileSystem.mount('/in')
    world.fileSystem.write('/in/b.mov', 'b')
    await world.clock.pass(20_000)
    expect(world.view()).toMatchObject({ state: 'watching', problem: null })
    expect(world.queue.uploadedPaths.sort()).toEqual(['/in/a.mov', '/in/b.mov'])
  })

  it('does not send again what was moved within the tree', async () => {
    const world = await watching()
    world.write('/in/a.mov', 'a')
    await world.clock.pass(10_000)
    world.queue.finish()
    world.fileSystem.rename('/in/a.mov', '/in/sorted/a.mov')
    world.watcher.tell({ kind: 'removed', path: '/in/a.mov' })
    world.watcher.tell({ kind: 'changed', path: '/in/sorted/a.mov' })
    await world.clock.pass(700_000)
    expect(world.queue.uploadedPaths).toEqual(['/in/a.mov'])
    expect(world.view()?.counts.files).toBe(1)
  })

  it('makes a new version of a file that changed after its upload', async () => {
    const world = await watching()
    world.write('/in/a.mov', 'first')
    await world.clock.pass(10_000)
    world.queue.finish()
    world.write('/in/a.mov', 'second')
    await world.clock.pass(10_000)
    expect(world.queue.plans.map(({ clips }) => clips[0]?.decision.do)).toEqual(['upload', 'version'])
  })

  it.each([
    ['took the new state along', true],
    ['ended with the old state', false],
  ])('leaves a change to the upload that is on its way until that %s', async (_, took) => {
    const world = await watching()
    world.write('/in/a.mov', 'first')
    await world.clock.pass(10_000)
    world.write('/in/a.mov', 'second')
    await world.clock.pass(60_000)
    expect(world.queue.plans).toHaveLength(1)
    if (took) world.queue.readAnew('/in/a.mov', await world.fileSystem.stat('/in/a.mov'))
    world.queue.finish()
    await world.clock.pass(20_000)
    const work = world.queue.plans.flatMap(({ clips }) => clips.map(({ decision }) => decision.do))
    expect(work).toEqual(took ? ['upload'] : ['upload', 'version'])
    expect(world.view()?.counts).toMatchObject({ settling: 0 })
  })

  it.each([
    ['move' as const, { do: 'move' as const, directory: '/in/_DONE' }],
    ['delete' as const, { do: 'delete' as const }],
  ])('after a verified upload only: %s', async (_, after) => {
    const world = await watching({ after })
    world.write('/in/day 1/a.mov', 'a')
    world.write('/in/b.mov', 'bb')
    await world.clock.pass(10_000)
    expect(await world.fileSystem.stat('/in/b.mov')).toBeTruthy()
    const [first, second] = world.queue.plans[0]?.clips.map((_, at) => `u${at + 1}`) ?? []
    world.queue.finish('done', first as never)
    world.queue.finish('failed', second as never)
    await world.clock.pass(10_000)
    const titles = world.queue.plans[0]?.clips.map(({ clip }) => clip.title)
    const [done, failed] = titles?.[0] === 'b.mov' ? ['b.mov', 'day 1/a.mov'] : ['day 1/a.mov', 'b.mov']
    await expect(world.fileSystem.stat(`/in/${done}`)).rejects.toMatchObject({ code: 'file.missing' })
    expect(await world.fileSystem.stat(`/in/${failed}`)).toBeTruthy()
    const moved = await world.fileSystem.stat(`/in/_DONE/${done}`).catch(() => null)
    expect(moved !== null).toBe(after.do === 'move')
    await world.clock.pass(700_000)
    expect(world.queue.uploadedPaths).toHaveLength(2)
  })

  it('does not delete a file that changed after it was sent', async () => {
    const world = await watching({ after: { do: 'delete' }, changed: 'skip' })
    world.write('/in/a.mov', 'a')
    await world.clock.pass(10_000)
    world.fileSystem.write('/in/a.mov', 'not what was sent')
    world.queue.finish()
    await world.clock.pass(10_000)
    expect(await world.fileSystem.stat('/in/a.mov')).toMatchObject({ sizeBytes: 17 })
  })

  it('deletes a duplicate only when its original was verified here', async () => {
    const world = await watching({ after: { do: 'delete' } })
    world.write('/in/a.mov', 'same')
    await world.clock.pass(10_000)
    world.write('/in/b.mov', 'same')
    await world.clock.pass(10_000)
    expect(await world.fileSystem.stat('/in/b.mov')).toBeTruthy()
    world.queue.finish()
    await world.clock.pass(1000)
    await expect(world.fileSystem.stat('/in/b.mov')).rejects.toMatchObject({ code: 'file.missing' })
    expect(world.queue.uploadedPaths).toEqual(['/in/a.mov'])
  })

  it('keeps a file that is rewritten for ever from starving the others, and lists it', async () => {
    const world = await watching()
    for (let minute = 0; minute < 15; minute++)
      for (let beat = 0; beat < 20; beat++) {
        world.write('/in/hot.log', `${minute}:${beat}`)
        await world.clock.pass(3000)
      }
    world.write('/in/a.mov', 'a')
    world.write('/in/hot.log', 'once more')
    await world.clock.pass(3000)
    world.write('/in/hot.log', 'again')
    await world.clock.pass(3000)
    expect(world.queue.uploadedPaths).toEqual(['/in/a.mov'])
    expect(world.view()?.counts.needsYou).toBe(1)
  })

  it('refuses overlapping roots, naming both', async () => {
    const world = await watching()
    world.fileSystem.addFolder('/in/sub')
    for (const path of ['/in/sub', '/', '/in'])
      await expect(world.folders.add(path, {})).rejects.toMatchObject({
        code: 'watch.overlap',
        message: expect.stringContaining('/in'),
        details: { other: '/in' },
      })
    world.fileSystem.addFolder('/in2')
    await expect(world.folders.add('/in2', {})).resolves.toMatchObject({ path: '/in2' })
  })

  it.each([
    ['/in', '/in', /\/in itself/],
    ['.', '/in', /\/in itself/],
    ['/in2/later', '/in2', /\/in2\/later.*\/in2 is watched/],
  ])(
    'refuses to move verified files to %s, which is watched, naming both',
    async (directory, other, message) => {
      const world = await watching()
      world.fileSystem.addFolder('/in2')
      await world.folders.add('/in2', {})
      const after = { do: 'move' as const, directory }
      const refusal = { code: 'watch.overlap', message: expect.stringMatching(message), details: { other } }
      expect(() => world.folders.update(world.id, { after })).toThrow(expect.objectContaining(refusal))
      await world.folders.remove(world.id)
      await expect(world.folders.add('/in', { after })).rejects.toMatchObject(refusal)
      expect(world.folders.list().map(({ path }) => path)).toEqual(['/in2'])
    },
  )

  it('refuses to watch where files of another folder are moved to, but for a place that is not watched there', async () => {
    const world = await watching({ after: { do: 'move', directory: '/archive/done' } })
    for (const path of ['/archive', '/archive/done', '/in2']) world.fileSystem.addFolder(path)
    for (const path of ['/archive', '/archive/done'])
      await expect(world.folders.add(path, {})).rejects.toMatchObject({
        code: 'watch.overlap',
        message: expect.stringMatching(/\/in are moved to \/archive\/done/),
      })
    world.folders.update(world.id, { after: { do: 'move', directory: '_DONE' } })
    const shared = { after: { do: 'move' as const, directory: '/in/_DONE/other' } }
    await expect(world.folders.add('/in2', shared)).resolves.toMatchObject({ path: '/in2' })
    expect(() => world.folders.update(world.id, { after: { do: 'leave' } })).toThrow(/\/in2/)
  })

  it('moves nothing by rules of old that name the folder itself, and says so', async () => {
    const world = await watching()
    const [folder] = world.journal.folders()
    await world.folders.stop()
    world.journal.saveFolder({
      ...folder!,
      rules: { ...folder!.rules, after: { do: 'move', directory: '/in' } },
    })
    const { folders } = world.build()
    await folders.start()
    world.fileSystem.write('/in/a.mov', 'a', OLD)
    await world.clock.pass(10_000)
    world.queue.finish()
    await world.clock.pass(30_000)
    expect(await world.fileSystem.stat('/in/a.mov')).toBeTruthy()
    expect(folders.attention(world.id)).toMatchObject([
      { path: '/in/a.mov', kind: 'stays', reason: expect.stringContaining('/in itself') },
    ])
  })

  it('says how to lift the limit of watches, and finds files all the same', async () => {
    const world = await watching()
    world.watcher.tell({
      kind: 'failed',
      reason: 'limit',
      message: 'No more watches.',
      setting: 'fs.inotify.max_user_watches=9',
    })
    await world.clock.pass(10)
    expect(world.view()).toMatchObject({
      state: 'limited',
      problem: { code: 'watch.limit', details: { command: expect.stringContaining('sysctl') } },
    })
    world.fileSystem.write('/in/deep/a.mov', 'a')
    await world.clock.pass(20_000)
    expect(world.queue.uploadedPaths).toEqual(['/in/deep/a.mov'])
  })

  it('applies the patterns of the folder, and takes what waited when they change', async () => {
    const world = await watching({ ignore: ['*.wav'] })
    world.write('/in/a.wav', 'a')
    await world.clock.pass(10_000)
    expect(world.queue.plans).toEqual([])
    world.folders.update(world.id, { ignore: [] })
    await world.clock.pass(10_000)
    expect(world.queue.uploadedPaths).toEqual(['/in/a.wav'])
  })

  it('joins frames that come after the upload to the asset that has the others', async () => {
    const world = await watching()
    for (let n = 1; n <= 4; n++) world.write(`/in/shot.100${n}.exr`, `${n}`)
    await world.clock.pass(30_000)
    expect(world.queue.plans).toEqual([])
    await world.clock.pass(40_000)
    expect(world.queue.plans[0]?.clips.map(({ clip }) => clip.title)).toEqual(['shot.[1001-1004].exr'])
    world.queue.finish()
    world.write('/in/shot.1005.exr', '5')
    await world.clock.pass(70_000)
    expect(world.queue.plans[1]?.clips).toMatchObject([
      {
        decision: { do: 'join', uploadId: 'u1' },
        clip: { title: 'shot.[1001-1005].exr', files: [{ path: '/in/shot.1005.exr' }] },
      },
    ])
  })

  it('is paused and resumed without losing anything', async () => {
    const world = await watching()
    await world.folders.pause(world.id, true)
    world.write('/in/a.mov', 'a')
    await world.clock.pass(60_000)
    expect(world.view()?.state).toBe('paused')
    expect(world.queue.plans).toEqual([])
    await world.folders.pause(world.id, false)
    await world.clock.pass(10_000)
    expect(world.queue.uploadedPaths).toEqual(['/in/a.mov'])
  })

  it('shows what rules would do without doing it', async () => {
    const world = await watching()
    world.fileSystem.write('/other/MU/a.mov', 'a', OLD)
    world.fileSystem.write('/other/PROXY/a.mov', 'a', OLD)
    const { rows } = await world.folders.preview(
      '/other',
      {
        ignore: ['PROXY/**'],
        mirrorTree: true,
        pathPattern: '{unit}/{stem}',
        collectionPath: ['Show {unit}'],
      },
      new AbortController().signal,
    )
    expect(rows).toMatchObject([
      { path: 'MU/a.mov', outcome: 'upload', collection: 'Show MU / MU' },
      { path: 'PROXY/a.mov', outcome: 'ignored', reason: 'Left out by PROXY/**.' },
    ])
    expect(world.queue.plans).toEqual([])
  })

  it('does not take rules with a token that stands for nothing', async () => {
    const { folders, fileSystem, id } = await watching({ pathPattern: '{card}/{stem}' })
    fileSystem.addFolder('/other')
    const refusal = {
      code: 'contract.invalid-input',
      message: '{crad} is not a token. Did you mean {card}?',
    }
    expect(() => folders.update(id, { title: '{crad}_{stem}' })).toThrow(expect.objectContaining(refusal))
    expect(() => folders.update(id, { title: '{card}_{stem}' })).not.toThrow()
    await expect(folders.add('/other', { title: '{stm}' })).rejects.toMatchObject({ code: refusal.code })
  })

  it('takes nothing of a folder that was added paused until it goes on', async () => {
    const { folders, fileSystem, clock, queue } = await watching()
    fileSystem.write('/new/a.mov', 'a', OLD)
    const { id } = await folders.add('/new', {}, true)
    await clock.pass(60_000)
    expect(queue.plans).toEqual([])
    expect(folders.list().find((view) => view.id === id)).toMatchObject({
      state: 'paused',
      counts: { files: 0 },
    })
    folders.update(id, { title: 'New {stem}' })
    await folders.pause(id, false)
    await clock.pass(6000)
    expect(queue.uploadedPaths).toEqual(['/new/a.mov'])
  })
})
