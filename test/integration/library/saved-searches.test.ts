import { AssetQuery } from '@contract/assets.ts'
import { createAsset, libraryWorld, type LibraryWorld } from '@test/support/library-world.ts'
import { expect, it, vi } from 'vitest'

const waiting = { timeout: 20_000, interval: 50 }
const fresh = (world: LibraryWorld) =>
  vi.waitFor(async () => expect((await world.library.state()).state).toBe('fresh'), waiting)

it('saves a search on the server, counts it from the mirror, and has it offline too', async () => {
  const world = await libraryWorld()
  await createAsset(world, 'Harbour dawn.mov')
  await createAsset(world, 'Road.mov')
  world.signIn()
  await fresh(world)
  const query = AssetQuery.parse({ text: 'harb' })
  const { id } = await world.savedSearches.create('Harbour (all)', query)
  const saved = { id, name: 'Harbour (all)', query, count: 1, isAnsweredByServer: false }
  expect(await world.savedSearches.list()).toMatchObject([saved])
  // Another person's client finds the same by it.
  const there = await world.call('GET', `/search/v1/search/saved/${id}/`)
  expect(there).toMatchObject({ objects: [{ title: 'Harbour dawn.mov' }] })

  await createAsset(world, 'Harbour night.mov')
  await vi.waitFor(
    async () => expect(await world.savedSearches.counts()).toEqual([{ id, count: 2 }]),
    waiting,
  )
  await world.savedSearches.update(id, { name: 'Harbour' })
  expect(await world.savedSearches.list()).toMatchObject([{ ...saved, name: 'Harbour', count: 2 }])
  await world.goOffline()
  expect(await world.savedSearches.list()).toMatchObject([{ id, name: 'Harbour', count: 2 }])
})

it('asks iconik where a search wants more than the mirror knows, and keeps what it found', async () => {
  const world = await libraryWorld()
  const jetty = await createAsset(world, 'Jetty.mov')
  await createAsset(world, 'Road.mov')
  await createAsset(world, 'Sea.mov')
  const { id } = (await world.call('POST', '/search/v1/search/saved/', {
    name: 'Jetty or sea',
    criteria: { doc_types: ['assets'], query: 'jetty OR sea' },
  })) as { id: never }
  world.signIn()
  await fresh(world)
  await vi.waitFor(
    async () =>
      expect(await world.savedSearches.list()).toMatchObject([{ isAnsweredByServer: true, count: 2 }]),
    waiting,
  )
  const [search] = await world.savedSearches.list()
  const titles = async (text: string) =>
    (
      await world.assets.query(AssetQuery.parse({ ...search?.query, text }), { offset: 0, limit: 10 })
    ).rows.map(({ title }) => title)
  expect((await titles('')).toSorted()).toEqual(['Jetty.mov', 'Sea.mov'])
  // What is typed narrows it further.
  expect(await titles('sea')).toEqual(['Sea.mov'])

  await world.call('PATCH', `/assets/v1/assets/${jetty}/`, { title: 'Pier.mov' })
  await vi.waitFor(async () => {
    await world.savedSearches.refresh(id)
    expect(await world.savedSearches.counts()).toEqual([{ id, count: 1 }])
  }, waiting)
  await world.savedSearches.delete(id)
  expect(await world.savedSearches.list()).toEqual([])
})
