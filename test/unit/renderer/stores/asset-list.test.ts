import { describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { useAssetList } from '@renderer/stores/asset-list.ts'
import { useLibrary } from '@renderer/stores/library.ts'
import { useSelection } from '@renderer/stores/selection.ts'
import { assetIdOf } from '@test/support/fake-main/assets.ts'
import { freshPage, settle } from '../support/page.ts'

async function openList(options: Parameters<typeof freshPage>[0] = { assets: 1_000_000 }) {
  const page = freshPage(options)
  await useLibrary().start()
  const list = useAssetList()
  list.start()
  await settle()
  return { ...page, list, library: useLibrary(), selection: useSelection() }
}
const queries = (main: ReturnType<typeof freshPage>['main']) =>
  main.calls.filter((call) => call.method === 'assets.query')

describe('the list of assets', () => {
  it('reads one page of a million rows to begin with', async () => {
    const { main, list } = await openList()
    expect(list.total).toBe(1_000_000)
    expect(list.rowAt(0)?.id).toBe(assetIdOf(0))
    expect(queries(main)).toHaveLength(1)
  })
  it('reads only the pages in sight', async () => {
    const { main, list } = await openList()
    list.ensure(700_050, 700_120)
    await settle()
    expect(list.rowAt(700_060)?.id).toBe(assetIdOf(700_060))
    expect(list.rowAt(350_000)).toBeUndefined()
    const offsets = queries(main).map((call) => (call.input as { window: { offset: number } }).window.offset)
    expect(offsets).toEqual([0, 700_050, 700_100])
  })
  it('gives up pages that were passed over', async () => {
    const { list } = await openList({ assets: 1_000_000, delayMs: 5 })
    for (let place = 0; place < 900_000; place += 50_000) list.ensure(place, place + 40)
    list.ensure(950_000, 950_040)
    await vi.waitFor(() => expect(list.rowAt(950_010)?.id).toBe(assetIdOf(950_010)))
    expect(list.rowAt(400_010)).toBeUndefined()
    expect(list.error).toBeNull()
  })
  it.each([60, 5000])(
    'asks ten times a second while the list is dragged by %i rows a frame',
    async (rows) => {
      const { main, list } = await openList()
      const before = queries(main).length
      const startMs = performance.now()
      for (let step = 1; step <= 60; step += 1) {
        list.ensure(step * rows, step * rows + 40)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      const tookMs = performance.now() - startMs
      await vi.waitFor(() => expect(list.rowAt(60 * rows + 10)).toBeDefined())
      const dragged = queries(main).length - before
      expect(dragged).toBeGreaterThan(1)
      // What is in sight may lie in two pages.
      expect(dragged).toBeLessThanOrEqual(2 * (Math.ceil(tookMs / 100) + 2))
      expect(list.rushing).toBe(true)
      await vi.waitFor(() => expect(list.rushing).toBe(false))
    },
  )
  it('asks at once while the list is rolled', async () => {
    const { list } = await openList()
    for (let step = 1; step <= 12; step += 1) {
      list.ensure(step * 35, step * 35 + 40)
      await settle()
      expect([list.rowAt(step * 35 + 40) !== undefined, list.rushing]).toEqual([true, false])
    }
  })
  it('keeps what was found in sight until the next answer, then starts from the top', async () => {
    const { list, library } = await openList({ assets: 2000, delayMs: 5 })
    await new Promise((resolve) => setTimeout(resolve, 30))
    library.text = 'DJI'
    await nextTick()
    expect(list.settling).toBe(true)
    expect(list.rowAt(0)?.title).toBe('A014C001_260322_R1K7'.replace('22', '18'))
    await new Promise((resolve) => setTimeout(resolve, 40))
    expect(list.rowAt(0)?.title).toMatch(/^DJI/)
    expect(list.total).toBe(87)
  })
  it('reads again what is in sight when the library changed', async () => {
    const { main, list, selection } = await openList({ assets: 500 })
    selection.only(3)
    await main.call({ kind: 'call', v: 1, id: 't', method: 'assets.trash', input: { ids: [assetIdOf(0)] } })
    await settle()
    expect(list.total).toBe(499)
    expect(list.rowAt(0)?.id).toBe(assetIdOf(1))
    expect(selection.currentIndex).toBe(2)
  })
  it('says why it could not be read, and reads when asked again', async () => {
    let broken = true
    const page = freshPage({ assets: 10 })
    const { main } = page
    const call = main.call.bind(main)
    main.call = (frame) => {
      const isQuery = frame.kind === 'call' && frame.method === 'assets.query'
      if (!isQuery || !broken) return call(frame)
      const error = {
        code: 'store.failed' as const,
        message: 'disk I/O error',
        retry: { when: 'later' as const },
        details: {},
      }
      return Promise.resolve({ ok: false, error })
    }
    const list = useAssetList()
    list.start()
    await settle()
    expect(list.error).toMatchObject({ code: 'store.failed', message: 'disk I/O error' })
    broken = false
    list.retry()
    await settle()
    expect(list.error).toBeNull()
    expect(list.total).toBe(10)
  })
})

describe('a list in groups', () => {
  it('asks for the groups once, with the first rows, and names them together with those', async () => {
    const { main, list, library } = await openList({ assets: 300 })
    expect(list.groups).toBeNull()
    library.groupBy = 'media_type'
    await nextTick()
    expect(list.groups).toBeNull()
    await settle()
    expect(list.groups?.groups.map(({ value }) => value)).toEqual(['audio', 'document', 'image', 'video'])
    expect(list.groups?.groups.reduce((sum, { count }) => sum + count, 0)).toBe(list.total)
    expect(list.rowAt(0)?.mediaType).toBe('audio')
    list.ensure(150, 260)
    await settle()
    expect(main.calls.filter(({ method }) => method === 'assets.groups')).toHaveLength(1)
    library.groupBy = null
    await settle()
    expect(list.groups).toBeNull()
    expect(list.rowAt(0)?.id).toBe(assetIdOf(0))
  })
  it('counts anew when the library changed', async () => {
    const { main, list, library } = await openList({ assets: 60 })
    library.groupBy = 'media_type'
    await settle()
    const audio = () => list.groups?.groups.find(({ value }) => value === 'audio')?.count
    expect(audio()).toBe(3)
    await main.call({ kind: 'call', v: 1, id: 't', method: 'assets.trash', input: { ids: [assetIdOf(11)] } })
    await settle()
    expect(audio()).toBe(2)
    expect(list.total).toBe(59)
  })
})

describe('the selection', () => {
  it('selects a range over rows that were never read', async () => {
    const { selection, list } = await openList()
    selection.only(10)
    list.ensure(5000, 5010)
    await settle()
    await selection.extendTo(5009)
    expect(selection.count).toBe(5000)
    expect(selection.has(assetIdOf(2500))).toBe(true)
    expect(selection.current?.id).toBe(assetIdOf(5009))
  })
  it('shrinks and turns a range round its anchor', async () => {
    const { selection } = await openList({ assets: 50 })
    selection.only(20)
    await selection.extendTo(30)
    await selection.extendTo(15)
    expect([...selection.ids]).toEqual([15, 16, 17, 18, 19, 20].map(assetIdOf))
  })
  it('selects all, up to what can be acted on at once', async () => {
    const { selection } = await openList()
    await selection.all()
    expect(selection.count).toBe(100_000)
  })
  it('goes on to the next row when what was selected leaves', async () => {
    const { main, selection } = await openList({ assets: 50 })
    selection.only(4)
    selection.passOn()
    await main.call({ kind: 'call', v: 1, id: 't', method: 'assets.trash', input: { ids: [assetIdOf(4)] } })
    await settle()
    expect(selection.currentIndex).toBe(4)
    expect(selection.current?.id).toBe(assetIdOf(5))
    expect([...selection.ids]).toEqual([assetIdOf(5)])
  })
})
