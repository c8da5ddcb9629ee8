import type { ErrorView } from '@contract/errors.ts'
import type { AssetId, BatchId, StorageId, UploadId } from '@contract/ids.ts'
import type { ClipDecision, ClipFile, ClipTarget, CommittedPlan, Clip } from '../clip.ts'
import type { TransferMemory } from './transfer-memory.ts'

/**
 * How far an upload got. A step names what is known to exist: at `format` the asset and its format do. `verified`,
 * `unproven`, `failed` and `cancelled` are ends; only a person (retry) leaves `failed`.
 */
export type UploadStep =
  | 'planned'
  | 'asset'
  | 'format'
  | 'file-set'
  | 'bytes'
  | 'closed'
  | 'verified'
  | 'unproven'
  | 'failed'
  | 'cancelled'

export const END_STEPS: readonly UploadStep[] = ['verified', 'unproven', 'failed', 'cancelled']

export function isEnd(step: UploadStep): boolean {
  return END_STEPS.includes(step)
}

/** What a person asked for; it outlives the process and may come from another one. */
export type UploadHold = 'none' | 'paused' | 'cancelling'

/** A runner of the queue that was not heard of for so long is taken for dead even if its process id lives. */
export const STALE_RUNNER_MS = 30_000

/** Objects that are made once for each upload. */
export type CreateKind = 'asset' | 'version' | 'format' | 'file-set'

/** A request that makes something; `one-shot` makes format, file set and file together and brings the bytes. */
export type PendingKind = CreateKind | 'one-shot'

/** How the bytes go: step by step, or a small file in one call. Settled before the asset is made. */
export type UploadWay = 'long' | 'one-shot'

/** `creating`: sent, no answer recorded. */
export type JobState = 'none' | 'creating' | 'open' | 'closed'

export type PreviewState = 'none' | 'waiting' | 'running' | 'done' | 'failed'
export type MetadataState = 'none' | 'waiting' | 'sent' | 'done' | 'failed'

/** The durable record of bringing one clip to iconik. */
export interface UploadRecord {
  id: UploadId
  batchId: BatchId
  accountId: string
  /** Order of arrival; unique. */
  seq: number
  priority: number
  title: string
  kind: Clip['kind']
  /** Of the file that stands for the clip. */
  path: string
  rootPath: string
  directory: string
  fileCount: number
  sizeBytes: number
  sentBytes: number
  target: ClipTarget
  decision: Extract<ClipDecision, { do: 'upload' | 'version' | 'join' }>
  metadataSidecars: string[]

  step: UploadStep
  hold: UploadHold
  /** A runner is at work on it. Meaningless after that runner's death; cleared when the next one starts. */
  active: boolean
  /** A create that was sent and whose answer was never recorded: what exists is looked up before it is sent again. */
  pending: PendingKind | null
  way: UploadWay

  /** Ours, written before the first request; the asset is found again by it. */
  externalId: string
  assetId: AssetId | null
  versionId: string | null
  /** Ids of the asset's versions before a new one was asked for. */
  versionsBefore: string[] | null
  formatId: string | null
  fileSetId: string | null
  storageId: StorageId | null

  /** Failed tries since the last one that got further. */
  attempts: number
  /** Not tried before this time. */
  notBeforeMs: number
  /** How often the source changed while it was read. */
  restarts: number
  error: ErrorView | null
  warning: string | null
  proof: string

  /** Of its own TRANSFER job below the batch's; `closed` also where it gets none. */
  jobState: JobState
  jobId: string | null
  preview: PreviewState
  previewJobId: string | null
  metadata: MetadataState

  queuedMs: number
  finishedMs: number | null
  /** Taken out of the list by a person. */
  cleared: boolean
  /** Of the journal when this row was last written. */
  revision: number
}

/**
 * How far one file of an upload got: `creating` means that the request was sent and no answer recorded; `stored` that one call brought
 * row and bytes and closed it, and that its proof is still to be had.
 */
export type FileStep = 'planned' | 'creating' | 'open' | 'sent' | 'stored' | 'closed'

export interface UploadFileRecord extends ClipFile {
  uploadId: UploadId
  /** 0-based place in the clip. */
  index: number
  step: FileStep
  /** iconik's id. */
  fileId: string | null
  checkpoint: TransferMemory | null
  sentBytes: number
  md5: string | null
  sha1: string | null
  crc32c: string | null
  xxh128: string | null
  proven: boolean
  evidence: string
  closedMs: number | null
}

export interface BatchRecord {
  id: BatchId
  accountId: string
  title: string
  source: CommittedPlan['source']
  watchFolderId: string | null
  /** What becomes of the sources; carried out by whoever handed the plan in. */
  after: CommittedPlan['after']
  createdMs: number
  /** Of the TRANSFER job that shows this batch in iconik. */
  jobState: JobState
  jobId: string | null
}
