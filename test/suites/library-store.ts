import { AssetQuery } from '@contract/assets.ts'
import type { AssetId, CollectionId, ViewId } from '@contract/ids.ts'
import type { CollectionDocument } from '@main/ports/iconik-api.ts'
import type { LibraryStore } from '@main/ports/library-store.ts'
import { mirrorAsset } from '@main/services/library/mirror-asset.ts'
import { assetDocument, idOf } from '@test/support/mirrored-assets.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const ask = (query: Partial<AssetQuery> = {}) =>
  AssetQuery.parse({ sort: { field: 'title', order: 'asc' }, ...query })
const all = { offset: 0, limit: 500 }
const view = idOf<ViewId>(900)
const collection = (number: number, title: string, parent: number | null = null): CollectionDocument => ({
  id: idOf<CollectionId>(number),
  title,
  parentId: parent === null ? null : idOf<CollectionId>(parent),
  externalId: null,
  status: 'ACTIVE',
  storageId: null,
  category: null,
  createdByUser: null,
  dateCreated: '2026-01-01T00:00:00Z',
  dateModified: '2026-01-01T00:00:00Z',
})

/** What every mirror promises. */
export function libraryStoreSuite(open: () => Promise<LibraryStore>): void {
  let store: LibraryStore
  beforeEach(async () => {
    store = await open()
  })
  afterEach(() => store.close())

  const put = (...documents: ReturnType<typeof assetDocument>[]) => store.put(documents.map(mirrorAsset), 1)
  const titles = async (query: Partial<AssetQuery> = {}) =>
    (await store.query(ask(query), all)).rows.map(({ title }) => title)

  describe('lists', () => {
    it('shows windows of a list in the order asked for, with the whole count', async () => {
      await put(...Array.from({ length: 30 }, (_, index) => assetDocument(index)))
      const answer = await store.query(ask(), { offset: 10, limit: 3 })
      expect(answer.total).toBe(30)
      expect(answer.rows.map(({ id }) => id)).toEqual([10, 11, 12].map((number) => idOf(number)))
      const latest = await store.query(ask({ sort: { field: 'duration', order: 'desc' } }), {
        offset: 0,
        limit: 1,
      })
      expect(latest.rows[0]?.id).toBe(idOf(29))
      expect(await store.ids(ask(), 4, 6)).toEqual([4, 5, 6].map((number) => idOf(number)))
    })

    const fields = ['title', 'date_created', 'date_modified', 'duration', 'size'] as const
    const sorts = fields.flatMap((field) => (['asc', 'desc'] as const).map((order) => ({ field, order })))
    it.each(sorts)('tells the first rows by $field, $order, as it tells the rest', async (sort) => {
      // Every third has the same date, length and title, so that ties are there to be broken.
      const documents = Array.from({ length: 40 }, (_, index) => ({
        ...assetDocument(index % 3 === 0 ? 3 : (index * 7) % 40),
        id: idOf(index),
        status: index % 10 === 9 ? ('DELETED' as const) : ('ACTIVE' as const),
      }))
      await put(...documents)
      for (const query of [ask({ sort }), ask({ sort, text: 'a001c0' }), ask({ sort, text: 'mov' })]) {
        const first = await store.query(query, { offset: 0, limit: 7 })
        const second = await store.query(query, { offset: 7, limit: 5 })
        const whole = await store.query(query, { offset: 0, limit: 500 })
        const rest = await store.query(query, { offset: 12, limit: 500 })
        expect([...first.rows, ...second.rows, ...rest.rows].map(({ id }) => id)).toEqual(
          await store.ids(query, 0, 500),
        )
        expect(whole.rows.map(({ id }) => id)).toEqual(await store.ids(query, 0, 500))
        expect([first.total, whole.total]).toEqual([whole.rows.length, whole.rows.length])
      }
    })

    it('adds up length and size of what a query finds, or of some', async () => {
      await put(
        ...Array.from({ length: 4 }, (_, index) =>
          assetDocument(index, { title: `take ${index}`, durationMs: index === 3 ? null : 1000 * index }),
        ),
      )
      expect((await store.totals({ query: ask() }, 100))?.durationMs).toBe(3000)
      expect((await store.totals({ ids: [idOf(1), idOf(3), idOf(77)] }, 100))?.durationMs).toBe(1000)
      expect(await store.totals({ query: ask({ text: 'nothing' }) }, 100)).toBeNull()
      expect(await store.totals({ query: ask() }, 3)).toBeNull()
    })

    it('sorts titles as people do: numbers by value, case and accents aside', async () => {
      const names = ['take 10', 'Take 9', 'élan', 'Zebra', 'eland']
      await put(...names.map((title, index) => assetDocument(index, { title })))
      expect(await titles()).toEqual(['élan', 'eland', 'Take 9', 'take 10', 'Zebra'])
    })

    it('keeps lists in order when assets change after the list was read', async () => {
      await put(...Array.from({ length: 50 }, (_, index) => assetDocument(index)))
      await titles()
      await put(assetDocument(7, { title: 'zz last' }), assetDocument(90, { title: 'a000 first' }))
      const now = await titles()
      expect(now).toHaveLength(51)
      expect([now[0], now.at(-1)]).toEqual(['a000 first', 'zz last'])
      await store.remove([idOf(7)])
      expect((await titles()).at(-1)).toBe('A001C049.mov')
    })

    it('raises the revision for what is new and for nothing else', async () => {
      expect(await put(assetDocument(1))).toEqual([idOf(1)])
      const { revision } = await store.counts()
      expect(await put(assetDocument(1))).toEqual([])
      expect((await store.counts()).revision).toBe(revision)
      await put(assetDocument(1, { inCollections: [idOf<CollectionId>(500)] }))
      expect((await store.counts()).revision).toBe(revision + 1)
    })
  })

  describe('search', () => {
    beforeEach(() =>
      put(
        assetDocument(1, {
          title: 'Jetty at dusk.mov',
          metadata: { Scene: ['14'], Note: ['Geräusch am Fluss'] },
        }),
        assetDocument(2, { title: 'jetty_dawn_002.mxf' }),
        assetDocument(3, { title: 'Road.mov', metadata: { Note: ['the jetty from afar'] } }),
      ),
    )

    it.each([
      ['jetty', 3],
      ['JET', 3],
      ['jetty dus', 1],
      ['dusk jetty', 1],
      ['gerausch', 1],
      ['002', 1],
      ['nothing', 0],
      ['"; DROP TABLE assets --', 0],
      ['jetty AND', 0],
      ['*', 3],
      ['', 3],
    ])('finds %s in %i assets', async (text, count) => {
      expect(await titles({ text })).toHaveLength(count)
    })

    it.each([
      ['हिन्दी दिन 4', 'हिन्दी'],
      ['ภาพยนตร์.mov', 'ภาพยนต'],
      ['Cafe\u0301 Müller', 'café mull'],
      ['東京タワー', '東京'],
      ['été – nuit', 'ete'],
    ])('finds %s by %s', async (title, text) => {
      await put(assetDocument(40, { title }))
      expect(await titles({ text })).toEqual([title])
      expect(await titles({ text, sort: { field: 'relevance', order: 'desc' } })).toEqual([title])
    })

    it('puts titles before other words when asked for relevance', async () => {
      const found = await titles({ text: 'jetty', sort: { field: 'relevance', order: 'desc' } })
      expect(found.at(-1)).toBe('Road.mov')
    })

    it('finds what is there, however often words came and went', async () => {
      const words = ['jetty', 'harbour', 'harb', 'night', 'day', 'réunion']
      const known = new Map<number, string[]>()
      for (let step = 0; step < 300; step += 1) {
        const number = 50 + ((step * 7) % 23)
        const own = words.filter((_, at) => (step * (at + 3)) % 7 < 3)
        if (step % 11 === 10) {
          await store.remove([idOf(number)])
          known.delete(number)
        } else {
          const [title = 'none', ...scene] = own
          await put(assetDocument(number, { title, metadata: { Scene: scene } }))
          known.set(number, own)
        }
        if (step % 60 !== 59) continue
        for (const word of words) {
          const { rows } = await store.query(ask({ text: word }), all)
          const found = rows.map(({ id }) => id).filter((id) => id >= idOf(50))
          const wanted = [...known].filter(([, own]) => own.some((other) => other.startsWith(word)))
          expect(found.toSorted()).toEqual(wanted.map(([id]) => idOf(id)).toSorted())
        }
      }
    })

    it('finds a new title and no longer the old one', async () => {
      await store.rename(idOf(3), 'Street.mov')
      expect([await titles({ text: 'road' }), await titles({ text: 'street' })]).toEqual([[], ['Street.mov']])
    })
  })

  describe('facets and filters', () => {
    beforeEach(() =>
      put(
        assetDocument(1, { metadata: { Scene: ['14', '15'] } }),
        assetDocument(2, { metadata: { Scene: ['14'] }, mediaType: 'audio' }),
        assetDocument(3, { dateCreated: '2026-02-03T10:00:00Z' }),
      ),
    )

    it('counts values, most first', async () => {
      const [scene] = await store.facets(ask(), ['metadata.Scene'], 10)
      expect(scene).toEqual({
        field: 'metadata.Scene',
        label: 'Scene',
        buckets: [
          { value: '14', label: '14', count: 2 },
          { value: '15', label: '15', count: 1 },
        ],
      })
    })

    it('counts a facet under the filters of the others, so that its own choices stay visible', async () => {
      const filters = [{ field: 'media_type', values: ['audio'] }]
      const [type, scene] = await store.facets(ask({ filters }), ['media_type', 'metadata.Scene'], 10)
      expect(type?.buckets.map(({ value, count }) => [value, count])).toEqual([
        ['video', 2],
        ['audio', 1],
      ])
      expect(scene?.buckets).toHaveLength(1)
      expect(await titles({ filters })).toHaveLength(1)
    })

    it('takes any of the values of a field, all of the fields, and months as beginnings of days', async () => {
      expect(await titles({ filters: [{ field: 'metadata.Scene', values: ['15', '14'] }] })).toHaveLength(2)
      expect(await titles({ filters: [{ field: 'date_created', values: ['2026-02'] }] })).toHaveLength(1)
      expect(await titles({ filters: [{ field: 'metadata.None', values: ['x'] }] })).toEqual([])
    })

    it('counts and filters anew after a change', async () => {
      await store.facets(ask(), ['metadata.Scene'], 10)
      await put(assetDocument(2, { metadata: { Scene: ['16'] } }))
      const [scene] = await store.facets(ask(), ['metadata.Scene'], 10)
      expect(scene?.buckets.map(({ value }) => value).toSorted()).toEqual(['14', '15', '16'])
      expect(await titles({ filters: [{ field: 'metadata.Scene', values: ['16'] }] })).toHaveLength(1)
    })
  })

  describe('groups', () => {
    const scene = (number: number, ...values: string[]) =>
      assetDocument(number, { metadata: { Scene: values }, mediaType: number % 2 ? 'video' : 'audio' })
    const grouped = async (groupBy: string, query: Partial<AssetQuery> = {}) => {
      const { groups } = await store.groups(ask(query), groupBy)
      const { rows } = await store.query(ask(query), all, { groupBy })
      let at = 0
      return groups.map(({ value, count }) => {
        at += count
        return [value, rows.slice(at - count, at).map(({ id }) => Number(id.slice(-3)))]
      })
    }

    it('part a list by the value of a field, sorted within each, what has none at the end', async () => {
      await put(scene(1, '10'), scene(2), scene(3, '9'), scene(4, '10'), scene(5, '9b'), scene(6))
      expect(await grouped('metadata.Scene')).toEqual([
        ['9', [3]],
        ['9b', [5]],
        ['10', [1, 4]],
        [null, [2, 6]],
      ])
      const newest = { sort: { field: 'date_created', order: 'desc' } } as const
      expect((await grouped('metadata.Scene', newest)).slice(2)).toEqual([
        ['10', [4, 1]],
        [null, [6, 2]],
      ])
      expect(await store.ids(ask(), 0, 2, 'metadata.Scene')).toEqual([3, 5, 1].map((number) => idOf(number)))
    })

    it('hold every asset once, also one with several values', async () => {
      await put(scene(1, '8', '7'), scene(2, '8'), scene(3, '6', '7'), scene(4, '5', '9'))
      expect(await grouped('metadata.Scene')).toEqual([
        ['5', [4]],
        ['6', [3]],
        ['7', [1]],
        ['8', [2]],
      ])
      await put(scene(2, '7'))
      const answer = await store.groups(ask(), 'metadata.Scene')
      expect(answer.groups.map(({ value }) => value)).toEqual(['5', '6', '7'])
      expect(answer.groupCount).toBe(3)
    })

    it('come in their own order: kinds as everywhere, days with the latest first', async () => {
      await put(scene(1), scene(2), assetDocument(3, { dateCreated: '2026-02-03T10:00:00Z' }))
      expect(await grouped('media_type')).toEqual([
        ['video', [1, 3]],
        ['audio', [2]],
      ])
      const days = async (query: Partial<AssetQuery>) =>
        (await grouped('date_created', query)).map(([value]) => value)
      expect(await days({})).toEqual(['2026-02-03', '2026-01-01'])
      expect(await days({ sort: { field: 'date_created', order: 'asc' } })).toEqual([
        '2026-01-01',
        '2026-02-03',
      ])
    })

    it('follow filters and words, and are one where nothing has a value', async () => {
      await put(scene(1, '10'), scene(2, '10'), scene(3))
      const filters = [{ field: 'media_type', values: ['video'] }]
      expect(await grouped('metadata.Scene', { filters })).toEqual([
        ['10', [1]],
        [null, [3]],
      ])
      expect(await grouped('metadata.Unheard')).toEqual([[null, [1, 2, 3]]])
      expect(await grouped('metadata.Scene', { text: 'nothing' })).toEqual([])
    })

    it('are counted and not made when there are too many', async () => {
      await put(...Array.from({ length: 5001 }, (_, index) => scene(index, `${index}`)))
      const answer = await store.groups(ask(), 'metadata.Scene')
      expect(answer).toMatchObject({ groupCount: 5001, groups: [] })
      const { rows, total } = await store.query(ask(), { offset: 0, limit: 2 }, { groupBy: 'metadata.Scene' })
      expect(total).toBe(5001)
      expect(rows.map(({ id }) => id)).toEqual([idOf(0), idOf(1)])
    })
  })

  describe('values beside rows', () => {
    const valuesOf = async (fields: string[]) =>
      (await store.query(ask(), all, { fields })).rows.map(({ values }) => values)

    it('are those that were asked for, with edits that wait laid over', async () => {
      const metadata = { Scene: ['14'], Take: ['2'], Note: ['x'.repeat(100)] }
      await put(assetDocument(1, { metadata, raw: { metadata } }), assetDocument(2))
      expect(await valuesOf(['Scene', 'Note', 'None'])).toEqual([
        { Scene: ['14'], Note: ['x'.repeat(100)] },
        {},
      ])
      expect(await valuesOf([])).toEqual([{}, {}])
      await store.addEdit({
        kind: 'metadata',
        assetIds: [idOf(1), idOf(2)],
        viewId: view,
        changes: { Scene: { mode: 'overwrite', values: ['15'] }, Take: { mode: 'delete', values: ['2'] } },
        base: null,
        createdMs: 1,
      })
      expect(await valuesOf(['Scene', 'Take'])).toEqual([{ Scene: ['15'] }, { Scene: ['15'] }])
    })
  })

  describe('trash', () => {
    it('moves assets between library and trash', async () => {
      await put(assetDocument(1), assetDocument(2))
      await store.setStatus([idOf(1), idOf(77)], 'DELETED')
      expect(await store.counts()).toMatchObject({ assetCount: 1, trashCount: 1 })
      expect(await titles({ trash: true })).toEqual(['A001C001.mov'])
      await store.setStatus([idOf(1)], 'ACTIVE')
      expect(await titles()).toHaveLength(2)
    })

    it('names assets that a full pass did not see', async () => {
      await put(assetDocument(1), assetDocument(2))
      await store.put([mirrorAsset(assetDocument(2))], 2)
      expect(await store.unseen(2, 10)).toEqual([idOf(1)])
    })
  })

  describe('what was read before an edit', () => {
    const [first, second] = [mirrorAsset(assetDocument(1)), mirrorAsset(assetDocument(2))]
    const edit = (kind: 'trash' | 'restore' | 'purge', ...assetIds: AssetId[]) =>
      store.addEdit({ kind, assetIds, viewId: null, changes: {}, base: null, createdMs: 1 })

    it('does not undo what the edit shows, while it waits and after it was sent', async () => {
      await put(assetDocument(1), assetDocument(2))
      const asOf = await store.editMark()
      const editId = await edit('trash', idOf(1))
      await store.setStatus([idOf(1)], 'DELETED')
      // Read before the edit was made, and while it waits.
      for (const mark of [asOf, await store.editMark()]) {
        await store.put([first, second], 3, mark)
        await store.setStatus([idOf(1)], 'ACTIVE', mark)
        await store.rename(idOf(1), 'before.mov', mark)
        await store.remove([idOf(1)], mark)
        expect(await titles({ trash: true })).toEqual(['A001C001.mov'])
      }
      await store.updateEdit(editId, { state: 'done', sentCount: 1 })
      await store.put([first], 3, asOf)
      expect(await titles({ trash: true })).toHaveLength(1)
      // It was seen all the same; what is read from now on is news again.
      expect(await store.unseen(3, 10)).toEqual([])
      await store.put([first], 3, await store.editMark())
      expect(await titles()).toHaveLength(2)
    })

    it('does not bring back what the edit took away', async () => {
      await put(assetDocument(1), assetDocument(2))
      const asOf = await store.editMark()
      const editId = await edit('purge', idOf(1))
      await store.remove([idOf(1)])
      await store.put([first, second], 1, asOf)
      expect(await titles()).toEqual(['A001C002.mov'])
      await store.updateEdit(editId, { state: 'failed', reason: 'refused' })
      await store.put([first], 1, await store.editMark())
      expect(await titles()).toHaveLength(2)
    })
  })

  describe('collections', () => {
    beforeEach(async () => {
      await store.putCollections([
        collection(500, 'Reels'),
        collection(501, 'Day 2', 500),
        collection(502, 'Day 10', 500),
        collection(503, 'Orphan', 999),
      ])
      await put(
        assetDocument(1, { inCollections: [idOf<CollectionId>(501), idOf<CollectionId>(502)] }),
        assetDocument(2, { inCollections: [idOf<CollectionId>(502)] }),
      )
    })

    it('shows a tree by title with counts of what is in and below, each asset once', async () => {
      const top = await store.children(null)
      expect(top.map(({ title, assetCount, hasChildren }) => [title, assetCount, hasChildren])).toEqual([
        ['Orphan', 0, false],
        ['Reels', 2, true],
      ])
      const days = await store.children(idOf<CollectionId>(500))
      expect(days.map(({ title, assetCount }) => [title, assetCount])).toEqual([
        ['Day 2', 1],
        ['Day 10', 2],
      ])
    })

    it('looks in a collection, with or without what is below', async () => {
      const collectionId = idOf<CollectionId>(500)
      expect(await titles({ collectionId })).toHaveLength(2)
      expect(await titles({ collectionId, includeSubcollections: false })).toEqual([])
    })

    it('follows membership, and names the way to a collection', async () => {
      await store.setMembership(idOf<CollectionId>(503), [idOf(2)], true)
      await store.setMembership(idOf<CollectionId>(502), [idOf(2)], false)
      expect(await titles({ collectionId: idOf<CollectionId>(502) })).toHaveLength(1)
      expect((await store.get(idOf(2)))?.collections).toEqual([{ id: idOf(503), path: ['Orphan'] }])
      expect(await store.findCollections('day', 5)).toMatchObject([
        { path: ['Reels', 'Day 2'] },
        { path: ['Reels', 'Day 10'] },
      ])
    })

    it('drops collections that are gone', async () => {
      expect(await store.keepCollections([idOf<CollectionId>(500)])).toBe(true)
      expect(await store.children(null)).toHaveLength(1)
      expect(await store.keepCollections([idOf<CollectionId>(500)])).toBe(false)
    })
  })

  describe('edits and kept answers', () => {
    const edit = {
      kind: 'metadata' as const,
      assetIds: [idOf(1)],
      viewId: view,
      changes: { Scene: { mode: 'overwrite' as const, values: ['1'] } },
      base: null,
      createdMs: 5,
    }

    it('lets a small edit go before a large one, unless they share an asset', async () => {
      const many = Array.from({ length: 600 }, (_, number) => idOf(number + 100))
      const large = await store.addEdit({ ...edit, assetIds: many })
      const same = await store.addEdit({ ...edit, assetIds: [idOf(100)] })
      expect((await store.nextEdit())?.id).toBe(large)
      const other = await store.addEdit({ ...edit, assetIds: [idOf(1)] })
      expect((await store.nextEdit())?.id).toBe(other)
      for (const id of [large, other]) await store.removeEdit(id)
      expect((await store.nextEdit())?.id).toBe(same)
    })
    it('keeps edits in order until they are removed', async () => {
      const first = await store.addEdit(edit)
      await store.addEdit({ ...edit, assetIds: [idOf(2)] })
      expect(await store.counts()).toMatchObject({ pendingEdits: 2 })
      expect((await store.editsOf(idOf(1), view)).map(({ id }) => id)).toEqual([first])
      await store.updateEdit(first, { state: 'conflict', theirs: { Scene: ['9'] } })
      expect(await store.edits('conflict', 10)).toMatchObject([
        { id: first, ...edit, theirs: { Scene: ['9'] } },
      ])
      await store.removeEdit(first)
      expect(await store.editsOf(idOf(1), view)).toEqual([])
    })

    it('gives back what was kept, and null for what never was', async () => {
      await store.keep('view', 'a', { name: 'Slate' })
      expect([await store.kept('view', 'a'), await store.kept('view', 'b')]).toEqual([
        { name: 'Slate' },
        null,
      ])
      await store.setNote('cursor', 'x')
      expect([await store.note('cursor'), await store.note('none')]).toEqual(['x', null])
    })

    it('keeps facts that were read apart when the asset is put again', async () => {
      await put(assetDocument(1))
      await store.setFacts(idOf(1), {
        width: 1920,
        height: 1080,
        frameRate: 25,
        startTimecode: '01:00:00:00',
      })
      await put(assetDocument(1, { title: 'new' }))
      expect(await store.get(idOf(1))).toMatchObject({ title: 'new', width: 1920, frameRate: 25 })
    })
  })
}
