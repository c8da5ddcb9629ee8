import type { JobId } from '@contract/ids.ts'
import { findAppError } from '../../core/errors.ts'
import { mayHaveHappened } from '../../core/upload/retry-policy.ts'
import type { BatchRecord } from '../../core/upload/upload-record.ts'
import type { JobDocument } from '../../ports/iconik-api.ts'
import type { StateTotals } from '../../ports/upload-journal.ts'
import type { UploadDependencies, UploadSession } from './session.ts'

const REPORT_EVERY_MS = 5000
/** Key in the job's metadata by which a batch finds its job again. */
const BATCH_KEY = 'ferry_batch_id'

/**
 * One TRANSFER job for each batch, so that people in the web interface see it. A job is a courtesy: where it cannot be made, uploads go
 * on without.
 */
export class BatchJobs {
  readonly #deps: UploadDependencies
  readonly #reported = new Map<string, { atMs: number; percent: number }>()
  #busy = false

  constructor(deps: UploadDependencies) {
    this.#deps = deps
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

  /** Whether some batch still has a job to make or to close. */
  get isBusy(): boolean {
    return this.#busy
  }

  async #updateOne(session: UploadSession, batch: BatchRecord, signal: AbortSignal): Promise<void> {
    const totals = this.#deps.journal.totals(session.accountId, batch.id).filter((row) => row.count > 0)
    const over = totals.every((row) => ['done', 'unproven', 'failed', 'cancelled'].includes(row.state))
    const started = totals.some((row) => row.state !== 'waiting' && row.state !== 'paused')
    if (!started) return
    try {
      const jobId = batch.jobId ?? (await this.#make(session, batch, signal))
      if (over) await this.#close(session, batch, jobId as JobId, totals, signal)
      else await this.#report(session, batch, jobId as JobId, totals, signal)
    } catch (error) {
      const known = findAppError(error)
      if (known?.retry.when !== 'never') throw error
      this.#deps.logger.warn('The transfer job of a batch is left as it is.', {
        batch: batch.id,
        reason: known.message,
      })
      this.#deps.journal.updateBatch(batch.id, { jobState: 'closed' })
    }
  }

  async #make(session: UploadSession, batch: BatchRecord, signal: AbortSignal): Promise<string> {
    const { journal } = this.#deps
    if (batch.jobState === 'creating') {
      const found = await this.#find(session, batch, signal)
      if (found[0]) {
        journal.updateBatch(batch.id, { jobState: 'open', jobId: found[0].id })
        return found[0].id
      }
      this.#sweepLater(session, batch)
    }
    journal.updateBatch(batch.id, { jobState: 'creating' })
    try {
      const job = await session.api.jobs.create(
        {
          title: batch.title,
          type: 'TRANSFER',
          status: 'STARTED',
          progressTotal: 100,
          metadata: { [BATCH_KEY]: batch.id },
        },
        signal,
      )
      journal.updateBatch(batch.id, { jobState: 'open', jobId: job.id })
      return job.id
    } catch (error) {
      const known = findAppError(error)
      if (known && !mayHaveHappened(known)) journal.updateBatch(batch.id, { jobState: 'none' })
      throw error
    }
  }

  /** Jobs of a batch that are there, oldest first. */
  async #find(session: UploadSession, batch: BatchRecord, signal: AbortSignal): Promise<JobDocument[]> {
    const from = new Date(batch.createdMs - 60_000).toISOString()
    const found: JobDocument[] = []
    for (let page = 1, pages = 1; page <= pages; page++) {
      const answer = await session.api.jobs.list(
        { type: 'TRANSFER', dateCreatedFrom: from },
        page,
        100,
        signal,
      )
      pages = answer.pages
      found.push(...answer.rows.filter((job) => job.metadata[BATCH_KEY] === batch.id))
    }
    return found.sort((a, b) => a.dateCreated.localeCompare(b.dateCreated))
  }

  /** Deletes second jobs of a batch. */
  async sweep(session: UploadSession, batchId: BatchRecord['id'], signal: AbortSignal): Promise<void> {
    const batch = this.#deps.journal.batch(batchId)
    if (!batch?.jobId) return
    const twins = (await this.#find(session, batch, signal)).filter((job) => job.id !== batch.jobId)
    if (twins.length > 0)
      await session.api.jobs.delete(
        twins.map((job) => job.id),
        signal,
      )
  }

  #sweepLater(session: UploadSession, batch: BatchRecord): void {
    this.#deps.journal.addSweep({
      accountId: session.accountId,
      kind: 'job',
      externalId: batch.id,
      ownerId: batch.id,
      dueMs: this.#deps.clock.nowMs() + 60_000,
    })
  }

  async #report(
    session: UploadSession,
    batch: BatchRecord,
    jobId: JobId,
    totals: readonly StateTotals[],
    signal: AbortSignal,
  ): Promise<void> {
    const nowMs = this.#deps.clock.monotonicMs()
    const last = this.#reported.get(batch.id) ?? { atMs: nowMs, percent: 0 }
    this.#reported.set(batch.id, last)
    const percent = percentOf(totals)
    if (percent === last.percent || nowMs - last.atMs < REPORT_EVERY_MS) return
    this.#reported.set(batch.id, { atMs: nowMs, percent })
    await session.api.jobs.update(jobId, { status: 'STARTED', progressProcessed: percent }, signal)
  }

  async #close(
    session: UploadSession,
    batch: BatchRecord,
    jobId: JobId,
    totals: readonly StateTotals[],
    signal: AbortSignal,
  ): Promise<void> {
    const count = (state: string) => totals.find((row) => row.state === state)?.count ?? 0
    const failed = count('failed')
    const good = count('done') + count('unproven')
    const status =
      failed > 0 ? (good > 0 ? 'FINISHED_WITH_WARNING' : 'FAILED') : good > 0 ? 'FINISHED' : 'ABORTED'
    await session.api.jobs.update(
      jobId,
      {
        status,
        progressProcessed: percentOf(totals),
        message: `${good} done, ${failed} failed, ${count('cancelled')} cancelled`,
        ...(failed > 0 ? { errorMessage: this.#reasons(batch) } : {}),
      },
      signal,
    )
    this.#deps.journal.updateBatch(batch.id, { jobState: 'closed' })
    this.#reported.delete(batch.id)
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
