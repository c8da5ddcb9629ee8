import { describe, expect, it } from 'vitest'
import type { ViewId } from '@contract/ids.ts'
import type { WatchRules } from '@contract/watch-folders.ts'
import { watchWorld } from '@test/support/watch-world.ts'

const VIEW = '00000000-0000-1000-8000-0000000000aa' as ViewId
const gateway = (scene: string) => `{"metadata_values":{"Scene":{"field_values":[{"value":"${scene}"}]}}}`

async function watching(rules: Partial<WatchRules> = {}) {
  const world = watchWorld()
  world.fileSystem.addFolder('/in')
  const { folders, journal } = world.build()
  await folders.start()
  const { id } = await folders.add('/in', { viewId: VIEW, ...rules })
  await world.clock.pass(100)
  const write = async (name: string, content: string) => {
    world.fileSystem.write(`/in/${name}`, content)
    world.watcher.tell({ kind: 'changed', path: `/in/${name}` })
    await world.clock.pass(7000)
  }
  const deeds = () =>
    world.queue.plans.flatMap(({ clips }) =>
      clips.map(({ clip, decision, target }) => ({
        do: decision.do,
        title: clip.title,
        files: clip.files.map(({ relativePath }) => relativePath),
        metadata: target.metadata,
      })),
    )
  return { ...world, folders, journal, id, write, deeds }
}

describe('a sidecar that comes after its clip', () => {
  it.each<[string, string, string]>([
    ['JSON', 'a.json', gateway('12A')],
    ['JSON after the whole name', 'a.mov.json', gateway('12A')],
    [
      'XML',
      'a.mov.xml',
      '<metadata_view><metadata_values><Scene><field_values><value>12A</value></field_values></Scene></metadata_values></metadata_view>',
    ],
    ['CSV', 'a.csv', 'Scene\n12A\n'],
    [
      'XMP',
      'a.xmp',
      '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="r"><rdf:Description Scene="12A"/></rdf:RDF></x:xmpmeta>',
    ],
  ])('describes the asset that is there: %s', async (_, name, content) => {
    const world = await watching()
    await world.write('a.mov', 'film')
    world.queue.finish()
    await world.write(name, content)
    expect(world.deeds()).toEqual([
      { do: 'upload', title: 'a.mov', files: ['a.mov'], metadata: {} },
      { do: 'join', title: 'a.mov', files: [], metadata: { Scene: ['12A'] } },
    ])
    world.queue.finish()
    await world.clock.pass(1000)
    expect(world.journal.counts(world.id)).toEqual({ sent: 0, done: 2, waits: 0, kept: 0 })
  })

  it('describes it once, and again when it changes', async () => {
    const world = await watching()
    await world.write('a.mov', 'film')
    await world.write('a.json', gateway('12A'))
    await world.write('a.json', `${gateway('12A')}\n`)
    expect(world.deeds()).toHaveLength(2)
    await world.write('a.json', gateway('13'))
    expect(world.deeds().at(-1)).toMatchObject({ do: 'join', metadata: { Scene: ['13'] } })
  })

  it('does not touch fields that the rules fill', async () => {
    const world = await watching({ metadata: { Scene: ['fixed'], Note: ['{sidecar.Scene}'] } })
    await world.write('a.mov', 'film')
    await world.write('a.json', gateway('12A'))
    expect(world.deeds().at(-1)).toMatchObject({ do: 'join', metadata: { Note: ['12A'] } })
  })

  it('finds the asset when the clip was moved away after its upload', async () => {
    const world = await watching({ after: { do: 'move', directory: '/done' } })
    await world.write('a.mov', 'film')
    world.queue.finish()
    await world.clock.pass(1000)
    await expect(world.fileSystem.stat('/in/a.mov')).rejects.toMatchObject({ code: 'file.missing' })
    await world.write('a.json', gateway('12A'))
    expect(world.deeds().at(-1)).toEqual({
      do: 'join',
      title: 'a.mov',
      files: [],
      metadata: { Scene: ['12A'] },
    })
    await world.write('a.srt', '1\n00:00')
    expect(world.deeds().at(-1)).toMatchObject({ do: 'join', files: ['a.srt'] })
  })

  it('joins the file set when it is no metadata, or when nothing is described', async () => {
    const world = await watching({ viewId: null })
    await world.write('a.mov', 'film')
    await world.write('a.srt', '1\n00:00')
    await world.write('a.xmp', '<x/>')
    expect(world.deeds().map(({ do: deed, files }) => [deed, files])).toEqual([
      ['upload', ['a.mov']],
      ['join', ['a.srt']],
      ['join', ['a.xmp']],
    ])
  })

  it('waits for a clip that never came, and is no asset', async () => {
    const world = await watching()
    await world.write('a.xmp', '<x/>')
    expect(world.deeds()).toEqual([])
    expect(world.journal.counts(world.id)).toMatchObject({ waits: 1 })
    await world.write('a.mov', 'film')
    expect(world.deeds()).toMatchObject([{ do: 'upload', files: ['a.mov'] }])
    expect(world.journal.counts(world.id)).toMatchObject({ waits: 0, sent: 2 })
  })
})
