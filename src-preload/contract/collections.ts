import { z } from 'zod'
import { call, event } from './define.ts'
import { Begun } from './assets.ts'
import { AssetId, CollectionId, NoInput, Nothing } from './ids.ts'

export const CollectionNode = z.object({
  id: CollectionId,
  parentId: CollectionId.nullable(),
  title: z.string(),
  /** Assets in it and below it. */
  assetCount: z.number(),
  hasChildren: z.boolean(),
})
export type CollectionNode = z.infer<typeof CollectionNode>

export const collections = {
  /** Children of a collection, by title; null for the top level. */
  'collections.children': call({
    input: z.object({ parentId: CollectionId.nullable() }),
    output: z.array(CollectionNode),
  }),
  /** Collections whose title matches, with their path, for pickers. At most 50. */
  'collections.find': call({
    input: z.object({ text: z.string().max(200) }),
    output: z.array(z.object({ id: CollectionId, path: z.array(z.string()) })),
  }),
  'collections.create': call({
    input: z.object({ parentId: CollectionId.nullable(), title: z.string().trim().min(1).max(500) }),
    output: CollectionNode,
    errors: ['api.invalid'],
  }),
  'collections.rename': call({
    input: z.object({ id: CollectionId, title: z.string().trim().min(1).max(500) }),
    output: Nothing,
    errors: ['api.invalid'],
  }),
  'collections.move': call({
    input: z.object({ id: CollectionId, parentId: CollectionId.nullable() }),
    output: Nothing,
    errors: ['api.invalid', 'api.conflict'],
  }),
  /** Deletes the collection, not the assets in it. */
  'collections.delete': call({ input: z.object({ id: CollectionId }), output: Nothing }),
  'collections.addAssets': call({
    input: z.object({ id: CollectionId, assetIds: z.array(AssetId).min(1).max(100_000) }),
    output: Begun,
    errors: ['api.invalid'],
  }),
  'collections.removeAssets': call({
    input: z.object({ id: CollectionId, assetIds: z.array(AssetId).min(1).max(100_000) }),
    output: Begun,
    errors: ['api.invalid'],
  }),
  'collections.changed': event(NoInput),
}
