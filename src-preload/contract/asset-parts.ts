import { z } from 'zod'
import { AssetRow } from './assets.ts'
import { call } from './define.ts'
import { AssetId, Instant, JobId, NoInput, Nothing } from './ids.ts'

const OneAsset = z.object({ id: AssetId })

export const RelationType = z.object({
  name: z.string(),
  /** What this asset is to the other, such as "source of". */
  sourceLabel: z.string(),
  /** What the other is to this one. */
  destinationLabel: z.string(),
  isDirectional: z.boolean(),
})
export type RelationType = z.infer<typeof RelationType>

export const RelationView = z.object({
  type: z.string(),
  label: z.string(),
  description: z.string(),
  asset: AssetRow,
  /** The relation was made at this asset, and can be ended here. */
  isOwn: z.boolean(),
})
export type RelationView = z.infer<typeof RelationView>

export const HistoryEntry = z.object({
  id: z.string(),
  /** iconik's operation type, such as METADATA. */
  operation: z.string(),
  description: z.string(),
  who: z.string(),
  date: Instant,
  jobId: z.string().nullable(),
})
export type HistoryEntry = z.infer<typeof HistoryEntry>

/** A proxy or picture that stands for the original. */
export const PreviewView = z.object({
  kind: z.enum(['proxy', 'picture']),
  id: z.string(),
  /** Of a picture: POSTER, KEYFRAME or KEYFRAME_MAP. */
  type: z.string(),
  name: z.string(),
  status: z.string(),
  width: z.number().nullable(),
  height: z.number().nullable(),
  sizeBytes: z.number().nullable(),
  /** The picture that was chosen to stand for the asset. */
  isChosen: z.boolean(),
})
export type PreviewView = z.infer<typeof PreviewView>

/** Parts of one asset that are read when the inspector shows them. */
export const assetParts = {
  'relations.types': call({ input: NoInput, output: z.array(RelationType) }),
  'relations.list': call({ input: OneAsset, output: z.array(RelationView) }),
  'relations.add': call({
    input: OneAsset.extend({ type: z.string(), otherId: AssetId }),
    output: Nothing,
    errors: ['api.invalid', 'api.conflict'],
  }),
  'relations.remove': call({
    input: OneAsset.extend({ type: z.string(), otherId: AssetId }),
    output: Nothing,
  }),
  /** A new version, which becomes the current one; `copy` takes metadata and comments over. */
  'versions.create': call({
    input: OneAsset.extend({ copy: z.boolean() }),
    output: Nothing,
    errors: ['api.invalid'],
  }),
  'versions.promote': call({
    input: OneAsset.extend({ versionId: z.string() }),
    output: Nothing,
    errors: ['api.invalid'],
  }),
  'versions.delete': call({
    input: OneAsset.extend({ versionId: z.string() }),
    output: Nothing,
    errors: ['api.invalid'],
  }),
  /** Newest first; at most 100. */
  'history.list': call({ input: OneAsset, output: z.array(HistoryEntry) }),
  'previews.list': call({ input: OneAsset, output: z.array(PreviewView) }),
  'previews.delete': call({
    input: OneAsset.extend({ kind: z.enum(['proxy', 'picture']), previewId: z.string() }),
    output: Nothing,
  }),
  /** Makes proxy, poster and keyframes anew from the original. @returns the job; null when there is nothing to do */
  'previews.remake': call({
    input: OneAsset,
    output: z.object({ jobId: JobId.nullable() }),
    errors: ['api.invalid'],
  }),
  /** Sends a file of this machine as the asset's proxy or poster. */
  'previews.put': call({
    input: OneAsset.extend({ kind: z.enum(['proxy', 'picture']), path: z.string().min(1) }),
    output: Nothing,
    errors: ['file.missing', 'file.unreadable', 'storage.refused', 'storage.unsupported', 'api.invalid'],
  }),
  /** Makes the frame at a moment the poster. */
  'previews.captureFrame': call({
    input: OneAsset.extend({ atMs: z.number().int().min(0) }),
    output: Nothing,
    errors: ['api.invalid'],
  }),
}
