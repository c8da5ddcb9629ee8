import type { AssetId, JobId, StorageId } from '@contract/ids.ts'
import type { AssetDocument } from './iconik-api.ts'
import type { TransferBroker, UploadTicket } from './storage-transfer.ts'

export interface SegmentDocument {
  id: string
  type: string
  text: string
  startMs: number | null
  endMs: number | null
  parentId: string | null
  isDone: boolean
  author: string
  dateCreated: string
}
export interface SegmentsApi {
  list(assetId: AssetId, signal?: AbortSignal): Promise<SegmentDocument[]>
  create(
    assetId: AssetId,
    segment: Pick<SegmentDocument, 'type' | 'text' | 'startMs' | 'endMs' | 'parentId'>,
    signal?: AbortSignal,
  ): Promise<SegmentDocument>
  update(
    assetId: AssetId,
    id: string,
    changes: { text?: string | undefined; isDone?: boolean | undefined },
    signal?: AbortSignal,
  ): Promise<void>
  delete(assetId: AssetId, id: string, signal?: AbortSignal): Promise<void>
}

export interface RelationDocument {
  type: string
  description: string
  /** Whose relation it is. */
  ownerId: string
  asset: AssetDocument
}
export interface RelationsApi {
  types(
    signal?: AbortSignal,
  ): Promise<{ name: string; sourceLabel: string; destinationLabel: string; isDirectional: boolean }[]>
  list(assetId: AssetId, signal?: AbortSignal): Promise<RelationDocument[]>
  add(assetId: AssetId, type: string, otherId: AssetId, signal?: AbortSignal): Promise<void>
  remove(assetId: AssetId, type: string, otherId: AssetId, signal?: AbortSignal): Promise<void>
}

export interface VersionsApi {
  create(assetId: AssetId, copy: boolean, signal?: AbortSignal): Promise<void>
  promote(assetId: AssetId, versionId: string, signal?: AbortSignal): Promise<void>
  delete(assetId: AssetId, versionId: string, signal?: AbortSignal): Promise<void>
}

export interface HistoryDocument {
  id: string
  operation: string
  description: string
  /** Id of the user. */
  who: string
  date: string
  jobId: string | null
}
export interface HistoryApi {
  list(assetId: AssetId, perPage: number, signal?: AbortSignal): Promise<HistoryDocument[]>
}

export interface PictureDocument {
  id: string
  type: string
  name: string
  status: string
  width: number | null
  height: number | null
  sizeBytes: number | null
}
export interface PreviewsApi {
  proxies(assetId: AssetId, signal?: AbortSignal): Promise<PictureDocument[]>
  pictures(assetId: AssetId, signal?: AbortSignal): Promise<PictureDocument[]>
  /** Makes the record; the ticket says where the bytes go. */
  create(
    assetId: AssetId,
    preview: { kind: 'proxy' | 'picture'; name: string; sizeBytes: number; storageId: StorageId | null },
    signal?: AbortSignal,
  ): Promise<{ id: string; ticket: UploadTicket }>
  broker(assetId: AssetId, kind: 'proxy' | 'picture', id: string): TransferBroker
  close(assetId: AssetId, kind: 'proxy' | 'picture', id: string, signal?: AbortSignal): Promise<void>
  delete(assetId: AssetId, kind: 'proxy' | 'picture', id: string, signal?: AbortSignal): Promise<void>
  /** Keyframes and poster of a proxy. */
  keyframesOfProxy(assetId: AssetId, proxyId: string, signal?: AbortSignal): Promise<JobId | null>
  capture(assetId: AssetId, fileId: string, atMs: number, signal?: AbortSignal): Promise<JobId | null>
}
