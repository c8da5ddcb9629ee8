import { defineStore } from 'pinia'
import { effectScope, shallowRef } from 'vue'
import type { AssetId } from '@contract/ids.ts'
import type { UploadRow, UploadState } from '@contract/uploads.ts'
import { ferry } from '../client/index.ts'
import { hear } from './hear.ts'

/** What the queue has to say about an asset. */
export interface AssetUpload {
  readonly state: UploadState
  /** Sent of the whole, 0 to 1. */
  readonly share: number
}

/** States that are told on an asset; what only waits has none yet. */
const TOLD = ['preparing', 'uploading', 'checking', 'failed', 'paused'] as const satisfies UploadState[]
const MOST_READ = 500
const MOST_KEPT = 2000

/** Uploads on their way by the asset that they fill, for the lists of the library. One call for all of them. */
export const useAssetUploads = defineStore('assetUploads', () => {
  const uploads = shallowRef<ReadonlyMap<AssetId, AssetUpload>>(new Map())
  let started = false
  /** Of the store, not of the list that asks first. */
  const own = effectScope()

  function take(rows: readonly UploadRow[], isWhole: boolean): void {
    const next = new Map(isWhole ? [] : uploads.value)
    for (const { assetId, state, sentBytes, sizeBytes } of rows) {
      if (assetId === null) continue
      next.delete(assetId)
      // A proven one is kept as such: the row in the list may be older.
      if (state === 'done' || (TOLD as readonly UploadState[]).includes(state))
        next.set(assetId, { state, share: sizeBytes > 0 ? Math.min(1, sentBytes / sizeBytes) : 0 })
    }
    for (const oldest of next.keys()) {
      if (next.size <= MOST_KEPT) break
      next.delete(oldest)
    }
    uploads.value = next
  }
  async function read(): Promise<void> {
    try {
      const filter = { states: [...TOLD] }
      const { rows } = await ferry().call('uploads.list', { filter, window: { offset: 0, limit: MOST_READ } })
      take(rows, true)
    } catch (failure) {
      // Lists do without; the page of uploads tells what is wrong with the queue.
      reportError(failure)
    }
  }
  return {
    of: (id: AssetId) => uploads.value.get(id) ?? null,
    start(): void {
      if (started) return
      started = true
      own.run(() => {
        hear('uploads.changed', ({ rows }) => {
          if (rows.some(({ assetId }) => assetId !== null)) take(rows, false)
        })
        hear('accounts.changed', () => void read())
      })
      void read()
    },
  }
})
