import { expect, it } from 'vitest'
import type { UploadRow } from '@contract/uploads.ts'
import { ferry } from '@renderer/client/index.ts'
import { useAssetUploads } from '@renderer/stores/asset-uploads.ts'
import { assetIdOf } from '@test/support/fake-main/assets.ts'
import { freshPage, settle } from '../support/page.ts'

it('tells of each asset what its upload is at, from one call, and follows what changes', async () => {
  const { main } = freshPage({ assets: 60, uploads: 20 })
  const uploads = useAssetUploads()
  uploads.start()
  uploads.start()
  await settle()
  const calls = main.calls.filter(({ method }) => method === 'uploads.list')
  expect(calls).toHaveLength(1)
  // Uploads 0 and 1 failed, 2 to 4 are being sent, 5 is checked; what waits has no asset yet.
  expect([8, 10, 13].map((asset) => uploads.of(assetIdOf(asset))?.state)).toEqual([
    'failed',
    'uploading',
    'checking',
  ])
  expect(uploads.of(assetIdOf(10))?.share).toBeCloseTo(0.46)
  expect(uploads.of(assetIdOf(30))).toBeNull()

  const window = { offset: 0, limit: 2 }
  const { rows } = await ferry().call('uploads.list', { filter: { states: ['uploading'] }, window })
  const [first, second] = rows as [UploadRow, UploadRow]
  const summary = await ferry().call('uploads.summary', {})
  main.emit('uploads.changed', {
    revision: 9,
    rows: [
      { ...first, state: 'done' },
      { ...second, state: 'cancelled' },
    ],
    listChanged: false,
    summary,
  })
  await settle()
  expect(uploads.of(assetIdOf(10))?.state).toBe('done')
  expect(uploads.of(assetIdOf(11))).toBeNull()
})
