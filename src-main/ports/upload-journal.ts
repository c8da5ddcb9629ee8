import type { AssetId, BatchId, CollectionId, UploadId } from '@contract/ids.ts'
import type { UploadFilter, UploadSelection, UploadState } from '@contract/uploads.ts'
import type { CommittedPlan, FieldValues } from '../core/clip.ts'
import type { BatchRecord, UploadFileRecord, UploadHold, UploadRecord } from '../core/upload/upload-record.ts'
import type { KnownFile, KnownSize } from './upload-intake.ts'

export interface ProvenFile {
  fileId: string
  /** What the storage's evidence was. */
  evidence: string
}

export interface CommitResult {
  batchId: BatchId
  /**
   * One for each clip of the plan, in order; null for clips that are skipped or wait. Files that are queued already for the
   * same place keep the upload that they have; one that failed is tried again.
   */
  uploadIds: (UploadId | null)[]
  /** How many of them are new. */
  queued: number
}

/** Columns of an upload that change after it was committed. */
export type UploadChanges = Partial<
  Pick<
    UploadRecord,
    | 'priority'
    | 'title'
    | 'fileCount'
    | 'sizeBytes'
    | 'sentBytes'
    | 'step'
    | 'hold'
    | 'active'
    | 'pending'
    | 'way'
    | 'assetId'
    | 'versionId'
    | 'versionsBefore'
    | 'formatId'
    | 'fileSetId'
    | 'storageId'
    | 'attempts'
    | 'notBeforeMs'
    | 'restarts'
    | 'error'
    | 'warning'
    | 'proof'
    | 'jobState'
    | 'jobId'
    | 'preview'
    | 'previewJobId'
    | 'metadata'
    | 'finishedMs'
    | 'externalId'
  >
>

export type FileChanges = Partial<
  Pick<
    UploadFileRecord,
    | 'sizeBytes'
    | 'mtimeMs'
    | 'inode'
    | 'step'
    | 'fileId'
    | 'checkpoint'
    | 'sentBytes'
    | 'md5'
    | 'sha1'
    | 'crc32c'
    | 'xxh128'
    | 'proven'
    | 'evidence'
    | 'closedMs'
  >
>

export interface StateTotals {
  state: UploadState
  count: number
  sizeBytes: number
  sentBytes: number
}

/** A collection that was made, or is being made, for uploads of an account. */
export interface CollectionRecord {
  accountId: string
  externalId: string
  title: string
  parentId: CollectionId | null
  /** null while its creation was sent and not answered. */
  collectionId: CollectionId | null
}

/**
 * A look for a second object with our external id: a create was sent twice, or given up while its answer was missing, and the
 * search index may show only later what came of it.
 */
export interface TwinSweep {
  id: number
  accountId: string
  /** `inside`: a second format, file set or file below the asset itself. */
  kind: 'asset' | 'inside' | 'collection' | 'job'
  /** The asset's or collection's external id; the batch's id for a job. */
  externalId: string
  /** Whose the one that stays is: an upload's id for an asset, the batch's for a job, '' for a collection. */
  ownerId: string
  dueMs: number
  /** How many sweeps were made already. */
  round: number
}

export interface RunnerLock {
  ownerId: string
  pid: number
  heartbeatMs: number
}

export type UploadTrack = 'metadata' | 'preview-waiting' | 'preview-running'

export interface PlanRows {
  /** Writes batch, uploads and files at once, durably. */
  commit(accountId: string, plan: CommittedPlan, nowMs: number): CommitResult
  /** The latest upload that made, or is to make, an asset with this external id; cancelled ones are left out. */
  uploadByExternalId(accountId: string, externalId: string): UploadRecord | null
}

/** Who runs the queue, and what there is to run. */
export interface RunnerRows {
  /** Takes the lock when it is free, stale (no heartbeat for staleAfterMs) or its process is gone. */
  acquireRunner(owner: { ownerId: string; pid: number }, nowMs: number, staleAfterMs: number): boolean
  /** @returns false when the lock was lost */
  heartbeat(ownerId: string, nowMs: number): boolean
  releaseRunner(ownerId: string): void
  /** Who runs the queue now; null when nobody does, be it that whoever did is gone without letting go or was not heard of. */
  runner(nowMs: number, staleAfterMs: number): RunnerLock | null
  /** Forgets what a dead runner was at work on. */
  clearActive(): void
  /**
   * Uploads that may run now, first those that are begun, then by priority and order of arrival.
   * `lane` keeps small ones (below 16 MiB) from starving behind large ones.
   * @param except left out, since they run already
   */
  runnable(
    accountId: string,
    nowMs: number,
    lane: 'small' | 'large' | 'any',
    limit: number,
    except?: Pick<ReadonlySet<UploadId>, 'has' | 'size'>,
  ): UploadRecord[]
  /** What a person asked for; null when there is no such upload. */
  holdOf(id: UploadId): UploadHold | null
  /** When the next upload that waits for a time may run; null when there is none. */
  nextDueMs(accountId: string): number | null
  /** Uploads that are neither over nor held. */
  unfinishedCount(accountId: string): number
}

/** One upload while it runs. */
export interface UploadRows {
  get(id: UploadId): UploadRecord | null
  /** In the order of the clip. */
  files(id: UploadId): UploadFileRecord[]
  update(id: UploadId, changes: UploadChanges, options?: { durable?: boolean }): void
  updateFile(id: UploadId, index: number, changes: FileChanges): void
  /** Both in one transaction. */
  updateBoth(id: UploadId, upload: UploadChanges, index: number, file: FileChanges): void
  /**
   * Writes the end of an upload together with those of others that end in the same moment, in one durable transaction.
   * @param files by their place in the clip
   */
  settle(id: UploadId, upload: UploadChanges, files: { index: number; changes: FileChanges }[]): Promise<void>
  /** Sent bytes of several uploads in one transaction; for progress that may be lost. */
  saveProgress(rows: { id: UploadId; sentBytes: number }[]): void
  /** Drops what is known of the server's side of all files of an upload, so that they are made anew. */
  resetFiles(id: UploadId): void
}

/** What a person asks for. */
export interface AskedRows {
  /** Applies to all rows of the selection that it makes sense for; returns how many changed. */
  hold(accountId: string, selection: UploadSelection, hold: 'none' | 'paused' | 'cancelling'): number
  retry(accountId: string, selection: UploadSelection): number
  prioritize(accountId: string, selection: UploadSelection): number
  clearFinished(accountId: string): void
  /** Rows that a person cancelled and that nobody cleaned up yet. */
  cancelling(accountId: string): UploadRecord[]
}

/** What lists show. */
export interface ListRows {
  /** Accounts that have uploads here. */
  accounts(): string[]
  revision(): number
  /** Rows written after a revision, oldest change first. */
  changedSince(accountId: string, revision: number, limit: number): UploadRecord[]
  list(
    accountId: string,
    filter: UploadFilter,
    offset: number,
    limit: number,
  ): { total: number; rows: UploadRecord[] }
  totals(accountId: string, batchId?: BatchId): StateTotals[]
  totalsOfWatchFolder(watchFolderId: string): StateTotals[]
}

/** Batches with their jobs, and what is open beside the bytes of their uploads. */
export interface BatchRows {
  batch(id: BatchId): BatchRecord | null
  /** Latest first. */
  batches(accountId: string, limit: number): BatchRecord[]
  updateBatch(id: BatchId, changes: Partial<Pick<BatchRecord, 'jobState' | 'jobId'>>): void
  /** Batches whose TRANSFER job is not closed yet. */
  openBatches(accountId: string): BatchRecord[]
  /** Uploads of a batch that have, or are to have, a job of their own that is not closed yet. */
  uploadsWithJob(batchId: BatchId): UploadRecord[]
  /** All uploads of a batch in order. */
  uploadsOf(batchId: BatchId): UploadRecord[]
  /**
   * Uploads whose bytes are in and of which something beside is open: metadata, a preview to be asked for, a preview being made.
   * Oldest first. Apart from each other, since previews that nobody follows stay open for ever.
   */
  tracks(accountId: string, track: UploadTrack, limit: number): UploadRecord[]
}

/** What was made on the server beside assets, what may have been made twice, and what the server refuses. */
export interface MadeRows {
  collection(accountId: string, externalId: string): CollectionRecord | null
  saveCollection(record: CollectionRecord): void
  forgetCollection(accountId: string, externalId: string): void
  addSweep(sweep: Omit<TwinSweep, 'id' | 'round'>): void
  dueSweeps(accountId: string, nowMs: number): TwinSweep[]
  /** null dueMs: that was the last round. */
  finishSweep(id: number, nextDueMs: number | null): void
  /** The server does not take small files in one call for this account and storage: from now on they go the long way. */
  refuseOneShot(accountId: string, storageId: string, nowMs: number): void
  isOneShotRefused(accountId: string, storageId: string): boolean
}

/** What intake asks of uploads that were. */
export interface KnownRows {
  /** Latest first; cancelled uploads are left out. */
  filesAtPath(accountId: string, path: string): KnownFile[]
  /** The same for many paths in one look. */
  filesAtPaths(accountId: string, paths: readonly string[]): KnownFile[]
  /** Whether the content of any file of this size was read. */
  isSizeRead(accountId: string, sizeBytes: number): boolean
  /** Those of the sizes that a file has, whatever became of its upload; one look for all of them. */
  knownSizes(accountId: string, sizesBytes: readonly number[]): KnownSize[]
  /** The latest file of this size that is on its way and was not read yet. */
  unreadOfSize(accountId: string, sizeBytes: number): KnownFile | null
  filesWithXxh128(accountId: string, xxh128: string, sizeBytes: number): KnownFile[]
  /** Files whose path begins so, latest first; at most 20. */
  filesStartingWith(accountId: string, pathPrefix: string): KnownFile[]
  /** Field values of the targets of all uploads of the same asset that were not cancelled; of each field the latest. */
  valuesSent(id: UploadId): FieldValues
  /** Files of an asset that this journal saw proven, by iconik's ids. */
  provenFiles(accountId: string, assetId: AssetId): ProvenFile[]
  /** Those of these assets whose latest upload in this journal was proven. */
  provenAssets(accountId: string, ids: readonly AssetId[]): AssetId[]
}

/**
 * The durable memory of uploads. Calls are synchronous: when one returns, what it wrote survives the death of the process;
 * with `durable` also a power cut. Several processes may share a journal; one of them holds the runner's lock.
 * All calls throw AppError store.failed or store.full.
 */
export interface UploadJournal
  extends PlanRows, RunnerRows, UploadRows, AskedRows, ListRows, BatchRows, MadeRows, KnownRows {
  close(): void
}
