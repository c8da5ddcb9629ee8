import { defineStore } from 'pinia'
import { computed } from 'vue'
import type { DownloadView } from '@contract/downloads.ts'
import type { AssetId } from '@contract/ids.ts'
import { ferry } from '../client/index.ts'
import { strings } from '../lib/strings/index.ts'
import { mirror } from './mirror.ts'

/** Files on their way to folders of this machine. */
export const useDownloads = defineStore('downloads', () => {
  const { state, error, start } = mirror<DownloadView[]>({
    fetch: () => ferry().call('downloads.list', {}),
    listen: (apply) => ferry().on('downloads.changed', apply),
  })
  const rows = computed(() => state.value ?? [])
  return {
    rows,
    error,
    start,
    open: computed(() => rows.value.filter((row) => row.state === 'waiting' || row.state === 'loading')),
    failed: computed(() => rows.value.filter((row) => row.state === 'failed')),
    /** Asks for a folder first; nothing happens when none is chosen. */
    async get(assetIds: AssetId[], what: 'originals' | 'proxies'): Promise<void> {
      const folder = await ferry().call('shell.pickFolder', { title: strings.downloads.pick })
      if (folder !== null) await ferry().call('downloads.start', { assetIds, what, folder })
    },
    cancel: (ids: string[]) => ferry().call('downloads.cancel', { ids }),
    retry: (ids: string[]) => ferry().call('downloads.retry', { ids }),
    clear: () => ferry().call('downloads.clear', {}),
    reveal: (path: string) => ferry().call('shell.reveal', { path }),
  }
})
