import { defineStore } from 'pinia'
import { computed, onScopeDispose, shallowRef } from 'vue'
import type { DownloadChange, DownloadCounts, DownloadView } from '@contract/downloads.ts'
import type { ErrorView } from '@contract/errors.ts'
import type { AssetId } from '@contract/ids.ts'
import { ferry, isCancelled, toErrorView } from '../client/index.ts'
import { strings } from '../lib/strings/index.ts'

/** The newest are shown; the rest is counted. */
const SHOWN = 200
/** However fast small files arrive, the list is read again this often. */
const READ_EVERY_MS = 1000

/** Files on their way to folders of this machine: how many there are, and the newest of them. */
export const useDownloads = defineStore('downloads', () => {
  const rows = shallowRef<readonly DownloadView[]>([])
  const total = shallowRef(0)
  const counts = shallowRef<DownloadCounts | null>(null)
  const error = shallowRef<ErrorView | null>(null)
  let unlisten: (() => void) | undefined
  let reading: ReturnType<typeof setTimeout> | undefined
  onScopeDispose(() => {
    unlisten?.()
    clearTimeout(reading)
  })

  async function read(): Promise<void> {
    try {
      const answer = await ferry().call('downloads.list', { window: { offset: 0, limit: SHOWN } })
      rows.value = answer.rows
      total.value = answer.total
      counts.value = answer.counts
      error.value = null
    } catch (failure) {
      if (!isCancelled(failure)) error.value = toErrorView(failure)
    }
  }
  function take(change: DownloadChange): void {
    counts.value = change.counts
    const newer = new Map(change.rows.map((row) => [row.id, row]))
    if (rows.value.some(({ id }) => newer.has(id)))
      rows.value = rows.value.map((row) => newer.get(row.id) ?? row)
    if (!change.listChanged) return
    if (rows.value.length === 0) void read()
    else
      reading ??= setTimeout(() => {
        reading = undefined
        void read()
      }, READ_EVERY_MS)
  }
  return {
    rows,
    error,
    /** How many there are besides those in `rows`. */
    moreCount: computed(() => Math.max(0, total.value - rows.value.length)),
    openCount: computed(() => (counts.value ? counts.value.waiting + counts.value.loading : 0)),
    failedCount: computed(() => counts.value?.failed ?? 0),
    async start(): Promise<void> {
      unlisten ??= ferry().on('downloads.changed', take)
      await read()
    },
    /** Asks for a folder first; nothing happens when none is chosen. */
    async get(assetIds: AssetId[], what: 'originals' | 'proxies'): Promise<void> {
      const folder = await ferry().call('shell.pickFolder', { title: strings.downloads.pick })
      if (folder !== null) await ferry().call('downloads.start', { assetIds, what, folder })
    },
    cancel: (ids: string[]) => ferry().call('downloads.cancel', { ids }),
    retry: (ids: string[]) => ferry().call('downloads.retry', { ids }),
    async clear(): Promise<void> {
      await ferry().call('downloads.clear', {})
      await read()
    },
    reveal: (path: string) => ferry().call('shell.reveal', { path }),
  }
})
