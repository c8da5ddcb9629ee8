import type { AssetId, BatchId, UploadId } from '@contract/ids.ts'
import type { BatchView, UploadFilter, UploadRow, UploadSelection, UploadSummary } from '@contract/uploads.ts'
import type { CommittedPlan, FieldValues, ScannedFile } from '../../core/clip.ts'
import { AppError, findAppError } from '../../core/errors.ts'
import { sameSighting } from '../../core/intake/settle.ts'
import { isEnd } from '../../core/upload/upload-record.ts'
import type { BatchRecord, UploadFileRecord, UploadRecord } from '../../core/upload/upload-record.ts'
import { TransferRate } from '../../core/upload/transfer-rate.ts'
import type {
  KnownFile,
  KnownSize,
  KnownUploads,
  UploadIntake,
  UploadOutcome,
} from '../../ports/upload-intake.ts'
import type { ProvenFile, StateTotals, UploadTrack } from '../../ports/upload-journal.ts'
import { BatchJobs } from './batch-jobs.ts'
import { MetadataTrack } from './metadata-track.ts'
import { PreviewTrack } from './preview-track.ts'
import type { PaceSettings, UploadDependencies, UploadSession } from './session.ts'
import { TwinSweeper } from './twin-sweep.ts'
import { UploadQueue } from './upload-queue.ts'
import type { QueueHold } from './upload-queue.ts'
import { batchView, summaryOf, uploadRow } from './upload-view.ts'

/** So often rows that changed are announced, and work that others asked for is noticed. */
const TICK_MS = 250
/** So often while thousands of files are being taken in, each of which is such a row. */
const ANNOUNCE_WHEN_BUSY_MS = 1000
const TRACKS_EVERY_MS = 1000
const PREVIEWS_EVERY_MS = 3000
/** Rows in one announcement; what is beyond comes with the next. */
const ROWS_PER_CHANGE = 500

export interface UploadsChange {
  revision: number
  rows: UploadRow[]
  listChanged: boolean
  summary: UploadSummary
}

export interface UploadServiceOptions {
  session: () => UploadSession | null
  /** The account that is chosen, whose uploads these are, whether or not its server can be reached; null when none is. */
  accountId: () => string | null
  /** The server refused the token of this session in the middle of work. */
  onRejected: (session: UploadSession) => void
  pace: () => PaceSettings
  owner: { ownerId: string; pid: number }
  /** Whether jobs of previews are followed to their end. */
  followPreviews: boolean
}

/** The uploads of the signed-in account: what a person sees of them, what may be asked for, and what carries them on. */
export class UploadService implements UploadIntake, KnownUploads {
  readonly #deps: UploadDependencies
  readonly #options: UploadServiceOptions
  readonly #queue: UploadQueue
  readonly #jobs: BatchJobs
  readonly #sweeper: TwinSweeper
  readonly #metadata: MetadataTrack
  readonly #previews: PreviewTrack
  readonly #changeListeners = new Set<(change: UploadsChange, records: UploadRecord[]) => void>()
  readonly #outcomeListeners = new Set<(outcome: UploadOutcome) => void>()
  readonly #rates = new Map<UploadId, TransferRate>()
  readonly #totalRate = new TransferRate()
  readonly #atRest = new Set<UploadId>()
  readonly #states = new Map<UploadId, string>()
  #stop = new AbortController()
  #timer: { cancel(): void } | null = null
  #revision = 0
  /** Why the last tick could not use the journal; '' when it could. */
  #trouble = ''
  #announceAtMs = 0
  #tracksAtMs = 0
  #previewsAtMs = 0
  #tracks: Promise<void> | null = null

  constructor(deps: UploadDependencies, options: UploadServiceOptions) {
    this.#deps = deps
    this.#options = options
    this.#queue = new UploadQueue(deps, { ...options, onRest: () => this.#lookNow() })
    this.#jobs = new BatchJobs(deps)
    this.#sweeper = new TwinSweeper(deps, this.#jobs)
    this.#metadata = new MetadataTrack(deps)
    this.#previews = new PreviewTrack(deps)
    this.#revision = deps.journal.revision()
  }

  // ---- life ----

  start(): void {
    this.#tick()
  }

  /** Ends cleanly: what runs is cut and written down. Resolves when the journal is at rest. */
  async stop(): Promise<void> {
    this.#timer?.cancel()
    this.#timer = null
    this.#stop.abort()
    await Promise.allSettled([this.#queue.stop(), this.#tracks ?? Promise.resolve()])
    this.#announce()
  }

  /** Looks at the network now instead of at the next turn. */
  wake(): void {
    this.#queue.nudge()
  }

  #tick = (): void => {
    if (this.#stop.signal.aborted) return
    this.#timer = this.#deps.clock.after(TICK_MS, this.#tick)
    try {
      this.#queue.tick()
      this.#queue.progress.flush(this.#deps.journal)
      if (!this.#queue.isYielding || this.#deps.clock.monotonicMs() >= this.#announceAtMs) this.#announce()
      this.#followTracks()
      this.#trouble = ''
    } catch (error) {
      // A journal that cannot be written now may be writable again later, as when a disk was full. It is said once.
      const reason = error instanceof Error ? error.message : String(error)
      if (reason !== this.#trouble)
        this.#deps.logger.error('The journal of uploads cannot be used.', { reason })
      this.#trouble = reason
    }
  }

  /** Nothing runs any more: whoever waits for that end hears of it now rather than at the next turn. */
  #lookNow(): void {
    this.#timer?.cancel()
    this.#tick()
  }

  #followTracks(): void {
    const session = this.#options.session()
    const nowMs = this.#deps.clock.monotonicMs()
    if (!session || !this.#queue.holdsLock || this.#queue.hold || this.#tracks) return
    if (nowMs < this.#tracksAtMs) return
    this.#tracksAtMs = nowMs + TRACKS_EVERY_MS
    this.#tracks = this.#advanceTracks(session, nowMs)
      .catch((error: unknown) => {
        // The queue itself notices what is wrong with the network or the account; tracks just come again.
        const known = findAppError(error)
        if (known?.code !== 'cancelled')
          this.#deps.logger.warn('Work beside the uploads is put off.', { reason: String(error) })
        this.#tracksAtMs = this.#deps.clock.monotonicMs() + 5 * TRACKS_EVERY_MS
      })
      .finally(() => (this.#tracks = null))
  }

  async #advanceTracks(session: UploadSession, nowMs: number): Promise<void> {
    const { signal } = this.#stop
    await this.#previews.trigger(session, signal)
    await this.#metadata.advance(session, signal)
    await this.#jobs.update(session, signal)
    await this.#sweeper.sweep(session, signal)
    if (!this.#options.followPreviews || nowMs < this.#previewsAtMs) return
    this.#previewsAtMs = nowMs + PREVIEWS_EVERY_MS
    await this.#previews.follow(session, signal)
  }

  /** Looks for twins now, whatever the schedule says; what may come later stays in the journal. */
  async sweepNow(): Promise<void> {
    const session = this.#options.session()
    if (session) await this.#sweeper.sweep(session, AbortSignal.timeout(15_000), true)
  }

  // ---- what is handed over ----

  async enqueue(plan: CommittedPlan): Promise<{ batchId: BatchId; uploadIds: (UploadId | null)[] }> {
    const accountId = this.#account()
    // What was planned for one customer must not reach another, however the switch falls in between.
    if (plan.accountId !== undefined && plan.accountId !== accountId)
      throw new AppError('auth.required', 'This was planned for another account. Switch back to it.')
    const result = this.#deps.journal.commit(accountId, plan, this.#deps.clock.nowMs())
    this.#queue.tick()
    return { batchId: result.batchId, uploadIds: result.uploadIds }
  }

  whileTakingIn<T>(work: () => Promise<T>): Promise<T> {
    return this.#queue.yieldTo(work)
  }

  outcome(id: UploadId): UploadOutcome | undefined {
    const upload = this.#deps.journal.get(id)
    return upload ? outcomeOf(upload) : undefined
  }

  mayTakeAlong(files: readonly ScannedFile[]): ReadonlySet<string> {
    const now = new Map(files.map((file) => [file.path, file]))
    const isOther = (before: KnownFile) => !sameSighting(before, now.get(before.path) ?? before)
    const known = this.filesAtPaths([...now.keys()])
    return new Set(
      known.filter((before) => before.state === 'active' && isOther(before)).map((before) => before.path),
    )
  }

  onOutcome(listener: (outcome: UploadOutcome) => void): () => void {
    this.#outcomeListeners.add(listener)
    return () => this.#outcomeListeners.delete(listener)
  }

  countsOfWatchFolder(watchFolderId: string) {
    const totals = this.#deps.journal.totalsOfWatchFolder(watchFolderId)
    const of = (...states: StateTotals['state'][]) =>
      totals.filter((row) => states.includes(row.state)).reduce((sum, row) => sum + row.count, 0)
    return {
      queued: of('waiting', 'settling', 'paused'),
      uploading: of('preparing', 'uploading', 'checking'),
      done: of('done'),
      needsYou: of('failed', 'unproven'),
    }
  }

  filesAtPath(path: string): KnownFile[] {
    return this.#deps.journal.filesAtPath(this.#account(), path)
  }
  filesAtPaths(paths: readonly string[]): KnownFile[] {
    return this.#deps.journal.filesAtPaths(this.#account(), paths)
  }
  provenFiles(assetId: AssetId): ProvenFile[] {
    return this.#deps.journal.provenFiles(this.#account(), assetId)
  }
  provenAssets(ids: AssetId[]): AssetId[] {
    // Lists of assets ask this, and they show without an account too.
    const accountId = this.#options.accountId()
    return accountId ? this.#deps.journal.provenAssets(accountId, ids) : []
  }
  isSizeRead(sizeBytes: number): boolean {
    return this.#deps.journal.isSizeRead(this.#account(), sizeBytes)
  }
  knownSizes(sizesBytes: readonly number[]): KnownSize[] {
    return this.#deps.journal.knownSizes(this.#account(), sizesBytes)
  }
  unreadOfSize(sizeBytes: number): KnownFile | null {
    return this.#deps.journal.unreadOfSize(this.#account(), sizeBytes)
  }
  filesWithXxh128(xxh128: string, sizeBytes: number): KnownFile[] {
    return this.#deps.journal.filesWithXxh128(this.#account(), xxh128, sizeBytes)
  }

  filesStartingWith(pathPrefix: string): KnownFile[] {
    return this.#deps.journal.filesStartingWith(this.#account(), pathPrefix)
  }
  valuesSent(uploadId: UploadId): FieldValues {
    return this.#deps.journal.valuesSent(uploadId)
  }

  // ---- what a person sees ----

  summary(): UploadSummary {
    const accountId = this.#options.accountId()
    const totals = accountId ? this.#deps.journal.totals(accountId).filter((row) => row.count > 0) : []
    const waiting = totals.some((row) => row.state === 'waiting')
    const moving = totals.some((row) => ['preparing', 'uploading', 'checking'].includes(row.state))
    const paused = totals.some((row) => row.state === 'paused')
    return summaryOf(totals, {
      bytesPerSecond: moving ? this.#totalRate.bytesPerSecond() : null,
      pausedByUser: paused && !waiting && !moving,
      held: waiting || moving ? heldText(this.#queue.hold) : null,
      limitBytesPerSecond: this.#queue.limitNow(),
    })
  }

  list(filter: UploadFilter, offset: number, limit: number) {
    const { journal } = this.#deps
    const revision = journal.revision()
    const { total, rows } = journal.list(this.#account(), filter, offset, limit)
    return { revision, total, rows: rows.map((upload) => this.#row(upload)) }
  }

  batches(): BatchView[] {
    const { journal } = this.#deps
    const accountId = this.#account()
    return journal
      .batches(accountId, 500)
      .map((batch) => batchView(batch, journal.totals(accountId, batch.id)))
  }

  /** How a batch stands; null when the journal does not know it. */
  standing(id: BatchId): { title: string; done: number; failed: number; open: number } | null {
    const batch = this.#deps.journal.batch(id)
    if (!batch) return null
    const totals = this.#deps.journal.totals(batch.accountId, id)
    const of = (...states: StateTotals['state'][]) =>
      totals.filter((row) => states.includes(row.state)).reduce((sum, row) => sum + row.count, 0)
    const [done, failed] = [of('done'), of('failed', 'unproven')]
    const all = totals.reduce((sum, row) => sum + row.count, 0)
    return { title: batch.title, done, failed, open: all - done - failed - of('cancelled') }
  }
  batch(id: BatchId): BatchRecord | null {
    return this.#deps.journal.batch(id)
  }
  upload(id: UploadId): UploadRecord | null {
    return this.#deps.journal.get(id)
  }
  files(id: UploadId): UploadFileRecord[] {
    return this.#deps.journal.files(id)
  }
  uploadsOf(id: BatchId): UploadRecord[] {
    return this.#deps.journal.uploadsOf(id)
  }
  get hold(): QueueHold {
    return this.#queue.hold
  }

  /** Everything of the account that is neither over nor paused. */
  unfinishedCount(): number {
    return this.#deps.journal.unfinishedCount(this.#account())
  }

  /** Whether metadata, jobs or (with `previews`) previews still have work to do. */
  hasOpenTracks(previews: boolean): boolean {
    const { journal } = this.#deps
    const accountId = this.#account()
    const open = journal
      .openBatches(accountId)
      .some((batch) =>
        journal
          .totals(accountId, batch.id)
          .every((row) => row.count === 0 || ['done', 'unproven', 'failed', 'cancelled'].includes(row.state)),
      )
    if (open || journal.tracks(accountId, 'metadata', 1).length > 0) return true
    const isOpen = (track: UploadTrack) => journal.tracks(accountId, track, 1).length > 0
    return isOpen('preview-waiting') || (previews && isOpen('preview-running'))
  }

  // ---- what a person asks for ----

  pause(selection: UploadSelection): void {
    this.#ask((account) => this.#deps.journal.hold(account, selection, 'paused'))
  }
  resume(selection: UploadSelection): void {
    this.#ask((account) => this.#deps.journal.hold(account, selection, 'none'))
  }
  retry(selection: UploadSelection): number {
    return this.#ask((account) => this.#deps.journal.retry(account, selection))
  }
  cancel(selection: UploadSelection): number {
    return this.#ask((account) => this.#deps.journal.hold(account, selection, 'cancelling'))
  }
  prioritize(selection: UploadSelection): void {
    this.#ask((account) => this.#deps.journal.prioritize(account, selection))
  }
  clearFinished(): void {
    this.#ask((account) => (this.#deps.journal.clearFinished(account), 0))
  }

  #ask(change: (accountId: string) => number): number {
    const changed = change(this.#account())
    this.#queue.nudge()
    return changed
  }

  // ---- announcing ----

  /** Hears rows that changed, at most four times a second. @returns stops it */
  onChanged(listener: (change: UploadsChange, records: UploadRecord[]) => void): () => void {
    this.#changeListeners.add(listener)
    return () => this.#changeListeners.delete(listener)
  }

  #announce(): void {
    this.#announceAtMs = this.#deps.clock.monotonicMs() + ANNOUNCE_WHEN_BUSY_MS
    const accountId = this.#options.accountId()
    if (accountId === null) return
    const records = this.#deps.journal.changedSince(accountId, this.#revision, ROWS_PER_CHANGE)
    const latest = records.at(-1)
    if (!latest) return
    this.#revision = latest.revision
    const nowMs = this.#deps.clock.monotonicMs()
    const rows = records.map((upload) => this.#row(upload, nowMs))
    const listChanged = this.#noteStates(rows)
    this.#noteTotal(accountId, nowMs)
    const change = { revision: this.#revision, rows, listChanged, summary: this.summary() }
    for (const listener of this.#changeListeners) listener(change, records)
    for (const upload of records) this.#announceOutcome(upload)
  }

  /** Once for each time that an upload comes to rest: its tracks change the row later on. */
  #announceOutcome(upload: UploadRecord): void {
    if (!isEnd(upload.step)) {
      this.#atRest.delete(upload.id)
      return
    }
    if (this.#atRest.has(upload.id)) return
    this.#atRest.add(upload.id)
    this.#rates.delete(upload.id)
    for (const listener of this.#outcomeListeners) listener(outcomeOf(upload))
    // The last of a batch: its job is closed, its previews are asked for now.
    if (this.#queue.runningCount === 0) this.#tracksAtMs = 0
  }

  #noteTotal(accountId: string, nowMs: number): void {
    const totals = this.#deps.journal.totals(accountId)
    this.#totalRate.record(
      nowMs,
      totals.reduce((sum, row) => sum + row.sentBytes, 0),
    )
  }

  /** Rows that moved to another part of the list change its order. */
  #noteStates(rows: readonly UploadRow[]): boolean {
    let changed = false
    for (const row of rows) {
      if (this.#states.get(row.id) === row.state) continue
      changed = true
      this.#states.set(row.id, row.state)
    }
    return changed
  }

  #row(upload: UploadRecord, nowMs?: number): UploadRow {
    let rate = this.#rates.get(upload.id)
    if (nowMs !== undefined && upload.step === 'bytes') {
      if (!rate) this.#rates.set(upload.id, (rate = new TransferRate()))
      rate.record(nowMs, upload.sentBytes)
    }
    return uploadRow(upload, rate?.bytesPerSecond() ?? null, this.#deps.sources?.isElsewhere(upload.path))
  }

  #account(): string {
    const accountId = this.#options.accountId()
    if (accountId === null) throw new AppError('auth.required', 'Sign in to upload.')
    return accountId
  }
}

function outcomeOf(upload: UploadRecord): UploadOutcome {
  const state =
    upload.step === 'verified'
      ? 'done'
      : upload.step === 'unproven' || upload.step === 'failed' || upload.step === 'cancelled'
        ? upload.step
        : 'active'
  return {
    uploadId: upload.id,
    batchId: upload.batchId,
    assetId: upload.assetId,
    state,
    reason: upload.error?.message ?? '',
  }
}

function heldText(hold: QueueHold): string | null {
  switch (hold?.reason) {
    case 'offline':
      return 'The server cannot be reached. Uploads go on when it answers again.'
    case 'signed-out':
      return 'Sign in again: the server does not take the token any more.'
    case 'store-full':
      return 'The disk that holds the list of uploads is full. Make room on it; uploads go on by themselves.'
    case 'other-runner':
      return `Another Ferry (process ${hold.pid}) runs the queue.`
    default:
      return null
  }
}
