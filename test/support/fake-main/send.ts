import type { Handlers } from '@contract/index.ts'
import { BatchId, StorageId, ViewId } from '@contract/ids.ts'
import type { StorageView } from '@contract/settings.ts'

const viewOf = (number: number) => ViewId.parse(`00000000-0000-1000-a000-00000000000${number}`)

/** An account that takes most of what a workspace holds, and a storage that can be mounted. */
export function fakeSend(storages: readonly StorageView[]): Partial<Handlers> {
  let shown = [...storages]
  return {
    'settings.storages': async () => shown,
    'settings.mount': async ({ storageId, directory }) => {
      shown = shown.map((storage) =>
        storage.id === storageId
          ? { ...storage, mountedAt: directory, takesBytes: directory !== null, reason: null }
          : storage,
      )
      return shown
    },
    'send.plan': async ({ assetIds, again, viewId, storageId }) => {
      const count = assetIds?.length ?? 184
      return {
        newCount: count + (again ? 2 : 0),
        versionCount: 1,
        sizeBytes: count * 812_000_000,
        sentCount: 12,
        deletedCount: 2,
        left: [
          {
            title: '<b>A014C013</b>_260318_R1K7.mxf',
            reason: 'Its upload to the workspace is not complete.',
          },
          { title: 'Placeholder for the drone', reason: 'It has no file.' },
        ],
        leftCount: 2,
        isCut: false,
        views: [
          { id: viewOf(1), name: 'Clip' },
          { id: viewOf(2), name: 'Rights' },
        ],
        viewId: viewId === 'none' ? null : (viewId ?? viewOf(1)),
        fieldsLeft:
          viewId === 'none'
            ? []
            : [
                { label: 'Status', reason: 'missing' as const, assetCount: 31 },
                { label: 'Camera', reason: 'option' as const, assetCount: 4 },
              ],
        collectionCount: 7,
        storages: shown,
        blockers:
          storageId === StorageId.parse('00000000-0000-1000-9000-000000000002')
            ? ['Nothing can be sent to halden-lucidlink. No folder on this machine is set for it.']
            : [],
      }
    },
    'send.start': async () => ({ batchId: BatchId.parse('sent'), queuedCount: 185 }),
  }
}
