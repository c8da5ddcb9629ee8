import { isEnd } from './upload-record.ts'
import type { CreateKind, FileStep, PendingKind, UploadRecord } from './upload-record.ts'

/** The part of an upload's row that decides what happens next. */
export type UploadFacts = Pick<UploadRecord, 'step' | 'hold' | 'pending' | 'way'> &
  Record<'assetId' | 'versionId' | 'formatId' | 'fileSetId', string | null> & {
    decision: { do: UploadRecord['decision']['do'] }
  }

export type UploadAction =
  /** A create was sent and its answer never came: look for what it made before it is sent again. */
  | { do: 'find'; what: PendingKind }
  | { do: 'create'; what: CreateKind }
  /** Format, file set, file and bytes in one call. */
  | { do: 'send-in-one' }
  /** Take asset, format and file set from the upload that these files join. */
  | { do: 'join' }
  | { do: 'send-files' }
  | { do: 'verify' }
  /** Remove from the server what a cancelled upload made. */
  | { do: 'clean-up' }
  /** Nothing until a person acts. */
  | { do: 'rest' }

/** What to do next for an upload, from its row alone. */
export function nextAction(upload: UploadFacts): UploadAction {
  if (upload.hold === 'cancelling' && upload.step !== 'verified' && upload.step !== 'cancelled')
    return { do: 'clean-up' }
  if (isEnd(upload.step) || upload.hold !== 'none') return { do: 'rest' }
  if (upload.pending) return { do: 'find', what: upload.pending }
  const missing = missingCreate(upload)
  if (missing === 'format' && upload.way === 'one-shot') return { do: 'send-in-one' }
  if (missing) return upload.decision.do === 'join' ? { do: 'join' } : { do: 'create', what: missing }
  return upload.step === 'closed' ? { do: 'verify' } : { do: 'send-files' }
}

function missingCreate(upload: UploadFacts): CreateKind | null {
  if (!upload.assetId) return 'asset'
  if (upload.decision.do === 'version' && !upload.versionId) return 'version'
  if (!upload.formatId) return 'format'
  return upload.fileSetId ? null : 'file-set'
}

/** Written before a create is sent. */
export function beforeCreate<What extends PendingKind>(what: What): { pending: What } {
  return { pending: what }
}

/** Ids that an answer brought. */
export interface CreatedIds {
  id: string
  versionId?: string | null
}

/** Written when a create was answered, or when what it made was found. */
export function afterCreate(what: CreateKind, made: CreatedIds) {
  const done = { pending: null, attempts: 0, notBeforeMs: 0, error: null } as const
  switch (what) {
    case 'asset':
      return { ...done, step: 'asset' as const, assetId: made.id, versionId: made.versionId ?? null }
    case 'version':
      return { ...done, step: 'asset' as const, versionId: made.id }
    case 'format':
      return { ...done, step: 'format' as const, formatId: made.id }
    case 'file-set':
      return { ...done, step: 'file-set' as const, fileSetId: made.id }
  }
}

/** What a lookup under the asset saw of an unanswered call that was to make everything at once. */
export interface FoundInOne {
  formatId: string | null
  fileSetId: string | null
  file: { id: string; isWhole: boolean } | null
}

/**
 * Written when everything was made in one call, or when a lookup told what became of that call. What is there in part is taken over and
 * gone on with step by step; where there is nothing, the same call may be sent again.
 */
export function afterOneShot(found: FoundInOne) {
  const done = { pending: null, attempts: 0, notBeforeMs: 0, error: null } as const
  const { formatId, fileSetId, file } = found
  // Sending it again is no progress: the tries go on being counted.
  if (!formatId) return { upload: { pending: null }, file: null }
  if (!fileSetId)
    return { upload: { ...done, way: 'long' as const, step: 'format' as const, formatId }, file: null }
  if (!file?.isWhole) {
    const step = 'file-set' as const
    const open = file ? { step: 'open' as const, fileId: file.id } : null
    return { upload: { ...done, way: 'long' as const, step, formatId, fileSetId }, file: open }
  }
  return {
    upload: { ...done, step: 'bytes' as const, formatId, fileSetId },
    file: { step: 'stored' as const, fileId: file.id },
  }
}

/**
 * What to look for again after a lookup that found nothing: the search index lags by an unknown time, so a second asset may turn up
 * later; and a request whose sender died may take effect later than the lookup, so that something second appears inside the asset.
 */
export function sweepFor(what: PendingKind): 'asset' | 'inside' | null {
  switch (what) {
    case 'asset':
      return 'asset'
    case 'version':
      return null
    case 'format':
    case 'file-set':
    case 'one-shot':
      return 'inside'
  }
}

export type FileAction = { do: 'create' | 'find' | 'send' | 'close' | 'prove' | 'none' }

/** What to do next for one file of an upload. Closing is safe to repeat, so it needs no lookup. */
export function nextFileAction(step: FileStep): FileAction {
  switch (step) {
    case 'planned':
      return { do: 'create' }
    case 'creating':
      return { do: 'find' }
    case 'open':
      return { do: 'send' }
    case 'sent':
      return { do: 'close' }
    case 'stored':
      return { do: 'prove' }
    case 'closed':
      return { do: 'none' }
  }
}

/** The end that the evidence allows: green only when every file is closed and proven. */
export function endOf(files: readonly { step: FileStep; proven: boolean }[]): 'verified' | 'unproven' | null {
  if (files.some((file) => file.step !== 'closed')) return null
  return files.every((file) => file.proven) ? 'verified' : 'unproven'
}
