import { hash, randomUUID } from 'node:crypto'
import { BatchId, UploadId } from '@contract/ids.ts'
import type { CommittedPlan, PlannedClip } from '../../../core/clip.ts'
import { AppError } from '../../../core/errors.ts'
import {
  clipSizeBytes,
  LARGE_UPLOAD_BYTES,
  OWN_JOB_BYTES,
  uploadIdentity,
} from '../../../core/upload/identity.ts'
import type { UploadRecord } from '../../../core/upload/upload-record.ts'
import type { CommitResult, PlanRows } from '../../../ports/upload-journal.ts'
import { afresh } from './afresh.ts'
import type { JournalTables } from './journal-tables.ts'
import { readUpload } from './parse-rows.ts'

/** Brings a plan into the tables: a row for each clip that is to be uploaded and has none yet. */
export function planRows(tables: JournalTables): PlanRows {
  return {
    commit: (accountId, plan, nowMs) =>
      tables.transaction(() => commit(tables, accountId, plan, nowMs), { durable: true }),
    uploadByExternalId: (accountId, externalId) => uploadByExternalId(tables, accountId, externalId),
  }
}

function commit(tables: JournalTables, accountId: string, plan: CommittedPlan, nowMs: number): CommitResult {
  const batchId = BatchId.parse(randomUUID())
  const revision = tables.nextRevision()
  tables.run(
    'INSERT INTO batches (id, account_id, title, source, watch_folder_id, after_json, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?)',
    batchId,
    accountId,
    plan.title,
    plan.source,
    plan.watchFolderId,
    JSON.stringify(plan.after),
    nowMs,
  )
  // Numbers are given here, since the order of the list begins with them: written after the row they would cost it a second time.
  const firstSeq = lastSeq(tables) + 1
  let queued = 0
  const coming = plan.clips.filter(isWork).length
  const identities = plan.clips.map((planned) => (isWork(planned) ? identityOf(planned) : null))
  const known = knownAmong(tables, accountId, plan.clips, identities)
  const uploadIds = plan.clips.map((planned, at) => {
    const identity = identities[at] ?? null
    if (identity === null) return null
    const existing =
      sent(tables, accountId, planned) ??
      (known.identities.has(identity) ? requeue(tables, accountId, identity) : null) ??
      (known.failedPaths.has(firstPath(planned)) ? renew(tables, accountId, identity, planned) : null)
    // Whatever comes of it, it is queued from here on.
    known.identities.add(identity)
    if (existing) return existing
    return insert(
      tables,
      accountId,
      batchId,
      identity,
      planned,
      nowMs,
      revision,
      coming > 1,
      firstSeq + queued++,
    )
  })
  if (queued > 0) {
    tables.run(
      `INSERT INTO upload_totals SELECT account_id, batch_id, cleared, state, count(*), sum(size_bytes), sum(sent_bytes)
         FROM uploads WHERE batch_id = ? GROUP BY account_id, cleared, state`,
      batchId,
    )
    return { batchId, uploadIds, queued }
  }
  tables.run('DELETE FROM batches WHERE id = ?', batchId)
  const first = uploadIds.find((id) => id !== null)
  return { batchId: (first && tables.upload(first)?.batchId) ?? batchId, uploadIds, queued }
}

function isWork({ decision }: PlannedClip): boolean {
  return decision.do !== 'skip' && decision.do !== 'wait'
}

function identityOf(planned: PlannedClip): string {
  return hash('sha256', uploadIdentity(planned))
}

function firstPath({ clip }: PlannedClip): string {
  return clip.files[0]?.path ?? ''
}

/** What may be there already of a plan, by two questions for all of it: for the rest no row has to be looked for. */
function knownAmong(
  tables: JournalTables,
  accountId: string,
  clips: readonly PlannedClip[],
  identities: readonly (string | null)[],
): { identities: Set<string>; failedPaths: Set<string> } {
  const wanted = (sql: string, values: unknown[]) =>
    new Set(tables.all(sql, JSON.stringify(values), accountId).map((row) => String(row['value'])))
  return {
    identities: wanted(
      `SELECT wanted.value FROM json_each(?) wanted CROSS JOIN uploads u
         ON u.account_id = ? AND u.identity = wanted.value AND u.step NOT IN ('verified', 'unproven', 'cancelled')`,
      identities.filter((identity) => identity !== null),
    ),
    failedPaths: wanted(
      `SELECT wanted.value FROM json_each(?) wanted CROSS JOIN upload_files f ON f.account_id = ? AND f.path = wanted.value AND f.idx = 0
         JOIN uploads u ON u.seq = f.upload_seq WHERE u.step = 'failed'`,
      clips.filter(isWork).map(firstPath),
    ),
  }
}

function lastSeq(tables: JournalTables): number {
  return Number(tables.get(`SELECT seq FROM sqlite_sequence WHERE name = 'uploads'`)?.['seq'] ?? 0)
}

/** The upload that made, or is to make, the one asset with this external id; one that failed is set going again. */
function sent(tables: JournalTables, accountId: string, { externalId }: PlannedClip): UploadId | null {
  const upload = externalId === undefined ? null : uploadByExternalId(tables, accountId, externalId)
  if (upload?.step === 'failed') tables.writeUpload(upload, { ...afresh(upload), cleared: false })
  return upload?.id ?? null
}

/** The look for twins of a cancelled upload may still be to come: what takes its place must not be found by it. */
function freeExternalId(
  tables: JournalTables,
  accountId: string,
  wanted: string | undefined,
): string | undefined {
  const isTaken =
    wanted !== undefined &&
    tables.get('SELECT 1 FROM uploads WHERE account_id = ? AND external_id = ?', accountId, wanted)
  return isTaken ? undefined : wanted
}

function uploadByExternalId(
  tables: JournalTables,
  accountId: string,
  externalId: string,
): UploadRecord | null {
  const row = tables.get(
    `SELECT * FROM uploads WHERE account_id = ? AND external_id = ? AND step <> 'cancelled' ORDER BY seq DESC LIMIT 1`,
    accountId,
    externalId,
  )
  return row ? readUpload(row) : null
}

/** An upload of the same files to the same place that is not over; a failed or cancelling one is set going again. */
function requeue(tables: JournalTables, accountId: string, identity: string): UploadId | null {
  const row = tables.get(
    `SELECT * FROM uploads WHERE account_id = ? AND identity = ? AND step NOT IN ('verified', 'unproven', 'cancelled')`,
    accountId,
    identity,
  )
  if (!row) return null
  const upload = readUpload(row)
  if (upload.step === 'failed') tables.writeUpload(upload, { ...afresh(upload), cleared: false })
  return upload.id
}

/**
 * A failed upload of what lies at the same paths, as it was before: it is taken as it is now, with the asset that the upload may have
 * made. One that had other files is cancelled instead, so that nothing of it is left on the server.
 * @returns null when there is none to go on with
 */
function renew(
  tables: JournalTables,
  accountId: string,
  identity: string,
  planned: PlannedClip,
): UploadId | null {
  const paths = planned.clip.files.map((file) => file.path)
  const rows = tables.all(
    `SELECT u.* FROM upload_files f JOIN uploads u ON u.seq = f.upload_seq
     WHERE f.account_id = ? AND f.path = ? AND f.idx = 0 AND u.step = 'failed' ORDER BY u.seq DESC`,
    accountId,
    paths[0] ?? '',
  )
  for (const upload of rows.map(readUpload)) {
    if (!isSamePurpose(upload, planned)) continue
    const files = tables.files(upload.id)
    if (files.length !== paths.length || files.some((file, index) => file.path !== paths[index])) {
      if (upload.decision.do === 'upload') tables.writeUpload(upload, { hold: 'cancelling' })
      continue
    }
    // Whatever was sent of it is of other bytes: it must be looked at anew, which finds that the file changed.
    tables.run(
      `UPDATE upload_files SET step = 'open', checkpoint_json = NULL WHERE upload_seq = ? AND step IN ('sent', 'stored', 'closed')`,
      upload.seq,
    )
    tables.set('uploads', { identity }, 'seq = ?', upload.seq)
    tables.writeUpload(upload, { ...afresh(upload), cleared: false })
    return upload.id
  }
  return null
}

function insert(
  tables: JournalTables,
  accountId: string,
  batchId: BatchId,
  identity: string,
  planned: PlannedClip,
  nowMs: number,
  revision: number,
  hasNeighbours: boolean,
  seq: number,
): UploadId {
  const { clip, target, decision } = planned
  const id = UploadId.parse(randomUUID())
  const sizeBytes = clipSizeBytes(clip)
  const main = clip.files[0]
  // What only describes an asset that is there has no file of its own.
  const path = main?.path ?? clip.metadataSidecars[0]
  if (path === undefined) throw new AppError('bug', `The clip ${clip.title} has no file.`)
  tables.run(
    `INSERT INTO uploads (seq, id, batch_id, account_id, identity, title, kind, path, root_path, directory, file_count, size_bytes,
       target_json, decision_json, sidecars_json, external_id, asset_id, metadata, queued_ms, revision, state, section, order_key, lane, job_state)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', 2, ?, ?, ?)`,
    seq,
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
    freeExternalId(tables, accountId, planned.externalId) ?? `ferry${randomUUID().replaceAll('-', '')}`,
    decision.do === 'version' ? decision.assetId : null,
    Object.keys(target.metadata).length > 0 && target.viewId ? 'waiting' : 'none',
    nowMs,
    revision,
    seq,
    sizeBytes >= LARGE_UPLOAD_BYTES ? 'large' : 'small',
    // The only clip of a batch is what the batch's job is about.
    sizeBytes >= OWN_JOB_BYTES && hasNeighbours ? 'none' : 'closed',
  )
  const insertFile = tables.statement(
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

/** Whether an upload was for the same as what is planned now, apart from how the files are. */
function isSamePurpose(upload: UploadRecord, planned: PlannedClip): boolean {
  const purpose = ({ target, decision }: Pick<PlannedClip, 'target' | 'decision'>) =>
    uploadIdentity({ clip: { ...planned.clip, files: [] }, target, decision })
  return purpose(upload) === purpose(planned)
}
