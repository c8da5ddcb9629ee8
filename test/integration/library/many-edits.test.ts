import { AssetQuery } from '@contract/assets.ts'
import type { AccountId, AssetId, ViewId } from '@contract/ids.ts'
import {
  createAsset,
  createCollection,
  createView,
  libraryWorld,
  type LibraryWorld,
} from '@test/support/library-world.ts'
import { describe, expect, it, vi } from 'vitest'

const waiting = { timeout: 60_000, interval: 50 }
const overwrite = (...values: string[]) => ({ mode: 'overwrite' as const, values })
const total = async (world: LibraryWorld, query: Partial<AssetQuery> = {}) =>
  (await world.assets.query(AssetQuery.parse(query), { offset: 0, limit: 1 })).total
const put = (world: LibraryWorld, id: string, view: string, name: string, ...values: string[]) =>
  world.call('PUT', `/metadata/v1/assets/${id}/views/${view}/`, {
    metadata_values: { [name]: { field_values: values.map((value) => ({ value })) } },
  })
const held = async (world: LibraryWorld, id: string, view: string, name: string) => {
  const { metadata_values: values } = await world
    .call('GET', `/metadata/v1/assets/${id}/views/${view}/`)
    .catch(() => ({ metadata_values: {} }))
  const field = (values as Record<string, { field_values: { value: string }[] }>)[name]
  return (field?.field_values ?? []).map(({ value }) => value)
}
async function worldOf(count: number): Promise<{ world: LibraryWorld; view: ViewId; ids: AssetId[] }> {
  const world = await libraryWorld()
  const view = await createView(world)
  const ids: AssetId[] = []
  for (let number = 0; number < count; number += 1) ids.push(await createAsset(world, `a${number}`))
  return { world, view, ids }
}
async function ready(world: LibraryWorld, count: number, view: ViewId): Promise<void> {
  world.signIn()
  await vi.waitFor(async () => expect(await total(world)).toBe(count), waiting)
  await world.metadata.view(view)
}

describe('an edit of many assets', () => {
  it('tells what they share and what differs, sets it in all, and puts back what each had before', async () => {
    const { world, view, ids } = await worldOf(4)
    await put(world, ids[0] as string, view, 'BoardScene', '1')
    await put(world, ids[1] as string, view, 'BoardScene', '2')
    for (const id of ids) await put(world, id, view, 'BoardTake', '7')
    await ready(world, 4, view)
    await vi.waitFor(
      async () =>
        expect(await world.metadata.summary(ids, view)).toEqual({
          BoardScene: { values: [], isMixed: true },
          BoardTags: { values: [], isMixed: false },
          BoardTake: { values: ['7'], isMixed: false },
        }),
      waiting,
    )
    const { saved, editId } = await world.metadata.edit(ids, view, {
      BoardScene: overwrite('9'),
      BoardTags: { mode: 'append', values: ['night'] },
    })
    expect(saved).toBe(true)
    for (const id of ids) expect(await held(world, id, view, 'BoardScene')).toEqual(['9'])
    expect(await world.edits.list()).toMatchObject([
      { id: editId, state: 'done', assetCount: 4, canUndo: true },
    ])

    await world.edits.undo(editId as number, world.session.accountId())
    const scenes = await Promise.all(ids.map((id) => held(world, id, view, 'BoardScene')))
    expect(scenes).toEqual([['1'], ['2'], [], []])
    for (const id of ids) expect(await held(world, id, view, 'BoardTags')).toEqual([])
  })

  it('empties a field in all of them', async () => {
    const { world, view, ids } = await worldOf(3)
    for (const id of ids) await put(world, id, view, 'BoardScene', '1')
    await ready(world, 3, view)
    await world.metadata.edit(ids, view, { BoardScene: overwrite() })
    for (const id of ids) expect(await held(world, id, view, 'BoardScene')).toEqual([])
  })

  it('overwrites nothing that somebody else changed meanwhile: that asset is held as a conflict of its own', async () => {
    const { world, view, ids } = await worldOf(3)
    const [first, second] = ids as [AssetId, AssetId]
    await put(world, first, view, 'BoardScene', '1')
    await ready(world, 3, view)
    await vi.waitFor(
      async () => expect((await world.metadata.summary([first], view))['BoardScene']?.values).toEqual(['1']),
      waiting,
    )
    // The mirror is held still, so that it cannot learn of the change before the edit is made.
    const store = await world.library.store()
    await put(world, first, view, 'BoardScene', 'theirs')
    await store.keep('values', `${first} ${view}`, { BoardScene: ['1'] })
    await world.metadata.edit(ids, view, { BoardScene: overwrite('mine') })
    expect(await held(world, first, view, 'BoardScene')).toEqual(['theirs'])
    expect(await held(world, second, view, 'BoardScene')).toEqual(['mine'])
    expect((await world.metadata.values(first, view)).conflicts).toEqual([
      { field: 'BoardScene', mine: ['mine'], theirs: ['theirs'] },
    ])
    await world.metadata.resolveConflict(first, view, 'BoardScene', 'mine')
    expect(await held(world, first, view, 'BoardScene')).toEqual(['mine'])
  })

  it('goes in parts, and goes on where it was after a restart', async () => {
    const { world, view, ids } = await worldOf(1_200)
    await ready(world, 1_200, view)
    await world.goOffline()
    const many = await world.metadata.edit(ids, view, { BoardScene: overwrite('all') })
    expect(many.saved).toBe(false)
    await world.restart()
    expect((await world.library.state()).pendingEdits).toBe(1)
    const seen = new Set<number>()
    world.library.on('edits', () => {
      const note = async () => {
        for (const row of await world.edits.list()) seen.add(row.sentCount)
      }
      note().catch(() => {})
    })
    world.signIn()
    await vi.waitFor(async () => expect((await world.library.state()).pendingEdits).toBe(0), waiting)
    for (const id of [ids[0], ids[600], ids[1_199]])
      expect(await held(world, id as string, view, 'BoardScene')).toEqual(['all'])
    expect([...seen].some((count) => count > 0)).toBe(true)
  })

  it('names the assets that do not take it, and still changes the others', async () => {
    const { world, view, ids } = await worldOf(3)
    await ready(world, 3, view)
    await world.goOffline()
    await world.metadata.edit(ids, view, { BoardScene: overwrite('x') })
    await world.restart()
    await world.call('DELETE', `/assets/v1/assets/${ids[1]}/`)
    await world.call('DELETE', `/assets/v1/assets/${ids[1]}/purge/`)
    world.signIn()
    await vi.waitFor(async () => {
      const states = (await world.edits.list()).map(({ state }) => state)
      expect(states).toContain('failed')
      expect(states).not.toContain('waiting')
    }, waiting)
    expect(await held(world, ids[0] as string, view, 'BoardScene')).toEqual(['x'])
    expect(await held(world, ids[2] as string, view, 'BoardScene')).toEqual(['x'])
  })
})

describe('trash and collections', () => {
  it('are shown offline at once, sent later, and can be taken back', async () => {
    const { world, view, ids } = await worldOf(3)
    const place = await createCollection(world, 'Selects')
    await ready(world, 3, view)
    await vi.waitFor(async () => expect(await world.collections.children(null)).toHaveLength(1), waiting)
    await world.goOffline()
    const trashed = await world.assets.trash([ids[0] as AssetId])
    await world.assets.trash([ids[1] as AssetId])
    await world.collections.addAssets(place, [ids[2] as AssetId])
    expect(await total(world)).toBe(1)
    expect(await total(world, { collectionId: place })).toBe(1)
    // The other account has an edit of the same number: it is not that one that is meant.
    await expect(world.edits.undo(trashed.editId, 'another' as AccountId)).rejects.toMatchObject({
      code: 'api.not-found',
      message: expect.stringContaining('account') as string,
    })
    expect(await total(world)).toBe(1)
    await world.edits.undo(trashed.editId, world.session.accountId())
    expect(await total(world)).toBe(2)
    await world.restart()
    world.signIn()
    await vi.waitFor(async () => expect((await world.library.state()).pendingEdits).toBe(0), waiting)
    const asset = (id: AssetId | undefined) =>
      world.call('GET', `/assets/v1/assets/${id}/?include_collections=true`)
    expect(await asset(ids[0])).toMatchObject({ status: 'ACTIVE' })
    expect(await asset(ids[1])).toMatchObject({ status: 'DELETED' })
    expect(await asset(ids[2])).toMatchObject({ in_collections: [place] })
  })

  it('shows again what the server refused to trash', async () => {
    const { world, view, ids } = await worldOf(2)
    await ready(world, 2, view)
    const store = await world.library.store()
    const gone = '00000000-0000-1000-8000-000000000009' as never
    await expect(world.collections.addAssets(gone, ids)).rejects.toMatchObject({ code: 'api.invalid' })
    expect((await store.get(ids[0] as AssetId))?.collections).toEqual([])
    expect((await world.library.state()).pendingEdits).toBe(0)
  })
})
