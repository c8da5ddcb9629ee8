import type { UploadRecord } from '../../../core/upload/upload-record.ts'
import type { UploadChanges } from '../../../ports/upload-journal.ts'

/** What makes a failed upload run again; what exists on the server is kept and looked at. */
export function afresh(upload: UploadRecord): UploadChanges {
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

function stepFromIds(upload: UploadRecord): UploadRecord['step'] {
  if (upload.fileSetId) return 'bytes'
  if (upload.formatId) return 'format'
  if (upload.decision.do === 'version' ? upload.versionId : upload.assetId) return 'asset'
  return 'planned'
}
