import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { ErrorView } from '@contract/errors.ts'
import type { WatchFolderId } from '@contract/ids.ts'
import type { Input, Output } from '@contract/index.ts'
import type { WatchFolderView, WatchRules } from '@contract/watch-folders.ts'
import { ferry, isCancelled, toErrorView } from '../client/index.ts'
import { hear } from './hear.ts'

export type WatchRulesPreview = Output<'watchFolders.preview'>
type NewRules = Input<'watchFolders.add'>['rules']

/** The watched folders as main last told them. */
export const useWatchFolders = defineStore('watch-folders', () => {
  const folders = shallowRef<readonly WatchFolderView[]>([])
  const isLoaded = ref(false)
  const selectedId = ref<WatchFolderId | null>(null)
  const problem = shallowRef<ErrorView | null>(null)
  /** Rules that were edited and not saved, kept while another folder or section is looked at. */
  const drafts = ref(new Map<WatchFolderId, WatchRules>())
  /** The folder that could not be added, with the reason. */
  const refused = shallowRef<{ path: string; error: ErrorView } | null>(null)

  const selected = computed(
    () => folders.value.find((folder) => folder.id === selectedId.value) ?? folders.value[0] ?? null,
  )
  const watchingCount = computed(
    () => folders.value.filter((folder) => !['away', 'failed', 'paused'].includes(folder.state)).length,
  )
  const needsYouCount = computed(() => folders.value.reduce((sum, folder) => sum + folder.counts.needsYou, 0))

  function take(latest: readonly WatchFolderView[]): void {
    folders.value = latest
    isLoaded.value = true
  }

  function put(view: WatchFolderView): void {
    const known = folders.value.some((folder) => folder.id === view.id)
    folders.value = known
      ? folders.value.map((folder) => (folder.id === view.id ? view : folder))
      : [...folders.value, view]
  }

  const refresh = () => act(async () => take(await ferry().call('watchFolders.list', {})))

  /** Asks for a folder, that takes nothing before its rules were looked at; null when the dialog was closed or the folder was refused. */
  async function addByPicker(): Promise<WatchFolderView | null> {
    const path = await ferry().call('shell.pickFolder', { title: 'Folder to watch' })
    return path === null ? null : add(path, {}, true)
  }

  async function add(path: string, rules: NewRules = {}, paused = false): Promise<WatchFolderView | null> {
    refused.value = null
    try {
      const made = await ferry().call('watchFolders.add', { path, rules, paused })
      put(made)
      selectedId.value = made.id
      return made
    } catch (error) {
      refused.value = { path, error: toErrorView(error) }
      return null
    }
  }

  const save = (id: WatchFolderId, rules: Partial<WatchRules>) =>
    act(async () => {
      put(await ferry().call('watchFolders.update', { id, rules }))
      drafts.value.delete(id)
    })
  const pause = (id: WatchFolderId, paused: boolean) =>
    act(() => ferry().call('watchFolders.pause', { id, paused }))
  const rescan = (id: WatchFolderId) => act(() => ferry().call('watchFolders.rescan', { id }))

  async function remove(id: WatchFolderId): Promise<boolean> {
    const index = folders.value.findIndex((folder) => folder.id === id)
    const done = await act(() => ferry().call('watchFolders.remove', { id }))
    if (!done) return false
    drafts.value.delete(id)
    folders.value = folders.value.filter((folder) => folder.id !== id)
    // The next one takes the place, so that focus and the eye stay where they are.
    selectedId.value = folders.value[Math.min(index, folders.value.length - 1)]?.id ?? null
    return true
  }

  /** What rules would do now; null when a newer question was asked meanwhile. */
  async function preview(
    path: string,
    rules: Partial<WatchRules>,
    signal: AbortSignal,
  ): Promise<WatchRulesPreview | null> {
    try {
      return await ferry().call('watchFolders.preview', { path, rules }, { signal })
    } catch (error) {
      if (isCancelled(error) || signal.aborted) return null
      throw error
    }
  }

  /** Camera cards of a folder, looked at now. Fails as the call does, so that the list can say so in its place. */
  const cards = (id: WatchFolderId, signal: AbortSignal) =>
    ferry().call('watchFolders.cards', { id }, { signal })
  const attention = (id: WatchFolderId, signal: AbortSignal) =>
    ferry().call('watchFolders.attention', { id }, { signal })
  const releaseCard = (id: WatchFolderId, path: string) =>
    act(() => ferry().call('watchFolders.releaseCard', { id, path }))
  const retry = (id: WatchFolderId, paths: string[]) =>
    act(() => ferry().call('watchFolders.retry', { id, paths }))

  const reveal = (path: string) => act(() => ferry().call('shell.reveal', { path }))
  const copy = (words: string) => act(() => ferry().call('shell.copy', { text: words }))

  async function act(action: () => Promise<unknown>): Promise<boolean> {
    problem.value = null
    try {
      await action()
      return true
    } catch (error) {
      problem.value = toErrorView(error)
      return false
    }
  }

  hear('watchFolders.changed', take)
  hear('accounts.changed', () => void refresh())
  void refresh()

  return {
    folders,
    isLoaded,
    selectedId,
    selected,
    drafts,
    watchingCount,
    needsYouCount,
    problem,
    refused,
    refresh,
    addByPicker,
    add,
    save,
    pause,
    rescan,
    remove,
    preview,
    cards,
    attention,
    releaseCard,
    retry,
    reveal,
    copy,
  }
})
