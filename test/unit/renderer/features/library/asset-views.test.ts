import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import AssetGrid from '@renderer/features/library/AssetGrid.vue'
import AssetTable from '@renderer/features/library/AssetTable.vue'
import { useAssetList } from '@renderer/stores/asset-list.ts'
import { useSettings } from '@renderer/stores/settings.ts'
import { useSelection } from '@renderer/stores/selection.ts'
import { assetIdOf } from '@test/support/fake-main/assets.ts'
import { freshPage, mountOnPage, settle } from '../../support/page.ts'

/** The test page lays nothing out, so every element is told that it is as large as this. */
class WideObserver implements ResizeObserver {
  readonly #report: ResizeObserverCallback
  constructor(report: ResizeObserverCallback) {
    this.#report = report
  }
  observe(target: Element): void {
    const contentRect = { width: 2560, height: 1440 } as DOMRectReadOnly
    const size = [{ inlineSize: 2560, blockSize: 1440 }]
    const entry = {
      target,
      contentRect,
      contentBoxSize: size,
      borderBoxSize: size,
    } as unknown as ResizeObserverEntry
    this.#report([entry], this)
  }
  unobserve(): void {}
  disconnect(): void {}
}
beforeEach(() => void vi.stubGlobal('ResizeObserver', WideObserver))
let unmount = () => {}
afterEach(() => {
  unmount()
  vi.unstubAllGlobals()
})

async function open(view: typeof AssetGrid | typeof AssetTable, assets: number, group = '') {
  const { main, pinia } = freshPage({ assets, group })
  await useSettings().start()
  useAssetList().start()
  await settle()
  const page = mountOnPage(view, pinia, { endPx: 16 })
  unmount = () => page.unmount()
  await settle()
  const list = page.get('[data-first-stop]')
  const press = async (key: string, more: object = {}) => {
    await list.trigger('keydown', { key, ...more })
    await settle()
  }
  return { page, list, press, main, selection: useSelection() }
}

describe.each([
  ['grid', AssetGrid],
  ['table', AssetTable],
] as const)('a million assets in the %s', (_, view) => {
  it('keep fewer than 300 rows in the document, at the start and at the end', async () => {
    const { page, press } = await open(view, 1_000_000)
    const rows = () => page.findAll('[id^="asset-"]')
    expect(rows().length).toBeGreaterThan(30)
    expect(rows().length).toBeLessThan(300)
    await press('End')
    expect(rows().length).toBeLessThan(300)
    expect(page.find('#asset-999999').exists()).toBe(true)
    expect(page.find('#asset-0').exists()).toBe(false)
  })
  it('are one tab stop, and the keyboard reaches the last of them', async () => {
    const { list, press, selection } = await open(view, 1_000_000)
    expect(list.attributes('tabindex')).toBe('0')
    await press('End')
    expect(list.attributes('aria-activedescendant')).toBe('asset-999999')
    expect(selection.current?.id).toBe(assetIdOf(999_999))
    expect([...selection.ids]).toEqual([assetIdOf(999_999)])
    await press('Home')
    expect(selection.current?.id).toBe(assetIdOf(0))
  })
})

describe('choosing in the table', () => {
  it('takes one by click, more with Ctrl, a range with Shift', async () => {
    const { page, selection } = await open(AssetTable, 50)
    await page.get('#asset-2').trigger('click')
    await page.get('#asset-4').trigger('click', { ctrlKey: true })
    expect([...selection.ids]).toEqual([2, 4].map(assetIdOf))
    await page.get('#asset-6').trigger('click', { shiftKey: true })
    await settle()
    expect([...selection.ids]).toEqual([4, 5, 6].map(assetIdOf))
  })
  it('moves the focus alone with Ctrl, and Ctrl Space takes what it is on', async () => {
    const { press, selection } = await open(AssetTable, 50)
    await press('Home')
    await press('ArrowDown', { ctrlKey: true })
    await press('ArrowDown', { ctrlKey: true })
    expect([...selection.ids]).toEqual([assetIdOf(0)])
    await press(' ', { ctrlKey: true })
    expect([...selection.ids]).toEqual([0, 2].map(assetIdOf))
  })
  it('shows hostile titles as text', async () => {
    const { page } = await open(AssetTable, 50)
    expect(page.get('#asset-21').text()).toContain('<final>')
    expect(page.find('final').exists()).toBe(false)
  })
})

describe.each([
  ['grid', AssetGrid],
  ['table', AssetTable],
] as const)('groups in the %s', (name, view) => {
  it('stand under headings that are read out, what has no value last', async () => {
    const { page, press } = await open(view, 60, 'media_type')
    const role = name === 'grid' ? 'group' : 'rowheader'
    const heads = () => page.findAll(`[role="${role}"]`).map((head) => head.attributes('aria-label'))
    expect(heads()[0]).toBe('Audio, 3 assets')
    await press('End')
    expect(heads().at(-1)).toMatch(/^Video, \d+ assets$/)
    expect(page.find('#asset-59').exists()).toBe(true)
  })
  it('are walked through by arrow keys and selected across', async () => {
    const { press, selection, page } = await open(view, 60, 'media_type')
    await press('Home')
    for (let step = 0; step < 3; step += 1) await press(name === 'grid' ? 'ArrowRight' : 'ArrowDown')
    expect(selection.currentIndex).toBe(3)
    expect(selection.current?.mediaType).toBe('document')
    await page.get('#asset-1').trigger('click')
    await page.get('#asset-4').trigger('click', { shiftKey: true })
    await settle()
    expect([...selection.ids]).toEqual([34, 57, 21, 44].map(assetIdOf))
  })
})
