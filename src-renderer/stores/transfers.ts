import { defineStore } from 'pinia'
import { computed } from 'vue'
import type { UploadSummary } from '@contract/uploads.ts'
import { ferry } from '../client/index.ts'
import { mirror } from './mirror.ts'

/** The figures of the whole queue, for the status bar and the rail. */
export const useTransfers = defineStore('transfers', () => {
  const { state, error, start } = mirror<UploadSummary>({
    fetch: () => ferry().call('uploads.summary', {}),
    listen: (apply) => ferry().on('uploads.changed', ({ summary }) => apply(summary)),
  })
  const count = (name: keyof UploadSummary['counts']) => state.value?.counts[name] ?? 0
  return {
    summary: state,
    error,
    start,
    active: computed(() => count('preparing') + count('uploading') + count('checking')),
    waiting: computed(() => count('waiting') + count('settling')),
    paused: computed(() => count('paused')),
    needsYou: computed(() => count('failed')),
    /** Pauses everything, or lets it go on. */
    async togglePause(): Promise<void> {
      await ferry().call(state.value?.pausedByUser ? 'uploads.resume' : 'uploads.pause', { all: true })
    },
  }
})
