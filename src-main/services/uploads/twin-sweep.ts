import type { UploadId } from '@contract/ids.ts'
import { findAppError } from '../../core/errors.ts'
import { nextSweepDelayMs } from '../../core/upload/sweep-schedule.ts'
import { isEnd } from '../../core/upload/upload-record.ts'
import type { TwinSweep } from '../../ports/upload-journal.ts'
import type { BatchJobs } from './batch-jobs.ts'
import { findAssets } from './create-steps.ts'
import { sweepInside } from './sweep-inside.ts'
import type { UploadDependencies, UploadSession } from './session.ts'

/** Deletes second objects of ours that creates with lost answers left behind, once the search index shows them. */
export class TwinSweeper {
  readonly #deps: UploadDependencies
  readonly #jobs: BatchJobs
  #busy = false

  constructor(deps: UploadDependencies, jobs: BatchJobs) {
    this.#deps = deps
    this.#jobs = jobs
  }

  /**
   * @param early makes the sweeps of up to an hour from now too: at the start and before a command ends. Their schedule stays.
   */
  async sweep(session: UploadSession, signal: AbortSignal, early = false): Promise<void> {
    if (this.#busy) return
    this.#busy = true
    try {
      const { journal, clock } = this.#deps
      const untilMs = clock.nowMs() + (early ? 3_600_000 : 0)
      for (const sweep of journal.dueSweeps(session.accountId, untilMs)) {
        await this.#sweepOne(session, sweep, signal)
        if (sweep.dueMs > clock.nowMs()) continue
        const delayMs = nextSweepDelayMs(sweep.round + 1)
        journal.finishSweep(sweep.id, delayMs === null ? null : clock.nowMs() + delayMs)
      }
    } finally {
      this.#busy = false
    }
  }

  async #sweepOne(session: UploadSession, sweep: TwinSweep, signal: AbortSignal): Promise<void> {
    switch (sweep.kind) {
      case 'asset':
        return this.#sweepAssets(session, sweep, signal)
      case 'inside':
        return this.#sweepInside(session, sweep, signal)
      case 'collection':
        return this.#sweepCollections(session, sweep, signal)
      case 'job':
        return this.#jobs.sweep(session, sweep.ownerId, signal)
    }
  }

  async #sweepAssets(session: UploadSession, sweep: TwinSweep, signal: AbortSignal): Promise<void> {
    const owner = this.#deps.journal.get(sweep.ownerId as UploadId)
    if (!owner) return
    // Which one stays is not known yet.
    if (!owner.assetId && !isEnd(owner.step)) return
    const keepId = owner.step === 'cancelled' ? null : owner.assetId
    for (const asset of await findAssets({ session, signal }, sweep.externalId)) {
      if (asset.id === keepId) continue
      // Only an empty one can be a twin: whatever holds files is somebody's.
      const files = await session.api.files.listFiles(asset.id, {}, signal)
      if (files.length > 0) continue
      this.#deps.logger.info('A second asset that a lost answer left behind is removed.', { asset: asset.id })
      await session.api.assets.deleteUpload(asset.id, signal)
    }
  }

  async #sweepInside(session: UploadSession, sweep: TwinSweep, signal: AbortSignal): Promise<void> {
    const { journal, logger } = this.#deps
    const owner = journal.get(sweep.ownerId as UploadId)
    // Files that joined the set of another upload have nothing of their own there.
    if (!owner?.assetId || owner.step !== 'verified' || owner.decision.do === 'join') return
    const upload = { ...owner, assetId: owner.assetId }
    const removed = await sweepInside(session, upload, journal.files(owner.id), signal)
    if (removed.length > 0)
      logger.info('What lost answers left behind inside an asset is removed.', {
        asset: owner.assetId,
        removed,
      })
  }

  async #sweepCollections(session: UploadSession, sweep: TwinSweep, signal: AbortSignal): Promise<void> {
    const keepId = this.#deps.journal.collection(session.accountId, sweep.externalId)?.collectionId
    if (!keepId) return
    const { rows } = await session.api.search.collections(
      { terms: [{ name: 'external_id', value: sweep.externalId }], perPage: 10 },
      signal,
    )
    for (const row of rows) {
      if (row.id === keepId) continue
      try {
        const collection = await session.api.collections.get(row.id, signal)
        if (collection.externalId !== sweep.externalId || collection.status === 'DELETED') continue
        const inside = await session.api.search.assets(
          { terms: [{ name: 'in_collections', value: row.id }], perPage: 1 },
          signal,
        )
        if (inside.total === 0) await session.api.collections.delete(row.id, signal)
      } catch (error) {
        if (findAppError(error)?.code !== 'api.not-found') throw error
      }
    }
  }
}
