import type { Handlers } from '@contract/index.ts'
import type { Collections } from '../../services/library/collections.ts'

export function collectionHandlers(collections: Collections) {
  return {
    'collections.children': ({ parentId }) => collections.children(parentId),
    'collections.get': ({ id }, { signal }) => collections.get(id, signal),
    'collections.values': ({ id, viewId }, { signal }) => collections.values(id, viewId, signal),
    'collections.describe': async ({ id, viewId, values, base }) => {
      await collections.describe(id, viewId, values, base)
      return null
    },
    'collections.find': ({ text }) => collections.find(text),
    'collections.create': ({ parentId, title }, { signal }) => collections.create(parentId, title, signal),
    'collections.rename': async ({ id, title }, { signal }) => {
      await collections.rename(id, title, signal)
      return null
    },
    'collections.move': async ({ id, parentId }, { signal }) => {
      await collections.move(id, parentId, signal)
      return null
    },
    'collections.delete': async ({ id }, { signal }) => {
      await collections.delete(id, signal)
      return null
    },
    'collections.addAssets': ({ id, assetIds }) => collections.addAssets(id, assetIds),
    'collections.removeAssets': ({ id, assetIds }) => collections.removeAssets(id, assetIds),
  } satisfies Partial<Handlers>
}
