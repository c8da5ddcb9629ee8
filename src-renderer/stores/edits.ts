import { defineStore } from 'pinia'
import { computed, onScopeDispose, shallowRef } from 'vue'
import type { EditView } from '@contract/edits.ts'
import type { ErrorView } from '@contract/errors.ts'
import { ferry, isCancelled, toErrorView } from '../client/index.ts'
import { useAccounts } from './accounts.ts'

/** Edits on their way to the server, and the last that arrived. */
export const useEdits = defineStore('edits', () => {
  const accounts = useAccounts()
  const rows = shallowRef<readonly EditView[]>([])
  const error = shallowRef<ErrorView | null>(null)
  let unlisten: (() => void) | undefined
  onScopeDispose(() => unlisten?.())

  async function attempt(work: () => Promise<unknown>): Promise<void> {
    error.value = null
    try {
      await work()
    } catch (failure) {
      if (!isCancelled(failure)) error.value = toErrorView(failure)
    }
  }
  const read = () =>
    attempt(async () => {
      rows.value = await ferry().call('edits.list', {})
    })
  const act = (method: 'edits.undo' | 'edits.retry' | 'edits.stop') => (id: number) =>
    attempt(async () => {
      const accountId = accounts.current?.id
      if (!accountId) return
      await ferry().call(method, { id, accountId })
      await read()
    })
  return {
    rows,
    error,
    waiting: computed(() => rows.value.filter(({ state }) => state === 'waiting')),
    needing: computed(() => rows.value.filter(({ state }) => state === 'failed' || state === 'conflict')),
    async start(): Promise<void> {
      unlisten ??= ferry().on('edits.changed', () => void read())
      await read()
    },
    undo: act('edits.undo'),
    retry: act('edits.retry'),
    stop: act('edits.stop'),
  }
})
