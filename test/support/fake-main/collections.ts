import type { CollectionNode } from '@contract/collections.ts'
import type { CollectionId } from '@contract/ids.ts'
import type { Handlers } from '@contract/index.ts'
import { collectionIdOf } from './assets.ts'
import { FakeFailure } from './bridge.ts'

const SEED: readonly (readonly [number, number | null, string, number])[] = [
  [1, null, 'Low Water', 12_806],
  [2, null, 'Harbour Lights S2', 21_340],
  [3, null, 'Stock and archive', 14_070],
  [4, 1, '01 Camera originals', 4118],
  [5, 1, '02 Sound', 1902],
  [6, 1, '03 VFX turnover', 860],
  [7, 1, '04 Editorial', 118],
  [8, 1, '05 Stills', 5808],
  [9, 4, 'Day 12, Boathouse', 296],
  [10, 4, 'Day 13, Forest road', 341],
  [11, 4, 'Day 14, Jetty', 214],
  [12, 4, 'Day 15, Harbour at night with a title that is long enough to be cut', 0],
]

export function fakeCollections(changed: () => void, empty = false): Partial<Handlers> {
  const nodes = new Map<CollectionId, { parentId: CollectionId | null; title: string; assetCount: number }>()
  let count = SEED.length + 1
  for (const [index, parent, title, assetCount] of empty ? [] : SEED)
    nodes.set(collectionIdOf(index), { parentId: parent ? collectionIdOf(parent) : null, title, assetCount })

  const view = (id: CollectionId): CollectionNode => {
    const node = nodes.get(id)
    if (!node) throw new FakeFailure('api.not-found', `There is no collection ${id}.`)
    return { id, ...node, hasChildren: [...nodes.values()].some((other) => other.parentId === id) }
  }
  const path = (id: CollectionId): string[] => {
    const node = nodes.get(id)
    if (!node) return []
    return [...(node.parentId ? path(node.parentId) : []), node.title]
  }
  return {
    'savedSearches.list': async () => [],
    'savedSearches.counts': async () => [],
    'collections.children': async ({ parentId }) =>
      [...nodes.keys()]
        .map(view)
        .filter((node) => node.parentId === parentId)
        .sort((a, b) => a.title.localeCompare(b.title)),
    'collections.find': async ({ text }) =>
      [...nodes]
        .filter(([, node]) => node.title.toLowerCase().includes(text.toLowerCase()))
        .map(([id]) => ({ id, path: path(id) })),
    'collections.create': async ({ parentId, title }) => {
      const id = collectionIdOf(count)
      count += 1
      nodes.set(id, { parentId, title, assetCount: 0 })
      changed()
      return view(id)
    },
    'collections.rename': async ({ id, title }) => {
      Object.assign(nodes.get(id) ?? {}, { title })
      changed()
      return null
    },
    'collections.move': async ({ id, parentId }) => {
      Object.assign(nodes.get(id) ?? {}, { parentId })
      changed()
      return null
    },
    'collections.delete': async ({ id }) => {
      nodes.delete(id)
      changed()
      return null
    },
    'collections.addAssets': async () => ({ editId: 3 }),
    'collections.removeAssets': async () => ({ editId: 4 }),
  }
}
