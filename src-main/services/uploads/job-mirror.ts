import type { JobId } from '@contract/ids.ts'
import { findAppError } from '../../core/errors.ts'
import { mayHaveHappened } from '../../core/upload/retry-policy.ts'
import type { JobState } from '../../core/upload/upload-record.ts'
import type { Clock } from '../../ports/clock.ts'
import type { JobDocument, JobsApi } from '../../ports/iconik-api.ts'
import type { UploadSession } from './session.ts'

const REPORT_EVERY_MS = 5000

/** Work of ours as one job in iconik: what the journal knows of the job, and what the job is to say now. */
export interface JobShown {
  /** Tells jobs apart in memory. */
  key: string
  jobState: JobState
  jobId: string | null
  title: string
  metadata: Record<string, unknown>
  parentId?: JobId
  objectType?: string
  objectId?: string
  /** Whether a job that is there is this one. */
  isOurs: (job: JobDocument) => boolean
  /** Narrows the list in which it is looked for. */
  filter: Parameters<JobsApi['list']>[0]
  status: string
  percent: number
  message: string
  errorMessage: string
  write: (changes: { jobState?: JobState; jobId?: string }) => void
  /** A second one may turn up. */
  sweepLater: () => void
}

/** Keeps jobs in iconik as the journal has them: made once, told about now and then, closed. */
export class JobMirror {
  readonly #clock: Clock
  readonly #reported = new Map<string, { atMs: number; percent: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Makes the job or brings it up to date. @returns its id */
  async show(
    session: UploadSession,
    job: JobShown,
    { close }: { close: boolean },
    signal: AbortSignal,
  ): Promise<JobId> {
    let jobId = job.jobId
    if (!jobId) {
      const found = job.jobState === 'creating' ? (await this.#find(session, job, signal))[0] : undefined
      if (!found) return this.#make(session, job, close, signal)
      jobId = found.id
      job.write({ jobState: 'open', jobId })
    }
    if (close) await this.#close(session, job, jobId as JobId, signal)
    else await this.#report(session, job, jobId as JobId, signal)
    return jobId as JobId
  }

  async #make(session: UploadSession, job: JobShown, close: boolean, signal: AbortSignal): Promise<JobId> {
    if (job.jobState === 'creating') job.sweepLater()
    job.write({ jobState: 'creating' })
    try {
      const { title, metadata, parentId, objectType, objectId, message, errorMessage } = job
      const made = await session.api.jobs.create(
        {
          title,
          type: 'TRANSFER',
          status: job.status,
          progressProcessed: job.percent,
          progressTotal: 100,
          metadata,
          ...(message ? { message } : {}),
          ...(errorMessage ? { errorMessage } : {}),
          ...(parentId ? { parentId } : {}),
          ...(objectType && objectId ? { objectType, objectId } : {}),
        },
        signal,
      )
      job.write({ jobState: close ? 'closed' : 'open', jobId: made.id })
      this.#reported.set(job.key, { atMs: this.#clock.monotonicMs(), percent: job.percent })
      return made.id
    } catch (error) {
      const known = findAppError(error)
      if (known && !mayHaveHappened(known)) job.write({ jobState: 'none' })
      throw error
    }
  }

  async #report(session: UploadSession, job: JobShown, jobId: JobId, signal: AbortSignal): Promise<void> {
    const nowMs = this.#clock.monotonicMs()
    const last = this.#reported.get(job.key)
    // After a restart, or when it was closed before and its upload runs again, it is told at once.
    if (last && (job.percent === last.percent || nowMs - last.atMs < REPORT_EVERY_MS)) return
    this.#reported.set(job.key, { atMs: nowMs, percent: job.percent })
    const { status, percent: progressProcessed, message } = job
    await session.api.jobs.update(
      jobId,
      { status, progressProcessed, ...(message ? { message } : {}) },
      signal,
    )
  }

  async #close(session: UploadSession, job: JobShown, jobId: JobId, signal: AbortSignal): Promise<void> {
    const { status, percent: progressProcessed, message, errorMessage } = job
    await session.api.jobs.update(
      jobId,
      {
        status,
        progressProcessed,
        ...(message ? { message } : {}),
        ...(errorMessage ? { errorMessage } : {}),
      },
      signal,
    )
    job.write({ jobState: 'closed' })
    this.#reported.delete(job.key)
  }

  /** Deletes all but the one that the journal names. */
  async removeTwins(session: UploadSession, job: JobShown, signal: AbortSignal): Promise<void> {
    if (!job.jobId) return
    const twins = (await this.#find(session, job, signal)).filter((found) => found.id !== job.jobId)
    if (twins.length > 0)
      await session.api.jobs.delete(
        twins.map((twin) => twin.id),
        signal,
      )
  }

  /** Oldest first. */
  async #find(session: UploadSession, job: JobShown, signal: AbortSignal): Promise<JobDocument[]> {
    const found: JobDocument[] = []
    for (let page = 1, pages = 1; page <= pages; page++) {
      const answer = await session.api.jobs.list(job.filter, page, 100, signal)
      pages = answer.pages
      found.push(...answer.rows.filter(job.isOurs))
    }
    return found.sort((a, b) => a.dateCreated.localeCompare(b.dateCreated))
  }
}
