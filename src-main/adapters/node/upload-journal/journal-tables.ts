import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { BatchId, UploadId } from '@contract/ids.ts'
import { AppError } from '../../../core/errors.ts'
import { LARGE_UPLOAD_BYTES } from '../../../core/upload/identity.ts'
import { isEnd } from '../../../core/upload/upload-record.ts'
import type { UploadFileRecord, UploadHold, UploadRecord } from '../../../core/upload/upload-record.ts'
import { listSection, viewState } from '../../../core/upload/view-state.ts'
import type { FileChanges, UploadChanges } from '../../../ports/upload-journal.ts'
import { asStoreError, migrate, transaction } from '../sqlite-database.ts'
import { Statements } from '../statements.ts'
import { readFile, readUpload } from './parse-rows.ts'
import { uploadJournalMigrations } from './schema.ts'

export type Row = Record<string, SQLInputValue>

/** What derived columns depend on. */
export type Derived = Pick<
  UploadRecord,
  'seq' | 'batchId' | 'step' | 'hold' | 'active' | 'sizeBytes' | 'finishedMs' | 'jobId'
>

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

/**
 * The tables of the journal: statements prepared once, and the only place that writes a row of an upload, so that what is
 * derived from its columns never differs from them. Everything throws AppError store.failed or store.full.
 */
export class JournalTables {
  readonly #db: DatabaseSync
  readonly #statements: Statements

  constructor(db: DatabaseSync) {
    this.#db = db
    migrate(db, 'upload-journal', uploadJournalMigrations)
    this.#statements = new Statements(db)
  }

  /** All or nothing; with `durable` it also survives a power cut. */
  transaction<T>(work: () => T, options: { durable?: boolean } = {}): T {
    return transaction(this.#db, work, options)
  }

  upload(id: UploadId): UploadRecord | null {
    const row = this.get('SELECT * FROM uploads WHERE id = ?', id)
    return row ? readUpload(row) : null
  }

  /** In the order of the clip. */
  files(id: UploadId): UploadFileRecord[] {
    return this.all(
      'SELECT f.* FROM upload_files f JOIN uploads u ON u.seq = f.upload_seq WHERE u.id = ? ORDER BY f.idx',
      id,
    ).map((row) => readFile(id, row))
  }

  /** What a change derives columns from: written often, so only this much is read. */
  derivedOf(id: UploadId): Derived {
    const row = this.get(
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
  writeUpload(before: Derived, changes: UploadChanges & { cleared?: boolean }): void {
    const after = { ...before, ...changes }
    const section = listSection(after)
    const columns: Row = {
      revision: this.nextRevision(),
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
    this.set('uploads', columns, 'seq = ?', before.seq)
  }

  #reopenBatch(id: BatchId): void {
    this.run(
      `UPDATE batches SET job_state = CASE WHEN job_id IS NULL THEN 'none' ELSE 'open' END WHERE id = ? AND job_state = 'closed'`,
      id,
    )
  }

  writeFile(id: UploadId, index: number, changes: FileChanges): void {
    const columns: Row = {}
    for (const [key, value] of Object.entries(changes))
      columns[FILE_COLUMNS[key as keyof FileChanges]] = asColumn(value)
    this.set(
      'upload_files',
      columns,
      'upload_seq = (SELECT seq FROM uploads WHERE id = ?) AND idx = ?',
      id,
      index,
    )
  }

  set(table: string, columns: Row, where: string, ...key: SQLInputValue[]): void {
    const names = Object.keys(columns)
    if (names.length === 0) return
    this.run(
      `UPDATE ${table} SET ${names.map((name) => `${name} = ?`).join(', ')} WHERE ${where}`,
      ...names.map((name) => columns[name] as SQLInputValue),
      ...key,
    )
  }

  nextRevision(): number {
    return Number(
      this.get('UPDATE upload_journal SET revision = revision + 1 RETURNING revision')?.['revision'],
    )
  }

  /** For statements that run many times in a row. */
  statement(sql: string): StatementSync {
    return this.#statements.of(sql)
  }

  run(sql: string, ...values: SQLInputValue[]) {
    try {
      return this.#statements.of(sql).run(...values)
    } catch (error) {
      throw asStoreError(error)
    }
  }

  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    try {
      return this.#statements.of(sql).get(...values) as Row | undefined
    } catch (error) {
      throw asStoreError(error)
    }
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    try {
      return this.#statements.of(sql).all(...values) as Row[]
    } catch (error) {
      throw asStoreError(error)
    }
  }

  close(): void {
    this.#statements.forget()
  }
}

function asColumn(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  return JSON.stringify(value)
}
