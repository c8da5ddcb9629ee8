import { createHash, randomUUID } from 'node:crypto'
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { BatchId, UploadId } from '@contract/ids.ts'
import type { UploadFilter, UploadSelection } from '@contract/uploads.ts'
import type { ClipTarget, CommittedPlan, FieldValues, PlannedClip } from '../../core/clip.ts'
import {
  clipSizeBytes,
  LARGE_UPLOAD_BYTES,
  OWN_JOB_BYTES,
  uploadIdentity,
} from '../../core/upload/identity.ts'
import { isEnd } from '../../core/upload/upload-record.ts'
import type {
  BatchRecord,
  UploadFileRecord,
  UploadHold,
  UploadRecord,
} from '../../core/upload/upload-record.ts'
import { listSection, viewState } from '../../core/upload/view-state.ts'
import type { KnownFile } from '../../ports/upload-intake.ts'
import type {
  CollectionRecord,
  CommitResult,
  FileChanges,
  RunnerLock,
  StateTotals,
  TwinSweep,
  UploadChanges,
  UploadJournal,
  UploadTrack,
} from '../../ports/upload-journal.ts'
import { AppError } from '../../core/errors.ts'
import { asStoreError, migrate, transaction } from './sqlite-database.ts'
import { uploadJournalMigrations } from './upload-journal-schema.ts'
import { readBatch, readFile, readUpload } from './upload-journal-rows.ts'

type Row = Record<string, SQLInputValue>
type Derived = Pick<
  UploadRecord,
  'seq' | 'batchId' | 'step' | 'hold' | 'active' | 'sizeBytes' | 'finishedMs' | 'jobId'
>

/** How long the end of an upload waits for others that end too, so that they share one wait for the disk. */
const SETTLE_TOGETHER_MS = 5

const UPLOAD_COLUMNS: Record<keyof UploadChanges, string> = {
  priority: 'priority',
  title: 'title',
  fileCount: 'file_count',
  sizeBytes: 'size_bytes',
  sentBytes: 'sent_bytes',
  step: 'step',
  hold: 'hold',
  active: 'active',
  pending: 'pending',
  way: 'way',
  externalId: 'external_id',
  assetId: 'asset_id',
  versionId: 'version_id',
  versionsBefore: 'versions_before_json',
  formatId: 'format_id',
  fileSetId: 'file_set_id',
  storageId: 'storage_id',
  attempts: 'attempts',
  notBeforeMs: 'not_before_ms',
  restarts: 'restarts',
  error: 'error_json',
  warning: 'warning',
  proof: 'proof',
  jobState: 'job_state',
  jobId: 'job_id',
  preview: 'preview',
  previewJobId: 'preview_job_id',
  metadata: 'metadata',
  finishedMs: 'finished_ms',
}

const FILE_COLUMNS: Record<keyof FileChanges, string> = {
  sizeBytes: 'size_bytes',
  mtimeMs: 'mtime_ms',
  inode: 'inode',
  step: 'step',
  fileId: 'file_id',
  checkpoint: 'checkpoint_json',
  sentBytes: 'sent_bytes',
  md5: 'md5',
  sha1: 'sha1',
  crc32c: 'crc32c',
  xxh128: 'xxh128',
  proven: 'proven',
  evidence: 'evidence',
  closedMs: 'closed_ms',
}

/** The upload journal in a SQLite file that app and command line may share. */
export class SqliteUploadJournal implements UploadJournal {
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  #ending: { write: () => void; resolve: () => void; reject: (error: Error) => void }[] = []

  constructor(db: DatabaseSync) {
    this.#db = db
    migrate(db, 'upload-journal', uploadJournalMigrations)
  }

  commit(accountId: string, plan: CommittedPlan, nowMs: number): CommitResult {
    return transaction(
      this.#db,
      () => {
        const batchId = BatchId.parse(randomUUID())
        const revision = this.#nextRevision()
        this.#run(
          'INSERT INTO batches (id, account_id, title, source, watch_folder_id, after_json, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?)',
          batchId,
          accountId,
          plan.title,
          plan.source,
          plan.watchFolderId,
          JSON.stringify(plan.after),
          nowMs,
        )
        let queued = 0
        const coming = plan.clips.filter(({ decision }) => !['skip', 'wait'].includes(decision.do)).length
        const uploadIds = plan.clips.map((planned) => {
          if (planned.decision.do === 'skip' || planned.decision.do === 'wait') return null
          const identity = createHash('sha256').update(uploadIdentity(planned)).digest('hex')
          const existing =
            this.#sent(accountId, planned) ??
            this.#requeue(accountId, identity) ??
            this.#renew(accountId, identity, planned)
          if (existing) return existing
          queued++
          return this.#insert(accountId, batchId, identity, planned, nowMs, revision, coming > 1)
        })
        if (queued > 0) return { batchId, uploadIds, queued }
        this.#run('DELETE FROM batches WHERE id = ?', batchId)
        const first = uploadIds.find((id) => id !== null)
        return { batchId: (first && this.get(first)?.batchId) ?? batchId, uploadIds, queued }
      },
      { durable: true },
    )
  }

  /** The upload that made, or is to make, the one asset with this external id; one that failed is set going again. */
  #sent(accountId: string, { externalId }: PlannedClip): UploadId | null {
    const upload = externalId === undefined ? null : this.uploadByExternalId(accountId, externalId)
    if (upload?.step === 'failed') this.#write(upload, { ...afresh(upload), cleared: false })
    return upload?.id ?? null
  }

  /** The look for twins of a cancelled upload may still be to come: what takes its place must not be found by it. */
  #freeExternalId(accountId: string, wanted: string | undefined): string | undefined {
    const isTaken =
      wanted !== undefined &&
      this.#get('SELECT 1 FROM uploads WHERE account_id = ? AND external_id = ?', accountId, wanted)
    return isTaken ? undefined : wanted
  }

  uploadByExternalId(accountId: string, externalId: string): UploadRecord | null {
    const row = this.#get(
      `SELECT * FROM uploads WHERE account_id = ? AND external_id = ? AND step <> 'cancelled' ORDER BY seq DESC LIMIT 1`,
      accountId,
      externalId,
    )
    return row ? readUpload(row) : null
  }

  /** An upload of the same files to the same place that is not over; a failed or cancelling one is set going again. */
  #requeue(accountId: string, identity: string): UploadId | null {
    const row = this.#get(
      `SELECT * FROM uploads WHERE account_id = ? AND identity = ? AND step NOT IN ('verified', 'unproven', 'cancelled')`,
      accountId,
      identity,
    )
    if (!row) return null
    const upload = readUpload(row)
    if (upload.step === 'failed') this.#write(upload, { ...afresh(upload), cleared: false })
    return upload.id
  }

  /**
   * A failed upload of what lies at the same paths, as it was before: it is taken as it is now, with the asset that the upload may have
   * made. One that had other files is cancelled instead, so that nothing of it is left on the server.
   * @returns null when there is none to go on with
   */
  #renew(accountId: string, identity: string, planned: PlannedClip): UploadId | null {
    const paths = planned.clip.files.map((file) => file.path)
    const rows = this.#all(
      `SELECT u.* FROM upload_files f JOIN uploads u ON u.seq = f.upload_seq
       WHERE f.account_id = ? AND f.path = ? AND f.idx = 0 AND u.step = 'failed' ORDER BY u.seq DESC`,
      accountId,
      paths[0] ?? '',
    )
    for (const upload of rows.map(readUpload)) {
      if (!isSamePurpose(upload, planned)) continue
      const files = this.files(upload.id)
      if (files.length !== paths.length || files.some((file, index) => file.path !== paths[index])) {
        if (upload.decision.do === 'upload') this.#write(upload, { hold: 'cancelling' })
        continue
      }
      // Whatever was sent of it is of other bytes: it must be looked at anew, which finds that the file changed.
      this.#run(
        `UPDATE upload_files SET step = 'open', checkpoint_json = NULL WHERE upload_seq = ? AND step IN ('sent', 'stored', 'closed')`,
        upload.seq,
      )
      this.#set('uploads', { identity }, 'seq = ?', upload.seq)
      this.#write(upload, { ...afresh(upload), cleared: false })
      return upload.id
    }
    return null
  }

  #insert(
    accountId: string,
    batchId: BatchId,
    identity: string,
    planned: PlannedClip,
    nowMs: number,
    revision: number,
    hasNeighbours: boolean,
  ): UploadId {
    const { clip, target, decision } = planned
    const id = UploadId.parse(randomUUID())
    const sizeBytes = clipSizeBytes(clip)
    const main = clip.files[0]
    // What only describes an asset that is there has no file of its own.
    const path = main?.path ?? clip.metadataSidecars[0]
    if (path === undefined) throw new AppError('bug', `The clip ${clip.title} has no file.`)
    const { lastInsertRowid } = this.#run(
      `INSERT INTO uploads (id, batch_id, account_id, identity, title, kind, path, root_path, directory, file_count, size_bytes,
         target_json, decision_json, sidecars_json, external_id, asset_id, metadata, queued_ms, revision, state, section, order_key, lane, job_state)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', 2, 0, ?, ?)`,
      id,
      batchId,
      accountId,
      identity,
      clip.title,
      clip.kind,
      path,
      clip.rootPath,
      clip.directory,
      clip.files.length,
      sizeBytes,
      JSON.stringify(target),
      JSON.stringify(decision),
      JSON.stringify(clip.metadataSidecars),
      // Letters and digits only: search parses what it is asked for as query text.
      this.#freeExternalId(accountId, planned.externalId) ?? `ferry${randomUUID().replaceAll('-', '')}`,
      decision.do === 'version' ? decision.assetId : null,
      Object.keys(target.metadata).length > 0 && target.viewId ? 'waiting' : 'none',
      nowMs,
      revision,
      sizeBytes >= LARGE_UPLOAD_BYTES ? 'large' : 'small',
      // The only clip of a batch is what the batch's job is about.
      sizeBytes >= OWN_JOB_BYTES && hasNeighbours ? 'none' : 'closed',
    )
    const seq = Number(lastInsertRowid)
    this.#run('UPDATE uploads SET order_key = seq WHERE seq = ?', seq)
    const insertFile = this.#statement(
      `INSERT INTO upload_files (upload_seq, idx, account_id, path, relative_path, role, size_bytes, mtime_ms, inode)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    clip.files.forEach((file, index) =>
      insertFile.run(
        seq,
        index,
        accountId,
        file.path,
        file.relativePath,
        file.role,
        file.sizeBytes,
        file.mtimeMs,
        file.inode,
      ),
    )
    return id
  }

  // ---- the runner ----

  acquireRunner(owner: { ownerId: string; pid: number }, nowMs: number, staleAfterMs: number): boolean {
    return transaction(this.#db, () => {
      const held = this.runner(nowMs, staleAfterMs)
      if (held && held.ownerId !== owner.ownerId) return false
      this.#run('INSERT OR REPLACE INTO runner_lock VALUES (1, ?, ?, ?)', owner.ownerId, owner.pid, nowMs)
      return true
    })
  }

  heartbeat(ownerId: string, nowMs: number): boolean {
    return (
      this.#run('UPDATE runner_lock SET heartbeat_ms = ? WHERE owner_id = ?', nowMs, ownerId).changes === 1
    )
  }

  releaseRunner(ownerId: string): void {
    this.#run('DELETE FROM runner_lock WHERE owner_id = ?', ownerId)
  }

  runner(nowMs: number, staleAfterMs: number): RunnerLock | null {
    const row = this.#get('SELECT * FROM runner_lock')
    if (!row) return null
    const lock = {
      ownerId: String(row['owner_id']),
      pid: Number(row['pid']),
      heartbeatMs: Number(row['heartbeat_ms']),
    }
    return nowMs - lock.heartbeatMs < staleAfterMs && isAlive(lock.pid) ? lock : null
  }

  clearActive(): void {
    transaction(this.#db, () => {
      for (const row of this.#all('SELECT * FROM uploads WHERE active = 1'))
        this.#write(readUpload(row), { active: false })
    })
  }

  runnable(
    accountId: string,
    nowMs: number,
    lane: 'small' | 'large' | 'any',
    limit: number,
    except: Pick<ReadonlySet<UploadId>, 'has' | 'size'> = new Set(),
  ): UploadRecord[] {
    if (limit <= 0) return []
    const lanes = lane === 'any' ? ['small', 'large'] : [lane]
    const rows = lanes.flatMap((name) =>
      this.#all(
        `SELECT id, begun, priority, seq FROM uploads
         WHERE account_id = ? AND open = 1 AND hold = 'none' AND lane = ? AND active = 0 AND not_before_ms <= ?
         ORDER BY begun DESC, priority DESC, seq LIMIT ?`,
        accountId,
        name,
        nowMs,
        limit + except.size,
      ).filter((row) => !except.has(row['id'] as UploadId)),
    )
    const by = (a: Row, b: Row, name: string) => Number(a[name]) - Number(b[name])
    rows.sort((a, b) => by(b, a, 'begun') || by(b, a, 'priority') || by(a, b, 'seq'))
    return rows.slice(0, limit).flatMap((row) => this.get(row['id'] as UploadId) ?? [])
  }

  holdOf(id: UploadId): UploadHold | null {
    return (
      (this.#get('SELECT hold FROM uploads WHERE id = ?', id)?.['hold'] as UploadHold | undefined) ?? null
    )
  }

  nextDueMs(accountId: string): number | null {
    const row = this.#get(
      `SELECT min(not_before_ms) AS due FROM uploads WHERE account_id = ? AND open = 1 AND hold = 'none' AND active = 0`,
      accountId,
    )
    const due = row?.['due'] ?? null
    return due === null ? null : Number(due)
  }

  unfinishedCount(accountId: string): number {
    const row = this.#get(
      `SELECT count(*) AS n FROM uploads WHERE account_id = ? AND open = 1 AND hold <> 'paused'`,
      accountId,
    )
    return Number(row?.['n'] ?? 0)
  }

  get(id: UploadId): UploadRecord | null {
    const row = this.#get('SELECT * FROM uploads WHERE id = ?', id)
    return row ? readUpload(row) : null
  }

  files(id: UploadId): UploadFileRecord[] {
    return this.#all(
      'SELECT f.* FROM upload_files f JOIN uploads u ON u.seq = f.upload_seq WHERE u.id = ? ORDER BY f.idx',
      id,
    ).map((row) => readFile(id, row))
  }

  settle(
    id: UploadId,
    upload: UploadChanges,
    files: { index: number; changes: FileChanges }[],
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const write = () => {
        for (const { index, changes } of files) this.#writeFile(id, index, changes)
        this.#write(this.#must(id), upload)
      }
      this.#ending.push({ write, resolve, reject })
      if (this.#ending.length === 1) setTimeout(() => this.#settleAll(), SETTLE_TOGETHER_MS)
    })
  }

  /** One wait for the disk for all that ended meanwhile. Where one of them cannot be written the others are written alone. */
  #settleAll(): void {
    const ending = this.#ending.splice(0)
    if (ending.length === 0) return
    try {
      transaction(this.#db, () => ending.forEach(({ write }) => write()), { durable: true })
      for (const { resolve } of ending) resolve()
    } catch (error) {
      if (ending.length === 1) return ending[0]?.reject(error as Error)
      for (const { write, resolve, reject } of ending)
        try {
          transaction(this.#db, write, { durable: true })
          resolve()
        } catch (reason) {
          reject(reason as Error)
        }
    }
  }

  update(id: UploadId, changes: UploadChanges, options: { durable?: boolean } = {}): void {
    transaction(this.#db, () => this.#write(this.#must(id), changes), options)
  }

  updateFile(id: UploadId, index: number, changes: FileChanges): void {
    transaction(this.#db, () => this.#writeFile(id, index, changes))
  }

  updateBoth(id: UploadId, upload: UploadChanges, index: number, file: FileChanges): void {
    transaction(this.#db, () => {
      this.#writeFile(id, index, file)
      this.#write(this.#must(id), upload)
    })
  }

  saveProgress(rows: { id: UploadId; sentBytes: number }[]): void {
    if (rows.length === 0) return
    transaction(this.#db, () => {
      const revision = this.#nextRevision()
      for (const row of rows)
        this.#run(
          'UPDATE uploads SET sent_bytes = ?, revision = ? WHERE id = ?',
          row.sentBytes,
          revision,
          row.id,
        )
    })
  }

  resetFiles(id: UploadId): void {
    this.#run(
      `UPDATE upload_files SET step = 'planned', file_id = NULL, checkpoint_json = NULL, sent_bytes = 0, md5 = NULL, sha1 = NULL,
         crc32c = NULL, xxh128 = NULL, proven = 0, evidence = '', closed_ms = NULL
       WHERE upload_seq = (SELECT seq FROM uploads WHERE id = ?)`,
      id,
    )
  }

  // ---- what a person asks for ----

  hold(accountId: string, selection: UploadSelection, hold: 'none' | 'paused' | 'cancelling'): number {
    const from = hold === 'none' ? ['paused'] : hold === 'paused' ? ['none'] : ['none', 'paused']
    return this.#change(
      accountId,
      selection,
      (upload) => {
        if (hold === 'cancelling' && upload.step === 'failed') return { hold }
        return !isEnd(upload.step) && from.includes(upload.hold) ? { hold } : null
      },
      hold === 'cancelling' ? `(open = 1 OR step = 'failed')` : 'open = 1',
    )
  }

  retry(accountId: string, selection: UploadSelection): number {
    return this.#change(
      accountId,
      selection,
      (upload) => {
        if (upload.step === 'failed') return afresh(upload)
        return upload.notBeforeMs > 0 && !isEnd(upload.step) ? { notBeforeMs: 0, attempts: 0 } : null
      },
      `(open = 1 OR step = 'failed')`,
    )
  }

  prioritize(accountId: string, selection: UploadSelection): number {
    const top = Number(
      this.#get('SELECT max(priority) AS top FROM uploads WHERE account_id = ? AND open = 1', accountId)?.[
        'top'
      ] ?? 0,
    )
    return this.#change(accountId, selection, () => ({ priority: top + 1 }), 'open = 1')
  }

  clearFinished(accountId: string): void {
    transaction(this.#db, () =>
      this.#run(
        `UPDATE uploads SET cleared = 1, revision = ? WHERE account_id = ? AND cleared = 0 AND step IN ('verified', 'unproven', 'cancelled')`,
        this.#nextRevision(),
        accountId,
      ),
    )
  }

  cancelling(accountId: string): UploadRecord[] {
    return this.#all(
      `SELECT * FROM uploads WHERE account_id = ? AND open = 1 AND hold = 'cancelling' AND active = 0 AND not_before_ms <= ?`,
      accountId,
      Number.MAX_SAFE_INTEGER,
    ).map(readUpload)
  }

  #change(
    accountId: string,
    selection: UploadSelection,
    decide: (upload: UploadRecord) => (UploadChanges & { cleared?: boolean }) | null,
    condition: string,
  ): number {
    return transaction(this.#db, () => {
      let changed = 0
      for (const row of this.#selected(accountId, selection, condition)) {
        const upload = readUpload(row)
        const changes = decide(upload)
        if (!changes) continue
        this.#write(upload, changes)
        changed++
      }
      return changed
    })
  }

  #selected(accountId: string, selection: UploadSelection, condition: string): Row[] {
    const from = `SELECT * FROM uploads WHERE account_id = ? AND ${condition}`
    if ('all' in selection) return this.#all(from, accountId)
    if ('batchId' in selection) return this.#all(`${from} AND batch_id = ?`, accountId, selection.batchId)
    return selection.ids.flatMap((id) => this.#all(`${from} AND id = ?`, accountId, id))
  }

  // ---- reading ----

  accounts(): string[] {
    return this.#all('SELECT DISTINCT account_id FROM batches ORDER BY account_id').map((row) =>
      String(row['account_id']),
    )
  }

  revision(): number {
    return Number(this.#get('SELECT revision FROM upload_journal')?.['revision'] ?? 0)
  }

  changedSince(accountId: string, revision: number, limit: number): UploadRecord[] {
    return this.#all(
      'SELECT * FROM uploads WHERE account_id = ? AND revision > ? ORDER BY revision LIMIT ?',
      accountId,
      revision,
      limit,
    ).map(readUpload)
  }

  list(
    accountId: string,
    filter: UploadFilter,
    offset: number,
    limit: number,
  ): { total: number; rows: UploadRecord[] } {
    const conditions = ['account_id = ?', 'cleared = 0']
    const values: SQLInputValue[] = [accountId]
    if (filter.states) {
      conditions.push(`state IN (${filter.states.map(() => '?').join(', ')})`)
      values.push(...filter.states)
    }
    if (filter.batchId) {
      conditions.push('batch_id = ?')
      values.push(filter.batchId)
    }
    const text = filter.text.trim()
    if (text !== '') {
      conditions.push(`(title LIKE ? ESCAPE '\\' OR path LIKE ? ESCAPE '\\')`)
      const pattern = `%${text.replace(/[\\%_]/g, (character) => `\\${character}`)}%`
      values.push(pattern, pattern)
    }
    const where = conditions.join(' AND ')
    const total =
      text === '' && !filter.batchId
        ? this.totals(accountId)
            .filter((row) => !filter.states || filter.states.includes(row.state))
            .reduce((sum, row) => sum + row.count, 0)
        : Number(this.#get(`SELECT count(*) AS n FROM uploads WHERE ${where}`, ...values)?.['n'] ?? 0)
    const rows = this.#all(
      `SELECT * FROM uploads WHERE ${where} ORDER BY section, order_key LIMIT ? OFFSET ?`,
      ...values,
      limit,
      offset,
    ).map(readUpload)
    return { total, rows }
  }

  totals(accountId: string, batchId?: BatchId): StateTotals[] {
    const rows = batchId
      ? this.#all(
          'SELECT state, sum(count) AS n, sum(size_bytes) AS size, sum(sent_bytes) AS sent FROM upload_totals WHERE batch_id = ? GROUP BY state',
          batchId,
        )
      : this.#all(
          'SELECT state, sum(count) AS n, sum(size_bytes) AS size, sum(sent_bytes) AS sent FROM upload_totals WHERE account_id = ? AND cleared = 0 GROUP BY state',
          accountId,
        )
    return rows.map(asTotals)
  }

  totalsOfWatchFolder(watchFolderId: string): StateTotals[] {
    return this.#all(
      `SELECT t.state, sum(t.count) AS n, sum(t.size_bytes) AS size, sum(t.sent_bytes) AS sent
       FROM batches b JOIN upload_totals t ON t.batch_id = b.id WHERE b.watch_folder_id = ? GROUP BY t.state`,
      watchFolderId,
    ).map(asTotals)
  }

  batch(id: BatchId): BatchRecord | null {
    const row = this.#get('SELECT * FROM batches WHERE id = ?', id)
    return row ? readBatch(row) : null
  }

  batches(accountId: string, limit: number): BatchRecord[] {
    return this.#all(
      'SELECT * FROM batches WHERE account_id = ? ORDER BY created_ms DESC LIMIT ?',
      accountId,
      limit,
    ).map(readBatch)
  }

  updateBatch(id: BatchId, changes: Partial<Pick<BatchRecord, 'jobState' | 'jobId'>>): void {
    if (changes.jobState !== undefined)
      this.#run('UPDATE batches SET job_state = ? WHERE id = ?', changes.jobState, id)
    if (changes.jobId !== undefined)
      this.#run('UPDATE batches SET job_id = ? WHERE id = ?', changes.jobId, id)
  }

  openBatches(accountId: string): BatchRecord[] {
    return this.#all(
      `SELECT * FROM batches WHERE account_id = ? AND job_state <> 'closed' ORDER BY created_ms`,
      accountId,
    ).map(readBatch)
  }

  uploadsWithJob(batchId: BatchId): UploadRecord[] {
    return this.#all(
      `SELECT * FROM uploads WHERE batch_id = ? AND job_state <> 'closed' ORDER BY seq`,
      batchId,
    ).map(readUpload)
  }

  uploadsOf(batchId: BatchId): UploadRecord[] {
    return this.#all('SELECT * FROM uploads WHERE batch_id = ? ORDER BY seq', batchId).map(readUpload)
  }

  tracks(accountId: string, track: UploadTrack, limit: number): UploadRecord[] {
    const states = {
      metadata: `metadata IN ('waiting', 'sent')`,
      // Said twice, so that SQLite sees that its partial index holds them.
      'preview-waiting': `preview IN ('waiting', 'running') AND preview = 'waiting'`,
      'preview-running': `preview IN ('waiting', 'running') AND preview = 'running'`,
    }[track]
    const step =
      track === 'metadata'
        ? `asset_id IS NOT NULL AND step NOT IN ('failed', 'cancelled')`
        : `step IN ('verified', 'unproven')`
    return this.#all(
      `SELECT * FROM uploads WHERE account_id = ? AND ${states} AND ${step} ORDER BY seq LIMIT ?`,
      accountId,
      limit,
    ).map(readUpload)
  }

  // ---- collections and twins ----

  collection(accountId: string, externalId: string): CollectionRecord | null {
    const row = this.#get(
      'SELECT * FROM made_collections WHERE account_id = ? AND external_id = ?',
      accountId,
      externalId,
    )
    return row
      ? {
          accountId,
          externalId,
          title: String(row['title']),
          parentId: row['parent_id'] as CollectionRecord['parentId'],
          collectionId: row['collection_id'] as CollectionRecord['collectionId'],
        }
      : null
  }

  saveCollection(record: CollectionRecord): void {
    this.#run(
      'INSERT OR REPLACE INTO made_collections VALUES (?, ?, ?, ?, ?)',
      record.accountId,
      record.externalId,
      record.title,
      record.parentId,
      record.collectionId,
    )
  }

  forgetCollection(accountId: string, externalId: string): void {
    this.#run('DELETE FROM made_collections WHERE account_id = ? AND external_id = ?', accountId, externalId)
  }

  addSweep(sweep: Omit<TwinSweep, 'id' | 'round'>): void {
    this.#run(
      'INSERT OR REPLACE INTO twin_sweeps (account_id, kind, external_id, owner_id, due_ms) VALUES (?, ?, ?, ?, ?)',
      sweep.accountId,
      sweep.kind,
      sweep.externalId,
      sweep.ownerId,
      sweep.dueMs,
    )
  }

  dueSweeps(accountId: string, nowMs: number): TwinSweep[] {
    return this.#all(
      'SELECT * FROM twin_sweeps WHERE account_id = ? AND due_ms <= ? ORDER BY due_ms LIMIT 100',
      accountId,
      nowMs,
    ).map((row) => ({
      id: Number(row['id']),
      accountId,
      kind: row['kind'] as TwinSweep['kind'],
      externalId: String(row['external_id']),
      ownerId: String(row['owner_id']),
      dueMs: Number(row['due_ms']),
      round: Number(row['round']),
    }))
  }

  finishSweep(id: number, nextDueMs: number | null): void {
    if (nextDueMs === null) this.#run('DELETE FROM twin_sweeps WHERE id = ?', id)
    else this.#run('UPDATE twin_sweeps SET due_ms = ?, round = round + 1 WHERE id = ?', nextDueMs, id)
  }

  // ---- ways ----

  refuseOneShot(accountId: string, storageId: string, nowMs: number): void {
    this.#run('INSERT OR REPLACE INTO one_shot_refusals VALUES (?, ?, ?)', accountId, storageId, nowMs)
  }

  isOneShotRefused(accountId: string, storageId: string): boolean {
    const sql = 'SELECT 1 FROM one_shot_refusals WHERE account_id = ? AND storage_id = ?'
    return this.#get(sql, accountId, storageId) !== undefined
  }

  // ---- what intake asks ----

  filesAtPath(accountId: string, path: string): KnownFile[] {
    return this.#known('f.account_id = ? AND f.path = ?', accountId, path)
  }

  filesOfSize(accountId: string, sizeBytes: number): KnownFile[] {
    return this.#known('f.account_id = ? AND f.size_bytes = ?', accountId, sizeBytes)
  }

  filesWithXxh128(accountId: string, xxh128: string, sizeBytes: number): KnownFile[] {
    return this.#known('f.account_id = ? AND f.size_bytes = ? AND f.xxh128 = ?', accountId, sizeBytes, xxh128)
  }

  filesStartingWith(accountId: string, pathPrefix: string): KnownFile[] {
    const end = `${pathPrefix}\u{10ffff}`
    return this.#known('f.account_id = ? AND f.path >= ? AND f.path < ?', accountId, pathPrefix, end).slice(
      0,
      20,
    )
  }

  valuesSent(id: UploadId): FieldValues {
    const upload = this.get(id)
    if (!upload) return {}
    if (upload.assetId === null) return upload.target.metadata
    const rows = this.#all(
      `SELECT target_json FROM uploads WHERE asset_id = ? AND account_id = ? AND step <> 'cancelled' ORDER BY seq`,
      upload.assetId,
      upload.accountId,
    )
    const values: FieldValues = {}
    for (const row of rows)
      Object.assign(values, (JSON.parse(String(row['target_json'])) as Pick<ClipTarget, 'metadata'>).metadata)
    return values
  }

  #known(where: string, ...values: SQLInputValue[]): KnownFile[] {
    return this.#all(
      `SELECT u.id, u.asset_id, u.title, u.step, u.file_count, f.path, f.size_bytes, f.mtime_ms, f.inode, f.xxh128
       FROM upload_files f JOIN uploads u ON u.seq = f.upload_seq WHERE ${where} AND u.step <> 'cancelled'
       ORDER BY f.upload_seq DESC LIMIT 200`,
      ...values,
    ).map((row) => ({
      uploadId: row['id'] as UploadId,
      assetId: row['asset_id'] as KnownFile['assetId'],
      title: String(row['title']),
      path: String(row['path']),
      sizeBytes: Number(row['size_bytes']),
      mtimeMs: Number(row['mtime_ms']),
      inode: String(row['inode']),
      xxh128: row['xxh128'] as string | null,
      state: knownState(String(row['step'])),
      fileCount: Number(row['file_count']),
    }))
  }

  close(): void {
    this.#settleAll()
    this.#statements.clear()
  }

  // ---- rows ----

  /** What a change derives columns from: written often, so only this much is read. */
  #must(id: UploadId): Derived {
    const row = this.#get(
      'SELECT seq, batch_id, step, hold, active, size_bytes, finished_ms, job_id FROM uploads WHERE id = ?',
      id,
    )
    if (!row) throw new AppError('bug', `The journal holds no upload ${id}.`)
    return {
      seq: row['seq'] as number,
      batchId: row['batch_id'] as BatchId,
      step: row['step'] as UploadRecord['step'],
      hold: row['hold'] as UploadHold,
      active: row['active'] === 1,
      sizeBytes: row['size_bytes'] as number,
      finishedMs: row['finished_ms'] as number | null,
      jobId: row['job_id'] as string | null,
    }
  }

  /** Writes changed columns together with everything that is derived from them. */
  #write(before: Derived, changes: UploadChanges & { cleared?: boolean }): void {
    const after = { ...before, ...changes }
    const section = listSection(after)
    const columns: Row = {
      revision: this.#nextRevision(),
      state: viewState(after),
      section,
      // Finished ones: latest first.
      order_key: section === 3 ? -(after.finishedMs ?? 0) : after.seq,
      lane: after.sizeBytes >= LARGE_UPLOAD_BYTES ? 'large' : 'small',
      begun: after.step === 'planned' ? 0 : 1,
      open: isEnd(after.step) && !(after.step === 'failed' && after.hold === 'cancelling') ? 0 : 1,
    }
    for (const [key, value] of Object.entries(changes))
      columns[key === 'cleared' ? 'cleared' : UPLOAD_COLUMNS[key as keyof UploadChanges]] = asColumn(value)
    if (isEnd(before.step) && !isEnd(after.step)) {
      if (before.jobId) columns['job_state'] = 'open'
      this.#reopenBatch(before.batchId)
    }
    this.#set('uploads', columns, 'seq = ?', before.seq)
  }

  #reopenBatch(id: BatchId): void {
    this.#run(
      `UPDATE batches SET job_state = CASE WHEN job_id IS NULL THEN 'none' ELSE 'open' END WHERE id = ? AND job_state = 'closed'`,
      id,
    )
  }

  #writeFile(id: UploadId, index: number, changes: FileChanges): void {
    const columns: Row = {}
    for (const [key, value] of Object.entries(changes))
      columns[FILE_COLUMNS[key as keyof FileChanges]] = asColumn(value)
    this.#set(
      'upload_files',
      columns,
      'upload_seq = (SELECT seq FROM uploads WHERE id = ?) AND idx = ?',
      id,
      index,
    )
  }

  #set(table: string, columns: Row, where: string, ...key: SQLInputValue[]): void {
    const names = Object.keys(columns)
    if (names.length === 0) return
    this.#run(
      `UPDATE ${table} SET ${names.map((name) => `${name} = ?`).join(', ')} WHERE ${where}`,
      ...names.map((name) => columns[name] as SQLInputValue),
      ...key,
    )
  }

  #nextRevision(): number {
    return Number(
      this.#get('UPDATE upload_journal SET revision = revision + 1 RETURNING revision')?.['revision'],
    )
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (!statement) this.#statements.set(sql, (statement = this.#db.prepare(sql)))
    return statement
  }

  #run(sql: string, ...values: SQLInputValue[]) {
    try {
      return this.#statement(sql).run(...values)
    } catch (error) {
      throw asStoreError(error)
    }
  }

  #get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    try {
      return this.#statement(sql).get(...values) as Row | undefined
    } catch (error) {
      throw asStoreError(error)
    }
  }

  #all(sql: string, ...values: SQLInputValue[]): Row[] {
    try {
      return this.#statement(sql).all(...values) as Row[]
    } catch (error) {
      throw asStoreError(error)
    }
  }
}

/** What makes a failed upload run again; what exists on the server is kept and looked at. */
function afresh(upload: UploadRecord): UploadChanges {
  return {
    step: stepFromIds(upload),
    hold: 'none',
    attempts: 0,
    restarts: 0,
    notBeforeMs: 0,
    error: null,
    finishedMs: null,
  }
}

/** Whether an upload was for the same as what is planned now, apart from how the files are. */
function isSamePurpose(upload: UploadRecord, planned: PlannedClip): boolean {
  const purpose = ({ target, decision }: Pick<PlannedClip, 'target' | 'decision'>) =>
    uploadIdentity({ clip: { ...planned.clip, files: [] }, target, decision })
  return purpose(upload) === purpose(planned)
}

function stepFromIds(upload: UploadRecord): UploadRecord['step'] {
  if (upload.fileSetId) return 'bytes'
  if (upload.formatId) return 'format'
  if (upload.decision.do === 'version' ? upload.versionId : upload.assetId) return 'asset'
  return 'planned'
}

function knownState(step: string): KnownFile['state'] {
  switch (step) {
    case 'verified':
      return 'done'
    case 'unproven':
    case 'failed':
    case 'cancelled':
      return step
    default:
      return 'active'
  }
}

function asColumn(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  return JSON.stringify(value)
}

function asTotals(row: Row): StateTotals {
  return {
    state: row['state'] as StateTotals['state'],
    count: Number(row['n']),
    sizeBytes: Number(row['size']),
    sentBytes: Number(row['sent']),
  }
}

/** Whether a process of this machine still runs; one that may not be asked does. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
