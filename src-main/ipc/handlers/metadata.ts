import type { Handlers } from '@contract/index.ts'
import type { Metadata } from '../../services/library/metadata.ts'

export function metadataHandlers(metadata: Metadata) {
  return {
    'metadata.views': (_, { signal }) => metadata.views(signal),
    'metadata.categories': ({ objectType }, { signal }) => metadata.categories(objectType, signal),
    'metadata.view': ({ id }, { signal }) => metadata.view(id, signal),
    'metadata.values': ({ assetId, viewId }, { signal }) => metadata.values(assetId, viewId, signal),
    'metadata.summary': ({ assetIds, viewId }) => metadata.summary(assetIds, viewId),
    'metadata.edit': ({ assetIds, viewId, changes, base }) => metadata.edit(assetIds, viewId, changes, base),
    'metadata.resolveConflict': async ({ assetId, viewId, field, keep }) => {
      await metadata.resolveConflict(assetId, viewId, field, keep)
      return null
    },
  } satisfies Partial<Handlers>
}
