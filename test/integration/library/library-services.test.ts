import { AssetQuery } from '@contract/assets.ts'
import type { AssetId } from '@contract/ids.ts'
import {
  createAsset,
  createCollection,
  createView,
  libraryWorld,
  type LibraryWorld,
} from '@test/support/library-world.ts'
import { describe, expect, it, vi } from 'vitest'

const waiting = { timeout: 20_000, interval: 50 }
const titles = async (world: LibraryWorld, query: Partial<AssetQuery> = {}) => {
  const sorted = { sort: { field: 'title', order: 'asc' } } as const
  const answer = await world.assets.query(AssetQuery.parse({ ...sorted, ...query }), {
    offset: 0,
    limit: 100,
  })
  return answer.rows.map(({ title }) => title)
}
const putValues = (world: LibraryWorld, id: string, view: string, values: Record<string, string[]>) =>
  world.call('PUT', `/metadata/v1/assets/${id}/views/${view}/`, {
    metadata_values: Object.fromEntries(
      Object.entries(values).map(([name, list]) => [
        name,
        { field_values: list.map((value) => ({ value })) },
      ]),
    ),
  })
const overwrite = (...values: string[]) => ({ mode: 'overwrite' as const, values })

describe('the mirror', () => {
  it('fills itself, and follows what others create, rename, trash, restore and purge', async () => {
    const world = await libraryWorld()
    const first = await createAsset(world, 'Jetty.mov')
    await createAsset(world, 'Road.mov')
    world.signIn()
    await vi.waitFor(async () => expect(await titles(world)).toEqual(['Jetty.mov', 'Road.mov']), waiting)
    await vi.waitFor(async () => expect((await world.library.state()).state).toBe('fresh'), waiting)

    await createAsset(world, 'Sea.mov')
    await world.call('PATCH', `/assets/v1/assets/${first}/`, { title: 'Pier.mov' })
    await vi.waitFor(
      async () => expect(await titles(world)).toEqual(['Pier.mov', 'Road.mov', 'Sea.mov']),
      waiting,
    )

    await world.call('DELETE', `/assets/v1/assets/${first}/`)
    await vi.waitFor(async () => expect(await titles(world, { trash: true })).toEqual(['Pier.mov']), waiting)
    expect(await titles(world)).toEqual(['Road.mov', 'Sea.mov'])
    await world.call('PUT', `/assets/v1/assets/${first}/restore/`)
    await vi.waitFor(async () => expect(await titles(world)).toContain('Pier.mov'), waiting)
    await world.call('DELETE', `/assets/v1/assets/${first}/`)
    await world.call('DELETE', `/assets/v1/assets/${first}/purge/`)
    await vi.waitFor(
      async () => expect(await world.library.state()).toMatchObject({ assetCount: 2, trashCount: 0 }),
      waiting,
    )
  })

  it('goes on with a fill where it was when it stopped, and answers with no server', async () => {
    const world = await libraryWorld()
    await createAsset(world, 'Jetty.mov')
    world.signIn()
    await vi.waitFor(async () => expect((await world.library.state()).state).toBe('fresh'), waiting)
    await world.goOffline()
    await vi.waitFor(async () => expect((await world.library.state()).state).toBe('offline'), waiting)
    expect(await titles(world, { text: 'jet' })).toEqual(['Jetty.mov'])
    await world.restart()
    // Nobody is signed in yet: the account is known all the same.
    expect(await titles(world)).toEqual(['Jetty.mov'])
    expect(await world.library.state()).toMatchObject({ state: 'offline', assetCount: 1 })
  })

  it('trashes, restores and purges at once, without waiting for a poll', async () => {
    const world = await libraryWorld()
    const ids = [await createAsset(world, 'a'), await createAsset(world, 'b')]
    world.signIn()
    await vi.waitFor(async () => expect(await titles(world)).toHaveLength(2), waiting)
    await world.assets.trash(ids)
    expect([await titles(world), await titles(world, { trash: true })]).toEqual([[], ['a', 'b']])
    await world.assets.restore([ids[0] as AssetId])
    expect(await titles(world)).toEqual(['a'])
    await world.assets.purge([ids[1] as AssetId])
    await expect(world.assets.get(ids[1] as AssetId)).rejects.toMatchObject({ code: 'api.not-found' })
  })

  it('keeps what was restored where the trash was read before and told of late', async () => {
    const world = await libraryWorld()
    const id = await createAsset(world, 'a')
    world.signIn()
    await vi.waitFor(async () => expect(await titles(world)).toHaveLength(1), waiting)
    await world.assets.trash([id])
    const { api } = world.session.require()
    const held = { isOn: true, answered: Promise.withResolvers<void>(), let: Promise.withResolvers<void>() }
    const assets = Object.assign(Object.create(api.assets) as typeof api.assets, {
      trashed: async (...args: Parameters<typeof api.assets.trashed>) => {
        const answer = await api.assets.trashed(...args)
        if (held.isOn && answer.ids.includes(id)) {
          held.answered.resolve()
          await held.let.promise
        }
        return answer
      },
    })
    const late = {
      ...api,
      inLane: (lane: Parameters<typeof api.inLane>[0]) => ({ ...api.inLane(lane), assets }),
    }
    world.session.become({ ...world.session.require(), api: late })
    await held.answered.promise
    await world.assets.restore([id])
    held.isOn = false
    held.let.resolve()
    const shown: string[][] = []
    for (let looks = 0; looks < 20; looks += 1) {
      shown.push(await titles(world))
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    expect(shown.filter(([title]) => title !== 'a')).toEqual([])
  })

  it('shows an asset that is newer than the last poll', async () => {
    const world = await libraryWorld()
    world.signIn()
    await vi.waitFor(async () => expect((await world.library.state()).state).toBe('fresh'), waiting)
    const id = await createAsset(world, 'New.mov')
    expect(await world.assets.get(id)).toMatchObject({ title: 'New.mov', webUrl: null })
    expect(await world.assets.formats(id)).toEqual([])
  })
})

describe('collections', () => {
  it('makes, renames, moves and deletes them, and counts what they hold', async () => {
    const world = await libraryWorld()
    const ids = [await createAsset(world, 'a'), await createAsset(world, 'b')]
    const theirs = await createCollection(world, 'Theirs')
    world.signIn()
    await vi.waitFor(async () => expect(await world.collections.children(null)).toHaveLength(1), waiting)
    const reels = await world.collections.create(null, 'Reels')
    const day = await world.collections.create(reels.id, 'Day 1')
    await vi.waitFor(async () => expect(await titles(world)).toHaveLength(2), waiting)
    await world.collections.addAssets(day.id, ids)
    expect(await world.collections.children(null)).toMatchObject([
      { title: 'Reels', assetCount: 2, hasChildren: true },
      { title: 'Theirs', assetCount: 0 },
    ])
    await expect(world.collections.move(reels.id, day.id)).rejects.toMatchObject({ code: 'api.conflict' })
    await world.collections.rename(day.id, 'Day 01')
    await world.collections.move(day.id, theirs)
    await world.collections.removeAssets(day.id, [ids[0] as AssetId])
    expect(await world.collections.find('day')).toEqual([{ id: day.id, path: ['Theirs', 'Day 01'] }])
    expect(await titles(world, { collectionId: theirs })).toEqual(['b'])
    await world.collections.delete(reels.id)
    // What was done here must also be what the server says: a mirror made anew shows the same.
    const there = await world.call('GET', `/assets/v1/collections/${day.id}/`)
    expect(there).toMatchObject({ title: 'Day 01', parent_id: theirs })
    await vi.waitFor(async () => expect(await world.collections.children(null)).toHaveLength(1), waiting)
  })
})

describe('metadata', () => {
  it('edits one asset, and finds it by the new value', async () => {
    const world = await libraryWorld()
    const view = await createView(world)
    const id = await createAsset(world, 'a')
    world.signIn()
    await vi.waitFor(async () => expect(await titles(world)).toHaveLength(1), waiting)
    expect((await world.metadata.views()).map(({ name }) => name)).toContain('Clapper')
    expect((await world.metadata.view(view)).fields.map(({ name }) => name)).toEqual([
      'BoardScene',
      'BoardTags',
      'BoardTake',
    ])
    const edit = { BoardScene: overwrite('14A'), BoardTags: overwrite('rain', 'night') }
    expect(await world.metadata.edit([id], view, edit, {})).toMatchObject({ saved: true })
    expect(await world.metadata.values(id, view)).toEqual({
      values: { BoardScene: ['14A'], BoardTags: ['rain', 'night'] },
      pending: [],
      conflicts: [],
    })
    const filters = [{ field: 'metadata.BoardScene', values: ['14A'] }]
    await vi.waitFor(async () => expect(await titles(world, { filters })).toEqual(['a']), waiting)
    await expect(world.metadata.edit([id], view, { BoardTake: overwrite('many') }, {})).rejects.toMatchObject(
      {
        code: 'api.invalid',
      },
    )
    expect((await world.library.state()).pendingEdits).toBe(0)
  })

  it('edits many assets at once: set, add, take out', async () => {
    const world = await libraryWorld()
    const view = await createView(world)
    const ids = [await createAsset(world, 'a'), await createAsset(world, 'b')]
    await putValues(world, ids[0] as string, view, { BoardTags: ['old'] })
    world.signIn()
    await vi.waitFor(async () => expect(await titles(world)).toHaveLength(2), waiting)
    await world.metadata.edit(ids, view, { BoardScene: overwrite('9') })
    await world.metadata.edit(ids, view, { BoardTags: { mode: 'append', values: ['new'] } })
    await vi.waitFor(async () => {
      const [scene] = await world.assets.facets(AssetQuery.parse({}), ['metadata.BoardScene'], 5)
      expect(scene?.buckets).toEqual([{ value: '9', label: '9', count: 2 }])
    }, waiting)
    expect((await world.metadata.values(ids[0] as AssetId, view)).values['BoardTags']).toEqual(['old', 'new'])
  })

  it('shows a field that changed on the server meanwhile, and lets the person choose', async () => {
    const world = await libraryWorld()
    const view = await createView(world)
    const id = await createAsset(world, 'a')
    await putValues(world, id, view, { BoardScene: ['1'], BoardTake: ['1'] })
    world.signIn()
    await vi.waitFor(async () => expect(await titles(world)).toHaveLength(1), waiting)
    const { values: base } = await world.metadata.values(id, view)
    await putValues(world, id, view, { BoardScene: ['2'] })
    const mine = { BoardScene: overwrite('3'), BoardTake: overwrite('7') }
    await expect(world.metadata.edit([id], view, mine, base)).rejects.toMatchObject({ code: 'api.conflict' })
    expect(await world.metadata.values(id, view)).toMatchObject({
      conflicts: [{ field: 'BoardScene', mine: ['3'], theirs: ['2'] }],
      pending: ['BoardTake'],
    })
    await world.metadata.resolveConflict(id, view, 'BoardScene', 'theirs')
    expect(await world.metadata.values(id, view)).toEqual({
      values: { BoardScene: ['2'], BoardTake: ['7'] },
      pending: [],
      conflicts: [],
    })
  })

  it('keeps edits that were made offline over a restart, and sends them in order', async () => {
    const world = await libraryWorld()
    const view = await createView(world)
    const id = await createAsset(world, 'a')
    world.signIn()
    await vi.waitFor(async () => expect(await titles(world)).toHaveLength(1), waiting)
    await world.metadata.values(id, view)
    await world.goOffline()
    expect(await world.metadata.edit([id], view, { BoardScene: overwrite('1') }, {})).toMatchObject({
      saved: false,
    })
    await world.metadata.edit([id], view, { BoardScene: overwrite('2') }, { BoardScene: ['1'] })
    await world.assets.rename(id, 'renamed')
    expect(await titles(world)).toEqual(['renamed'])
    expect(await world.metadata.values(id, view)).toMatchObject({
      values: { BoardScene: ['2'] },
      pending: ['BoardScene'],
    })
    await world.restart()
    expect((await world.library.state()).pendingEdits).toBe(3)
    world.signIn()
    await vi.waitFor(async () => expect((await world.library.state()).pendingEdits).toBe(0), waiting)
    expect(await world.call('GET', `/assets/v1/assets/${id}/`)).toMatchObject({ title: 'renamed' })
    const values = await world.call('GET', `/metadata/v1/assets/${id}/views/${view}/`)
    expect(values['metadata_values']).toMatchObject({ BoardScene: { field_values: [{ value: '2' }] } })
  })
})
