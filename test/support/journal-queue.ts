import type { DatabaseSync } from 'node:sqlite'
import type { BatchId, UploadId } from '@contract/ids.ts'
import { openDatabase } from '@main/adapters/node/sqlite-database.ts'
import { createUploadJournal } from '@main/adapters/node/upload-journal/upload-journal.ts'
import type { CommittedPlan, ScannedFile } from '@main/core/clip.ts'
import { sameSighting } from '@main/core/intake/settle.ts'
import type { KnownFile, KnownUploads, UploadIntake, UploadOutcome } from '@main/ports/upload-intake.ts'

const ACCOUNT = 'account-1'

/** The real journal of uploads behind the ports of intake, with nobody who uploads: large plans answer from its indexes. */
export class JournalQueue implements UploadIntake, KnownUploads {
  readonly #db = openDatabase(':memory:')
  readonly #journal = createUploadJournal(this.#db)
  readonly #listeners = new Set<(outcome: UploadOutcome) => void>()
  /** When each path was queued, by the wall clock. */
  readonly queuedAtMs = new Map<string, number>()
  /** Paths that were queued more than once. */
  readonly twice: string[] = []

  async enqueue(plan: CommittedPlan): Promise<{ batchId: BatchId; uploadIds: (UploadId | null)[] }> {
    const nowMs = Date.now()
    for (const { clip, decision } of plan.clips)
      if (decision.do !== 'skip' && decision.do !== 'wait')
        for (const { path } of clip.files) {
          if (this.queuedAtMs.has(path)) this.twice.push(path)
          this.queuedAtMs.set(path, nowMs)
        }
    return this.#journal.commit(ACCOUNT, plan, nowMs)
  }

  /** Size of the database. */
  get sizeBytes(): number {
    return sizeOf(this.#db)
  }

  /** Everything that is queued ends well. */
  finish(): void {
    for (const upload of this.#journal.runnable(ACCOUNT, Date.now() + 1000, 'any', 1_000_000)) {
      this.#journal.update(upload.id, { step: 'verified', finishedMs: Date.now() })
      for (const listener of this.#listeners)
        listener({ uploadId: upload.id, batchId: upload.batchId, assetId: null, state: 'done', reason: '' })
    }
  }

  outcome(uploadId: UploadId): UploadOutcome | undefined {
    const upload = this.#journal.get(uploadId)
    if (!upload) return undefined
    return {
      uploadId,
      batchId: upload.batchId,
      assetId: null,
      state: upload.step === 'verified' ? 'done' : 'active',
      reason: '',
    }
  }

  onOutcome(listener: (outcome: UploadOutcome) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  whileTakingIn = <T>(work: () => Promise<T>) => work()
  mayTakeAlong = (files: readonly ScannedFile[]) => {
    const now = new Map(files.map((file) => [file.path, file]))
    const isOther = (before: KnownFile) => !sameSighting(before, now.get(before.path) ?? before)
    const known = this.filesAtPaths([...now.keys()])
    return new Set(known.filter((file) => file.state === 'active' && isOther(file)).map((file) => file.path))
  }

  countsOfWatchFolder() {
    return { queued: 0, uploading: 0, done: 0, needsYou: 0 }
  }

  filesAtPath = (path: string) => this.#journal.filesAtPath(ACCOUNT, path)
  filesAtPaths = (paths: readonly string[]) => this.#journal.filesAtPaths(ACCOUNT, paths)
  knownSizes = (sizesBytes: readonly number[]) => this.#journal.knownSizes(ACCOUNT, sizesBytes)
  isSizeRead = (sizeBytes: number) => this.#journal.isSizeRead(ACCOUNT, sizeBytes)
  unreadOfSize = (sizeBytes: number) => this.#journal.unreadOfSize(ACCOUNT, sizeBytes)
  filesWithXxh128 = (sum: string, sizeBytes: number) => this.#journal.filesWithXxh128(ACCOUNT, sum, sizeBytes)
  filesStartingWith = (prefix: string) => this.#journal.filesStartingWith(ACCOUNT, prefix)
  valuesSent = (uploadId: UploadId) => this.#journal.valuesSent(uploadId)
}

export function sizeOf(db: DatabaseSync): number {
  const { pages, bytes } = db
    .prepare(
      'SELECT page_count - freelist_count AS pages, page_size AS bytes FROM pragma_page_count, pragma_freelist_count, pragma_page_size',
    )
    .get() as { pages: number; bytes: number }
  return pages * bytes
}
