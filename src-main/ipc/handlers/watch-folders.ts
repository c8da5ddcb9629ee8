import type { Handlers } from '@contract/index.ts'
import type { AttentionRow, CardView, WatchFolderView, WatchRules } from '@contract/watch-folders.ts'

/** What the handlers need of the service; its own preview included. */
export interface WatchFolderCalls {
  list(): WatchFolderView[]
  add(path: string, rules: Partial<WatchRules>, paused: boolean): Promise<WatchFolderView>
  update(id: WatchFolderView['id'], rules: Partial<WatchRules>): WatchFolderView
  remove(id: WatchFolderView['id']): Promise<void>
  pause(id: WatchFolderView['id'], paused: boolean): Promise<void>
  rescan(id: WatchFolderView['id']): void
  cards(id: WatchFolderView['id'], signal: AbortSignal): Promise<CardView[]>
  releaseCard(id: WatchFolderView['id'], path: string): number
  attention(id: WatchFolderView['id']): AttentionRow[]
  retry(id: WatchFolderView['id'], paths: readonly string[]): void
  preview: (
    path: string,
    rules: Partial<WatchRules>,
    signal: AbortSignal,
  ) => ReturnType<Handlers['watchFolders.preview']>
}

export function watchFolderHandlers(folders: WatchFolderCalls) {
  return {
    'watchFolders.list': async () => folders.list(),
    'watchFolders.add': ({ path, rules, paused }) => folders.add(path, rules, paused),
    'watchFolders.update': async ({ id, rules }) => folders.update(id, rules),
    'watchFolders.remove': async ({ id }) => {
      await folders.remove(id)
      return null
    },
    'watchFolders.pause': async ({ id, paused }) => {
      await folders.pause(id, paused)
      return null
    },
    'watchFolders.rescan': async ({ id }) => {
      folders.rescan(id)
      return null
    },
    'watchFolders.cards': ({ id }, { signal }) => folders.cards(id, signal),
    'watchFolders.releaseCard': async ({ id, path }) => ({ files: folders.releaseCard(id, path) }),
    'watchFolders.attention': async ({ id }) => folders.attention(id),
    'watchFolders.retry': async ({ id, paths }) => {
      folders.retry(id, paths)
      return null
    },
    'watchFolders.preview': ({ path, rules }, { signal }) => folders.preview(path, rules, signal),
  } satisfies Pick<
    Handlers,
    | 'watchFolders.list'
    | 'watchFolders.add'
    | 'watchFolders.update'
    | 'watchFolders.remove'
    | 'watchFolders.pause'
    | 'watchFolders.rescan'
    | 'watchFolders.cards'
    | 'watchFolders.releaseCard'
    | 'watchFolders.attention'
    | 'watchFolders.retry'
    | 'watchFolders.preview'
  >
}
