import type { JobId } from '@contract/ids.ts'
import { findAppError } from '../../core/errors.ts'
import { isEnd } from '../../core/upload/upload-record.ts'
import type { BatchRecord, UploadRecord } from '../../core/upload/upload-record.ts'
import type { StateTotals } from '../../ports/upload-journal.ts'
import { JobMirror } from './job-mirror.ts'
import type { JobShown } from './job-mirror.ts'
import type { UploadDependencies, UploadSession } from './session.ts'

/** A batch that is over sooner gets its job in one call, closed; a job that nobody could have looked at in between costs two. */
const SHOWN_AFTER_MS = 5000
/** Key in a job's metadata by which a batch finds its jobs again. */
const BATCH_KEY = 'ferry_batch_id'
const UPLOAD_KEY = 'ferry_upload_id'

/**
 * One TRANSFER job for each batch, so that people in the web interface see it, and one below it for each large clip of several. A job
 * is a courtesy: where it cannot be made, uploads go on without.
 */
export class BatchJobs {
  readonly #deps: UploadDependencies
  readonly #mirror: JobMirror
  readonly #startedMs = new Map<string, number>()
  #busy = false

  constructor(deps: UploadDependencies) {
    this.#deps = deps
    this.#mirror = new JobMirror(deps.clock)
  }

  /** Makes, updates and closes the jobs of all open batches, one call after the other. */
  async update(session: UploadSession, signal: AbortSignal): Promise<void> {
    if (this.#busy) return
    this.#busy = true
    try {
      for (const batch of this.#deps.journal.openBatches(session.accountId)) {
        signal.throwIfAborted()
        await this.#updateOne(session, batch, signal)
      }
    } finally {
      this.#busy = false
    }
  }

  async #updateOne(session: UploadSession, batch: BatchRecord, signal: AbortSignal): Promise<void> {
    const { journal, clock } = this.#deps
    const totals = journal.totals(session.accountId, batch.id).filter((row) => row.count > 0)
    const over = totals.every((row) => ['done', 'unproven', 'failed', 'cancelled'].includes(row.state))
    if (!totals.some((row) => row.state !== 'waiting' && row.state !== 'paused')) return
    const nowMs = clock.monotonicMs()
    const startedMs = this.#startedMs.get(batch.id) ?? nowMs
    this.#startedMs.set(batch.id, startedMs)
    if (batch.jobState === 'none' && !over && nowMs - startedMs < SHOWN_AFTER_MS) return
    // Children name their parent, so it is made before the first of them, and closed after the last.
    const children = journal.uploadsWithJob(batch.id)
    const isLast = over && children.length === 0
    const jobId = await this.#unlessRefused(batch, () =>
      this.#mirror.show(session, this.#jobOf(batch, totals, isLast), { close: isLast }, signal),
    )
    if (jobId === null) return
    for (const upload of children) await this.#updateChild(session, upload, jobId, signal)
    if (!over) return
    this.#startedMs.delete(batch.id)
    const parent = { ...batch, jobState: 'open' as const, jobId }
    if (!isLast)
      await this.#unlessRefused(batch, () =>
        this.#mirror.show(session, this.#jobOf(parent, totals, true), { close: true }, signal),
      )
  }

  /** A job that the server will not have is given up. */
  async #unlessRefused(work: BatchRecord | UploadRecord, show: () => Promise<JobId>): Promise<JobId | null> {
    try {
      return await show()
    } catch (error) {
      const known = findAppError(error)
      if (known?.retry.when !== 'never') throw error
      const { journal, logger } = this.#deps
      logger.warn('A transfer job is left as it is.', { title: work.title, reason: known.message })
      if ('batchId' in work) journal.update(work.id, { jobState: 'closed' })
      else journal.updateBatch(work.id, { jobState: 'closed' })
      return null
    }
  }

  async #updateChild(
    session: UploadSession,
    upload: UploadRecord,
    parentId: JobId,
    signal: AbortSignal,
  ): Promise<void> {
    const over = isEnd(upload.step)
    if (upload.jobState === 'none' && !over && upload.step !== 'bytes') return
    await this.#unlessRefused(upload, () =>
      this.#mirror.show(session, this.#childOf(upload, parentId), { close: over }, signal),
    )
  }

  /** Deletes second jobs of a batch and of its clips. */
  async sweep(session: UploadSession, ownerId: string, signal: AbortSignal): Promise<void> {
    const { journal } = this.#deps
    const batch = journal.batch(ownerId as BatchRecord['id'])
    const upload = batch ? null : journal.get(ownerId as UploadRecord['id'])
    if (batch) await this.#mirror.removeTwins(session, this.#jobOf(batch, [], false), signal)
    if (!upload) return
    const parentId = journal.batch(upload.batchId)?.jobId
    if (parentId) await this.#mirror.removeTwins(session, this.#childOf(upload, parentId as JobId), signal)
  }

  #jobOf(batch: BatchRecord, totals: readonly StateTotals[], over: boolean): JobShown {
    const { journal } = this.#deps
    const count = (...states: string[]) =>
      totals.filter((row) => states.includes(row.state)).reduce((sum, row) => sum + row.count, 0)
    const failed = count('failed')
    const good = count('done', 'unproven')
    const all = totals.reduce((sum, row) => sum + row.count, 0)
    const end =
      failed > 0 ? (good > 0 ? 'FINISHED_WITH_WARNING' : 'FAILED') : good > 0 ? 'FINISHED' : 'ABORTED'
    return {
      key: batch.id,
      jobState: batch.jobState,
      jobId: batch.jobId,
      title: batch.title,
      metadata: { [BATCH_KEY]: batch.id },
      isOurs: (job) => job.metadata[BATCH_KEY] === batch.id && job.metadata[UPLOAD_KEY] === undefined,
      filter: { type: 'TRANSFER', dateCreatedFrom: new Date(batch.createdMs - 60_000).toISOString() },
      status: over ? end : 'STARTED',
      percent: percentOf(totals),
      message: over
        ? `${good} done, ${failed} failed, ${count('cancelled')} cancelled`
        : `${good} of ${all} done`,
      errorMessage: over && failed > 0 ? this.#reasons(batch) : '',
      write: (changes) => journal.updateBatch(batch.id, changes),
      sweepLater: () => this.#sweepLater(batch.accountId, batch.id),
    }
  }

  #childOf(upload: UploadRecord, parentId: JobId): JobShown {
    const { journal } = this.#deps
    const { step, sentBytes, sizeBytes } = upload
    return {
      key: upload.id,
      jobState: upload.jobState,
      jobId: upload.jobId,
      title: upload.title,
      metadata: { [BATCH_KEY]: upload.batchId, [UPLOAD_KEY]: upload.id },
      parentId,
      ...(upload.assetId ? { objectType: 'assets', objectId: upload.assetId } : {}),
      isOurs: (job) => job.metadata[UPLOAD_KEY] === upload.id,
      filter: { type: 'TRANSFER', parentId },
      status:
        step === 'failed'
          ? 'FAILED'
          : step === 'cancelled'
            ? 'ABORTED'
            : isEnd(step)
              ? 'FINISHED'
              : 'STARTED',
      percent: sizeBytes === 0 ? 100 : Math.min(100, Math.floor((100 * sentBytes) / sizeBytes)),
      message: '',
      errorMessage: step === 'failed' ? (upload.error?.message ?? 'failed') : '',
      write: (changes) => journal.update(upload.id, changes),
      sweepLater: () => this.#sweepLater(upload.accountId, upload.id),
    }
  }

  #sweepLater(accountId: string, ownerId: string): void {
    const { journal, clock } = this.#deps
    journal.addSweep({ accountId, kind: 'job', externalId: ownerId, ownerId, dueMs: clock.nowMs() + 60_000 })
  }

  /** The first failures by name; the rest is counted. */
  #reasons(batch: BatchRecord): string {
    const { total, rows } = this.#deps.journal.list(
      batch.accountId,
      { states: ['failed'], batchId: batch.id, text: '' },
      0,
      5,
    )
    const lines = rows.map((upload) => `${upload.title}: ${upload.error?.message ?? 'failed'}`)
    if (total > rows.length) lines.push(`and ${total - rows.length} more`)
    return lines.join('\n')
  }
}

function percentOf(totals: readonly StateTotals[]): number {
  const size = totals.reduce((sum, row) => sum + row.sizeBytes, 0)
  const sent = totals.reduce((sum, row) => sum + row.sentBytes, 0)
  return size === 0 ? 100 : Math.min(100, Math.floor((100 * sent) / size))
}
