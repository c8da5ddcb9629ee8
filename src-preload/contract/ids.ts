import { z } from 'zod'

/** iconik's ids are version-1 UUIDs in lower case; other versions are accepted. */
const uuid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)

export const AssetId = uuid.brand<'AssetId'>()
export type AssetId = z.infer<typeof AssetId>
export const CollectionId = uuid.brand<'CollectionId'>()
export type CollectionId = z.infer<typeof CollectionId>
export const StorageId = uuid.brand<'StorageId'>()
export type StorageId = z.infer<typeof StorageId>
export const ViewId = uuid.brand<'ViewId'>()
export type ViewId = z.infer<typeof ViewId>
export const SavedSearchId = uuid.brand<'SavedSearchId'>()
export type SavedSearchId = z.infer<typeof SavedSearchId>
export const JobId = uuid.brand<'JobId'>()
export type JobId = z.infer<typeof JobId>

/** Ours: rows of the journal. */
export const UploadId = z.string().min(1).max(64).brand<'UploadId'>()
export type UploadId = z.infer<typeof UploadId>
export const BatchId = z.string().min(1).max(64).brand<'BatchId'>()
export type BatchId = z.infer<typeof BatchId>
export const PlanId = z.string().min(1).max(64).brand<'PlanId'>()
export type PlanId = z.infer<typeof PlanId>
export const WatchFolderId = z.string().min(1).max(64).brand<'WatchFolderId'>()
export type WatchFolderId = z.infer<typeof WatchFolderId>
export const AccountId = z.string().min(1).max(64).brand<'AccountId'>()
export type AccountId = z.infer<typeof AccountId>

export const NoInput = z.object({}).strict()
export const Nothing = z.null()
/** ISO 8601 instant. */
export const Instant = z.string()
/** Rows `offset … offset + limit - 1` of a list, 0-based. */
export const Window = z.object({ offset: z.number().int().min(0), limit: z.number().int().min(1).max(500) })
export type Window = z.infer<typeof Window>
