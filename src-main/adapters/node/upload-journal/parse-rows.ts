import { z } from 'zod'
import { ErrorView } from '@contract/errors.ts'
import { AssetId, BatchId, CollectionId, StorageId, UploadId, ViewId } from '@contract/ids.ts'
import { TransferMemory } from '../../../core/upload/transfer-memory.ts'
import type { BatchRecord, UploadFileRecord, UploadRecord } from '../../../core/upload/upload-record.ts'

/** Rows are parsed when they are read: a file that something else wrote to must not be believed. */

const json = <T extends z.ZodType>(schema: T) =>
  z.string().transform((text, context): z.output<T> => {
    try {
      return schema.parse(JSON.parse(text))
    } catch (error) {
      context.addIssue({ code: 'custom', message: String(error) })
      return z.NEVER
    }
  })
const flag = z.number().transform((value) => value !== 0)

const ClipTarget = z.object({
  collectionId: CollectionId.nullable(),
  collectionPath: z.array(z.string()),
  storageId: StorageId.nullable(),
  access: z.enum(['collection', 'private', 'default']),
  viewId: ViewId.nullable(),
  metadata: z.record(z.string(), z.array(z.string())),
})
const Decision = z.discriminatedUnion('do', [
  z.object({ do: z.literal('upload') }),
  z.object({ do: z.literal('version'), assetId: AssetId, intoCurrent: z.literal(true).optional() }),
  z.object({ do: z.literal('join'), uploadId: z.string() }),
])
const After = z.discriminatedUnion('do', [
  z.object({ do: z.literal('leave') }),
  z.object({ do: z.literal('move'), directory: z.string() }),
  z.object({ do: z.literal('delete') }),
])
const Step = z.enum([
  'planned',
  'asset',
  'format',
  'file-set',
  'bytes',
  'closed',
  'verified',
  'unproven',
  'failed',
  'cancelled',
])

const JobState = z.enum(['none', 'creating', 'open', 'closed'])

const UploadRow = z.object({
  seq: z.number(),
  id: UploadId,
  batch_id: BatchId,
  account_id: z.string(),
  priority: z.number(),
  title: z.string(),
  kind: z.enum(['file', 'sequence', 'camera', 'stills']),
  path: z.string(),
  root_path: z.string(),
  directory: z.string(),
  file_count: z.number(),
  size_bytes: z.number(),
  sent_bytes: z.number(),
  target_json: json(ClipTarget),
  decision_json: json(Decision),
  sidecars_json: json(z.array(z.string())),
  step: Step,
  hold: z.enum(['none', 'paused', 'cancelling']),
  active: flag,
  pending: z.enum(['asset', 'version', 'format', 'file-set', 'one-shot']).nullable(),
  way: z.enum(['long', 'one-shot']),
  external_id: z.string(),
  asset_id: AssetId.nullable(),
  version_id: z.string().nullable(),
  versions_before_json: json(z.array(z.string())).nullable(),
  format_id: z.string().nullable(),
  file_set_id: z.string().nullable(),
  storage_id: StorageId.nullable(),
  attempts: z.number(),
  not_before_ms: z.number(),
  restarts: z.number(),
  error_json: json(ErrorView).nullable(),
  warning: z.string().nullable(),
  proof: z.string(),
  job_state: JobState,
  job_id: z.string().nullable(),
  preview: z.enum(['none', 'waiting', 'running', 'done', 'failed']),
  preview_job_id: z.string().nullable(),
  metadata: z.enum(['none', 'waiting', 'sent', 'done', 'failed']),
  queued_ms: z.number(),
  finished_ms: z.number().nullable(),
  cleared: flag,
  revision: z.number(),
})

export function readUpload(row: Record<string, unknown>): UploadRecord {
  const r = UploadRow.parse(row)
  return {
    id: r.id,
    batchId: r.batch_id,
    accountId: r.account_id,
    seq: r.seq,
    priority: r.priority,
    title: r.title,
    kind: r.kind,
    path: r.path,
    rootPath: r.root_path,
    directory: r.directory,
    fileCount: r.file_count,
    sizeBytes: r.size_bytes,
    sentBytes: r.sent_bytes,
    target: r.target_json,
    decision: r.decision_json,
    metadataSidecars: r.sidecars_json,
    step: r.step,
    hold: r.hold,
    active: r.active,
    pending: r.pending,
    way: r.way,
    externalId: r.external_id,
    assetId: r.asset_id,
    versionId: r.version_id,
    versionsBefore: r.versions_before_json,
    formatId: r.format_id,
    fileSetId: r.file_set_id,
    storageId: r.storage_id,
    attempts: r.attempts,
    notBeforeMs: r.not_before_ms,
    restarts: r.restarts,
    error: r.error_json,
    warning: r.warning,
    proof: r.proof,
    jobState: r.job_state,
    jobId: r.job_id,
    preview: r.preview,
    previewJobId: r.preview_job_id,
    metadata: r.metadata,
    queuedMs: r.queued_ms,
    finishedMs: r.finished_ms,
    cleared: r.cleared,
    revision: r.revision,
  }
}

const FileRow = z.object({
  idx: z.number(),
  path: z.string(),
  relative_path: z.string(),
  role: z.enum(['essence', 'index', 'sidecar', 'card']),
  size_bytes: z.number(),
  mtime_ms: z.number(),
  inode: z.string(),
  step: z.enum(['planned', 'creating', 'open', 'sent', 'stored', 'closed']),
  file_id: z.string().nullable(),
  checkpoint_json: json(TransferMemory).nullable(),
  sent_bytes: z.number(),
  md5: z.string().nullable(),
  sha1: z.string().nullable(),
  crc32c: z.string().nullable(),
  xxh128: z.string().nullable(),
  proven: flag,
  evidence: z.string(),
  closed_ms: z.number().nullable(),
})

export function readFile(uploadId: UploadId, row: Record<string, unknown>): UploadFileRecord {
  const r = FileRow.parse(row)
  return {
    uploadId,
    index: r.idx,
    path: r.path,
    relativePath: r.relative_path,
    role: r.role,
    sizeBytes: r.size_bytes,
    mtimeMs: r.mtime_ms,
    inode: r.inode,
    step: r.step,
    fileId: r.file_id,
    checkpoint: r.checkpoint_json,
    sentBytes: r.sent_bytes,
    md5: r.md5,
    sha1: r.sha1,
    crc32c: r.crc32c,
    xxh128: r.xxh128,
    proven: r.proven,
    evidence: r.evidence,
    closedMs: r.closed_ms,
  }
}

const BatchRow = z.object({
  id: BatchId,
  account_id: z.string(),
  title: z.string(),
  source: z.enum(['drop', 'watch', 'command', 'send']),
  watch_folder_id: z.string().nullable(),
  after_json: json(After),
  created_ms: z.number(),
  job_state: JobState,
  job_id: z.string().nullable(),
})

export function readBatch(row: Record<string, unknown>): BatchRecord {
  const r = BatchRow.parse(row)
  return {
    id: r.id,
    accountId: r.account_id,
    title: r.title,
    source: r.source,
    watchFolderId: r.watch_folder_id,
    after: r.after_json,
    createdMs: r.created_ms,
    jobState: r.job_state,
    jobId: r.job_id,
  }
}
