import { defineStore } from 'pinia'
import type { UpdatesView } from '@contract/updates.ts'
import { ferry } from '../client/index.ts'
import { mirror } from './mirror.ts'

/** Newer versions of Ferry. */
export const useUpdates = defineStore('updates', () => {
  const { state, error, start } = mirror<UpdatesView>({
    fetch: () => ferry().call('updates.state', {}),
    listen: (apply) => ferry().on('updates.changed', apply),
  })
  return {
    state,
    error,
    start,
    check: () => ferry().call('updates.check', {}),
    download: () => ferry().call('updates.download', {}),
    reveal: () => ferry().call('updates.reveal', {}),
  }
})
