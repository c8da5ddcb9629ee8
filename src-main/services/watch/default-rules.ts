import type { WatchRules } from '@contract/watch-folders.ts'

export const DEFAULT_RULES: WatchRules = {
  collectionId: null,
  collectionPath: null,
  mirrorTree: false,
  storageId: null,
  duplicates: 'skip',
  changed: 'version',
  access: 'default',
  sequences: 'auto',
  viewId: null,
  metadata: {},
  pathPattern: null,
  title: null,
  settleSeconds: 5,
  groupSettleSeconds: 60,
  ignore: [],
  watcher: 'events',
  pollSeconds: 30,
  after: { do: 'leave' },
}
