import { z } from 'zod'
import { call, event } from './define.ts'
import { Begun } from './assets.ts'
import { AssetId, CollectionId, Instant, NoInput, Nothing, ViewId } from './ids.ts'
import { MetadataValues } from './metadata.ts'

export const CollectionNode = z.object({
  id: CollectionId,
  parentId: CollectionId.nullable(),
  title: z.string(),
  /** Assets in it and below it. */
  assetCount: z.number(),
  hasChildren: z.boolean(),
})
export type CollectionNode = z.infer<typeof CollectionNode>

export const CollectionDetail = z.object({
  id: CollectionId,
  title: z.string(),
  /** Titles from the top, its own last. */
  path: z.array(z.string()),
  externalId: z.string().nullable(),
  createdBy: z.string(),
  dateCreated: Instant,
  dateModified: Instant,
  /** Of all that is in it and below it; null where the server does not tell. */
  assetCount: z.number().nullable(),
  collectionCount: z.number().nullable(),
  sizeBytes: z.number().nullable(),
  durationMs: z.number().nullable(),
  /** Views that its category has; all views where it has none. */
  viewIds: z.array(ViewId).nullable(),
})
export type CollectionDetail = z.infer<typeof CollectionDetail>

const InView = z.object({ id: CollectionId, viewId: ViewId })

export const collections = {
  /** As last read when the server cannot be reached. */
  'collections.get': call({ input: z.object({ id: CollectionId }), output: CollectionDetail }),
  'collections.values': call({ input: InView, output: MetadataValues }),
  /**
   * Sets fields of a collection, at once: they do not wait for the server. `base` holds what the form was opened with;
   * fields that changed on the server since are refused, with what it holds in details.theirs.
   */
  'collections.describe': call({
    input: InView.extend({ values: MetadataValues, base: MetadataValues }),
    output: Nothing,
    errors: ['api.invalid', 'api.conflict'],
  }),
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
