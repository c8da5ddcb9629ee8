import { z } from 'zod'
import { call, event } from './define.ts'
import { ErrorView } from './errors.ts'
import {
  AssetId,
  BatchId,
  CollectionId,
  Instant,
  NoInput,
  Nothing,
  PlanId,
  StorageId,
  UploadId,
  ViewId,
  Window,
} from './ids.ts'
import { MetadataValues } from './metadata.ts'

// ---- the plan: what will be created, before anything is ----

export const DuplicatePolicy = z.enum(['skip', 'version', 'ingest'])
export const ChangedPolicy = z.enum(['version', 'ingest', 'skip'])
export const Access = z.enum(['collection', 'private', 'default'])

export const PlanTargets = z.object({
  /** A collection that is there; null for none. */
  collectionId: CollectionId.nullable(),
  /** Titles from the top, found or made; null when collectionId is used. */
  collectionPath: z.array(z.string().min(1)).max(50).nullable(),
  /** A collection for each folder below what was dropped. */
  mirrorTree: z.boolean(),
  /** null: the account's default storage. */
  storageId: StorageId.nullable(),
  duplicates: DuplicatePolicy,
  changed: ChangedPolicy,
  access: Access,
  sequences: z.enum(['auto', 'off']),
  viewId: ViewId.nullable(),
  /** May hold tokens such as {stem}. */
  metadata: MetadataValues,
  /** Title of the asset, with tokens; null or absent: the clip's own. */
  title: z.string().max(5000).nullable().optional(),
  /** Names parts of the path for use as tokens, such as "{date}/{unit}/{card}/{stem}". */
  pathPattern: z.string().max(500).nullable().optional(),
  /** The asset without a file that is given this one clip; null or absent: an asset is made for each clip. */
  into: z
    .object({ assetId: AssetId, title: z.string().max(1000) })
    .nullable()
    .optional(),
  /** Clips of a camera card that lack a part: held back until it is there (the default), or sent as they are. */
  incomplete: z.enum(['hold', 'upload']).optional(),
})
export type PlanTargets = z.infer<typeof PlanTargets>

export const ClipKind = z.enum(['file', 'sequence', 'camera', 'stills'])

export const PlanClip = z.object({
  id: z.string(),
  /** A small picture of its file; null where the kind of file has none. */
  pictureUrl: z.string().nullable(),
  title: z.string(),
  kind: ClipKind,
  /** Folder below what was dropped, '/' between names; '' at the top. */
  directory: z.string(),
  fileCount: z.number(),
  sizeBytes: z.number(),
  included: z.boolean(),
  /** It lacks a part and is held back; including it takes it as it is. */
  isHeldBack: z.boolean(),
  /** Why it is not included, or waits, or is worth a look. Plain text. */
  notes: z.array(z.object({ level: z.enum(['info', 'warn', 'error']), text: z.string() })),
  duplicateOf: z.object({ assetId: AssetId.nullable(), title: z.string(), certain: z.boolean() }).nullable(),
  /** Frame ranges of a sequence, such as "1001-1046", and what is missing. */
  frames: z
    .object({ present: z.string(), missing: z.string(), missingCount: z.number(), emptyCount: z.number() })
    .nullable(),
})
export type PlanClip = z.infer<typeof PlanClip>

export const PlanGroup = z.object({
  id: z.string(),
  /** A card, folder, sequence or "already in iconik". */
  kind: z.enum(['folder', 'card', 'sequence', 'stills', 'duplicates', 'unreadable']),
  title: z.string(),
  note: z.string(),
  badge: z.object({ level: z.enum(['info', 'warn', 'error', 'ok']), text: z.string() }).nullable(),
  clipCount: z.number(),
  sizeBytes: z.number(),
  includedCount: z.number(),
})
export type PlanGroup = z.infer<typeof PlanGroup>

export const PlanView = z.object({
  id: PlanId,
  /** settling: some files are still being written; they are held back until they are quiet. */
  state: z.enum(['scanning', 'hashing', 'ready', 'failed']),
  title: z.string(),
  scannedFiles: z.number(),
  targets: PlanTargets,
  groups: z.array(PlanGroup),
  totals: z.object({
    clips: z.number(),
    files: z.number(),
    sizeBytes: z.number(),
    collections: z.number(),
    apiCalls: z.number(),
    problems: z.number(),
    settling: z.number(),
  }),
  /** What keeps the plan from starting: required fields of the view, a storage that takes no bytes, no space. */
  blockers: z.array(z.object({ field: z.string().nullable(), text: z.string() })),
  error: ErrorView.nullable(),
})
export type PlanView = z.infer<typeof PlanView>

// ---- the queue ----

export const UploadState = z.enum([
  'settling',
  'waiting',
  'preparing',
  'uploading',
  'checking',
  'done',
  'unproven',
  'failed',
  'cancelled',
  'paused',
])
export type UploadState = z.infer<typeof UploadState>

export const UploadRow = z.object({
  id: UploadId,
  batchId: BatchId,
  title: z.string(),
  path: z.string(),
  kind: ClipKind,
  /** It comes from the local workspace: its path is here only while it is sent. */
  isFetched: z.boolean().default(false),
  fileCount: z.number(),
  collection: z.string(),
  state: UploadState,
  sizeBytes: z.number(),
  sentBytes: z.number(),
  /** Mean over the last 10 s; null while there is none. */
  bytesPerSecond: z.number().nullable(),
  assetId: AssetId.nullable(),
  /** Of the asset; before it has one, a picture of the file. Null where the kind of file has none. */
  posterUrl: z.string().nullable(),
  /** What the storage's evidence was, such as "291 parts, size and MD5 agree". Empty before done. */
  proof: z.string(),
  /** Preview and metadata tracks: a failure here is a warning on a done upload. */
  preview: z.enum(['none', 'waiting', 'running', 'done', 'failed']),
  metadata: z.enum(['none', 'waiting', 'done', 'failed']),
  warning: z.string().nullable(),
  error: ErrorView.nullable(),
  attempts: z.number(),
  queuedAt: Instant,
  finishedAt: Instant.nullable(),
})
export type UploadRow = z.infer<typeof UploadRow>

export const UploadSummary = z.object({
  counts: z.record(UploadState, z.number()),
  totalBytes: z.number(),
  sentBytes: z.number(),
  verifiedBytes: z.number(),
  bytesPerSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  pausedByUser: z.boolean(),
  /** Why nothing moves although something waits: offline, not signed in, another Ferry runs the queue. */
  held: z.string().nullable(),
  limitBytesPerSecond: z.number().nullable(),
})
export type UploadSummary = z.infer<typeof UploadSummary>

export const BatchView = z.object({
  id: BatchId,
  title: z.string(),
  source: z.enum(['drop', 'watch', 'command', 'send']),
  createdAt: Instant,
  uploadCount: z.number(),
  doneCount: z.number(),
  failedCount: z.number(),
  sizeBytes: z.number(),
})
export type BatchView = z.infer<typeof BatchView>

/** Which uploads an action is for. */
export const UploadSelection = z.union([
  z.object({ ids: z.array(UploadId).min(1).max(100_000) }),
  z.object({ batchId: BatchId }),
  z.object({ all: z.literal(true) }),
])
export type UploadSelection = z.infer<typeof UploadSelection>

export const UploadFilter = z.object({
  states: z.array(UploadState).optional(),
  batchId: BatchId.optional(),
  text: z.string().max(500).default(''),
})
export type UploadFilter = z.infer<typeof UploadFilter>

export const uploads = {
  /** Starts to scan; the plan grows by `uploads.planChanged` until it is ready. */
  'uploads.plan': call({
    input: z.object({
      paths: z.array(z.string().min(1)).min(1).max(100_000),
      targets: PlanTargets.partial().default({}),
    }),
    output: PlanView,
    errors: ['file.missing', 'file.unreadable'],
  }),
  'uploads.planView': call({ input: z.object({ id: PlanId }), output: PlanView, errors: ['file.missing'] }),
  'uploads.planClips': call({
    input: z.object({
      id: PlanId,
      groupId: z.string().nullable(),
      problemsOnly: z.boolean().default(false),
      window: Window,
    }),
    output: z.object({ total: z.number(), rows: z.array(PlanClip) }),
  }),
  'uploads.setTargets': call({
    input: z.object({ id: PlanId, targets: PlanTargets.partial() }),
    output: PlanView,
  }),
  /** Includes or leaves out clips, by clip or by group. */
  'uploads.include': call({
    input: z.object({
      id: PlanId,
      clipIds: z.array(z.string()).default([]),
      groupIds: z.array(z.string()).default([]),
      included: z.boolean(),
    }),
    output: PlanView,
  }),
  /** Commits the plan to the journal and starts it. */
  'uploads.confirm': call({
    input: z.object({ id: PlanId }),
    output: z.object({ batchId: BatchId, clips: z.number() }),
    errors: ['store.full', 'api.invalid'],
  }),
  'uploads.discard': call({ input: z.object({ id: PlanId }), output: Nothing }),

  'uploads.summary': call({ input: NoInput, output: UploadSummary }),
  'uploads.batches': call({ input: NoInput, output: z.array(BatchView) }),
  /** Rows in the order shown: what needs a person, active, next, finished (latest first). */
  'uploads.list': call({
    input: z.object({ filter: UploadFilter, window: Window }),
    output: z.object({ revision: z.number().int(), total: z.number(), rows: z.array(UploadRow) }),
  }),
  'uploads.pause': call({ input: UploadSelection, output: Nothing }),
  'uploads.resume': call({ input: UploadSelection, output: Nothing }),
  'uploads.retry': call({ input: UploadSelection, output: Nothing }),
  /** Stops and cleans up on the server. */
  'uploads.cancel': call({ input: UploadSelection, output: Nothing }),
  'uploads.prioritize': call({ input: UploadSelection, output: Nothing }),
  /** Takes finished rows out of the list; their records stay in the journal. */
  'uploads.clearFinished': call({ input: NoInput, output: Nothing }),
  'uploads.setLimit': call({
    input: z.object({ bytesPerSecond: z.number().positive().nullable() }),
    output: Nothing,
  }),
  /** Writes the receipt of a batch and returns its folder. */
  'uploads.receipt': call({
    input: z.object({ batchId: BatchId, directory: z.string().min(1) }),
    output: z.object({ directory: z.string() }),
    errors: ['file.unreadable', 'store.full'],
  }),

  'uploads.planChanged': event(PlanView),
  /** At most four a second: rows that changed, and whether the order or number of rows did. */
  'uploads.changed': event(
    z.object({
      revision: z.number().int(),
      rows: z.array(UploadRow),
      listChanged: z.boolean(),
      summary: UploadSummary,
    }),
  ),
}
