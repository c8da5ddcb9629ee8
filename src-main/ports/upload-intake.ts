import type { AssetId, BatchId, UploadId } from '@contract/ids.ts'
import type { CommittedPlan, FieldValues, ScannedFile } from '../core/clip.ts'

/** A file that an upload of this journal carries or carried. */
export interface KnownFile {
  uploadId: UploadId
  assetId: AssetId | null
  /** Title of the upload. */
  title: string
  path: string
  sizeBytes: number
  mtimeMs: number
  inode: string
  /** Lower-case hex; null until the bytes were read once. */
  xxh128: string | null
  /** done: the storage's evidence agreed. active: anything between planned and verified, paused too. */
  state: 'active' | 'done' | 'unproven' | 'failed' | 'cancelled'
  /** Files in the same upload, this one included. */
  fileCount: number
}

/** A size that files have which an upload carries or carried. */
export interface KnownSize {
  sizeBytes: number
  /** The content of one of them was read, */
  isRead: boolean
  /** or that of another was not. */
  isUnread: boolean
}

/**
 * What the journal remembers of the signed-in account's uploads, as duplicate search needs it. Answers come from an index:
 * each is asked for every file of a plan. Cancelled uploads may be left out.
 */
export interface KnownUploads {
  /** Latest first. */
  filesAtPath(path: string): KnownFile[]
  /** The same for many paths in one look; latest first. */
  filesAtPaths(paths: readonly string[]): KnownFile[]
  /** Whether the content of any file of this size was read: only then it is worth reading another. */
  isSizeRead(sizeBytes: number): boolean
  /** What is known of sizes, in one look; those of which nothing is are left out. */
  knownSizes(sizesBytes: readonly number[]): KnownSize[]
  /** The latest file of this size that is on its way and was not read yet. */
  unreadOfSize(sizeBytes: number): KnownFile | null
  filesWithXxh128(xxh128: string, sizeBytes: number): KnownFile[]
  /** Files whose path begins so, latest first; at most 20. */
  filesStartingWith(pathPrefix: string): KnownFile[]
  /** Field values that this upload, and those that joined its asset, brought or are to bring; of each field the latest. */
  valuesSent(uploadId: UploadId): FieldValues
}

export interface UploadOutcome {
  uploadId: UploadId
  batchId: BatchId
  assetId: AssetId | null
  state: KnownFile['state']
  /** Plain text; what a failed upload needs, '' otherwise. */
  reason: string
}

/** Where plans go, whatever they came from: a drop, a watch folder or the command line. */
export interface UploadIntake {
  /**
   * Writes every clip that is to be uploaded to the journal (durable when this resolves) and starts it. What becomes of
   * the sources (`plan.after`) is kept with the rows but carried out by whoever handed the plan in.
   * @returns one id for each clip of the plan, in order; null for clips that are skipped or wait
   * @throws AppError store.full store.failed auth.required
   */
  enqueue(plan: CommittedPlan): Promise<{ batchId: BatchId; uploadIds: (UploadId | null)[] }>
  /**
   * Does work that finds out what is to be queued, while few small uploads begin: what is not written down yet comes before what is.
   * Uploads are never held back for long, whatever goes on coming.
   */
  whileTakingIn<T>(work: () => Promise<T>): Promise<T>
  /** Where an upload stands; undefined when the journal does not know it. */
  outcome(uploadId: UploadId): UploadOutcome | undefined
  /**
   * Paths of those files of which an upload is under way that was planned with another state of the file. It may still read the file as it is now, so
   * that queueing it once more could bring the same bytes twice; once that upload has ended it is known what it took.
   */
  mayTakeAlong(files: readonly ScannedFile[]): ReadonlySet<string>
  /** Called whenever an upload comes to rest: done, unproven, failed or cancelled. @returns stops it */
  onOutcome(listener: (outcome: UploadOutcome) => void): () => void
  /** Uploads of a watch folder, by what they are doing. */
  countsOfWatchFolder(watchFolderId: string): {
    queued: number
    uploading: number
    done: number
    needsYou: number
  }
}
