import { afterEach, describe, expect, it } from 'vitest'
import type { AssetDetail } from '@contract/assets.ts'
import PreviewStage from '@renderer/features/inspector/PreviewStage.vue'
import { rowOf } from '@test/support/fake-main/assets.ts'
import { freshPage, mountOnPage } from '../../support/page.ts'

let unmount = () => {}
afterEach(() => unmount())

const proxy = { url: '/media/proxy', width: null, height: null, frameRate: 25, startTimecode: null }
const detailOf = (row: ReturnType<typeof rowOf>, more: Partial<AssetDetail>): AssetDetail => ({
  ...row,
  externalId: null,
  createdBy: '',
  updatedBy: '',
  collections: [],
  versions: [],
  proxy: null,
  imageUrl: null,
  webUrl: null,
  ...more,
})
function open(index: number, more: Partial<AssetDetail>) {
  const row = rowOf(index, 24)
  const page = mountOnPage(PreviewStage, freshPage().pinia, { row, detail: detailOf(row, more) })
  unmount = () => page.unmount()
  return { page, row }
}

describe('the preview of an asset', () => {
  it('plays the proxy of a clip', () => {
    expect(open(0, { proxy }).page.get('video').attributes('src')).toBe('/media/proxy')
  })
  it('shows a picture as a picture, although iconik calls its preview a proxy too', () => {
    const { page, row } = open(17, { proxy })
    expect(row.mediaType).toBe('image')
    expect(page.find('video').exists()).toBe(false)
    expect(page.get('img').attributes('src')).toBe(row.posterUrl)
  })
  it('says so where there is nothing to show yet', () => {
    expect(open(11, {}).page.text()).toContain('No preview yet')
  })
})
