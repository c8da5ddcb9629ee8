import type { JobId } from '@contract/ids.ts'
import { findAppError } from '../../core/errors.ts'
import type { UploadRecord } from '../../core/upload/upload-record.ts'
import type { UploadDependencies, UploadSession } from './session.ts'

const PARALLEL_TRIGGERS = 4

/** Asks iconik for previews of what arrived, and follows their jobs. A preview that fails is a warning, never a failed upload. */
export class PreviewTrack {
  readonly #deps: UploadDependencies
  readonly #triggering = new Set<string>()

  constructor(deps: UploadDependencies) {
    this.#deps = deps
  }

  /** Triggers what waits. */
  async trigger(session: UploadSession, signal: AbortSignal): Promise<void> {
    const waiting = this.#deps.journal
      .tracks(session.accountId, 'preview-waiting', 200)
      .filter((row) => !this.#triggering.has(row.id))
    const work = async () => {
      for (let row = waiting.shift(); row; row = waiting.shift()) await this.#triggerOne(session, row, signal)
    }
    await Promise.all(Array.from({ length: Math.min(PARALLEL_TRIGGERS, waiting.length) }, work))
  }

  async #triggerOne(session: UploadSession, upload: UploadRecord, signal: AbortSignal): Promise<void> {
    const { journal } = this.#deps
    const file = journal.files(upload.id)[0]
    if (!upload.assetId || !file?.fileId || this.#triggering.has(upload.id)) return
    this.#triggering.add(upload.id)
    try {
      const jobId = await session.api.files.triggerPreviews(upload.assetId, file.fileId, signal)
      journal.update(upload.id, jobId ? { preview: 'running', previewJobId: jobId } : { preview: 'none' })
    } catch (error) {
      const known = findAppError(error)
      if (known?.retry.when !== 'never') throw error
      journal.update(upload.id, {
        preview: 'failed',
        warning: `No preview could be asked for: ${known.message}`,
      })
    } finally {
      this.#triggering.delete(upload.id)
    }
  }

  /** Looks how the jobs of running previews stand. */
  async follow(session: UploadSession, signal: AbortSignal): Promise<void> {
    const running = this.#deps.journal
      .tracks(session.accountId, 'preview-running', 100)
      .filter((row) => row.previewJobId !== null)
    if (running.length === 0) return
    const ids = running.map((row) => row.previewJobId as JobId)
    const { rows } = await session.api.jobs.list({ ids }, 1, 100, signal)
    const jobs = new Map(rows.map((job) => [job.id as string, job]))
    for (const upload of running) {
      const job = jobs.get(upload.previewJobId ?? '')
      const end = job ? endOfJob(job.status) : 'gone'
      if (end === 'done') this.#deps.journal.update(upload.id, { preview: 'done' })
      else if (end === 'failed' || end === 'gone')
        this.#deps.journal.update(upload.id, {
          preview: 'failed',
          warning: `The preview failed: ${job?.errorMessage || job?.message || 'its job is gone'}`,
        })
    }
  }
}

function endOfJob(status: string): 'done' | 'failed' | null {
  switch (status) {
    case 'FINISHED':
    case 'FINISHED_WITH_WARNING':
    case 'SKIPPED':
      return 'done'
    case 'FAILED':
    case 'ABORTED':
    case 'DISCARDED':
      return 'failed'
    default:
      return null
  }
}
