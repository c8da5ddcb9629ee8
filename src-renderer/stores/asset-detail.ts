import { defineStore } from 'pinia'
import { effectScope, shallowRef, watch } from 'vue'
import type { AssetDetail, FormatView } from '@contract/assets.ts'
import type { ErrorView } from '@contract/errors.ts'
import type { AssetId } from '@contract/ids.ts'
import type { JobView } from '@contract/jobs.ts'
import { ferry, isCancelled, toErrorView } from '../client/index.ts'
import { useLibrary } from './library.ts'
import { useSelection } from './selection.ts'

/** Passing over rows with the arrow keys asks nothing of main until one rests this long. */
const REST_MS = 90

/** Everything about the current asset that its row does not hold. What was read stays until newer is there. */
export const useAssetDetail = defineStore('assetDetail', () => {
  const selection = useSelection()
  const library = useLibrary()
  const detail = shallowRef<AssetDetail | null>(null)
  const formats = shallowRef<readonly FormatView[] | null>(null)
  const jobs = shallowRef<readonly JobView[] | null>(null)
  const error = shallowRef<ErrorView | null>(null)
  let abort = new AbortController()
  let resting: ReturnType<typeof setTimeout> | undefined
  let started = false
  /** Of the store: a watch made within the page that asked first would end when that page is left. */
  const own = effectScope()

  async function read(id: AssetId): Promise<void> {
    abort.abort()
    abort = new AbortController()
    const { signal } = abort
    const client = ferry()
    const filter = { assetId: id }
    const [asset, files, work] = await Promise.allSettled([
      client.call('assets.get', { id }, { signal }),
      client.call('assets.formats', { id }, { signal }),
      client.call('jobs.list', { filter, window: { offset: 0, limit: 20 } }, { signal }),
    ])
    if (signal.aborted) return
    const failed = [asset, files].find((result) => result.status === 'rejected')
    error.value = failed && !isCancelled(failed.reason) ? toErrorView(failed.reason) : null
    if (asset.status === 'fulfilled') detail.value = asset.value
    if (files.status === 'fulfilled') formats.value = files.value
    if (work.status === 'fulfilled') jobs.value = work.value.rows
  }
  function follow(id: AssetId | undefined): void {
    clearTimeout(resting)
    if (!id) {
      abort.abort()
      detail.value = null
      return
    }
    if (detail.value && detail.value.id !== id) {
      detail.value = null
      formats.value = null
      jobs.value = null
      error.value = null
    }
    resting = setTimeout(() => void read(id), REST_MS)
  }
  return {
    detail,
    formats,
    jobs,
    error,
    start(): void {
      if (started) return
      started = true
      own.run(() =>
        watch(
          () => [selection.current?.id, library.state?.revision] as const,
          ([id]) => follow(id),
          { immediate: true },
        ),
      )
    },
    async rename(id: AssetId, title: string): Promise<void> {
      await ferry().call('assets.rename', { id, title })
    },
    retry: () => follow(selection.current?.id),
  }
})
