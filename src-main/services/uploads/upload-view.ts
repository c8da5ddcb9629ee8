import { UploadState } from '@contract/uploads.ts'
import type { BatchView, UploadRow, UploadSummary } from '@contract/uploads.ts'
import { clipPictureUrl, mediaUrl } from '../../core/media-address.ts'
import { pictureWay } from '../../core/media/picture-way.ts'
import type { BatchRecord, UploadRecord } from '../../core/upload/upload-record.ts'
import { viewState } from '../../core/upload/view-state.ts'
import type { StateTotals } from '../../ports/upload-journal.ts'

export function uploadRow(upload: UploadRecord, bytesPerSecond: number | null, isFetched = false): UploadRow {
  const state = viewState(upload)
  return {
    id: upload.id,
    batchId: upload.batchId,
    title: upload.title,
    path: upload.path,
    kind: upload.kind,
    isFetched,
    fileCount: upload.fileCount,
    collection: upload.target.collectionPath.join(' / '),
    state,
    sizeBytes: upload.sizeBytes,
    sentBytes: Math.min(upload.sentBytes, upload.sizeBytes),
    bytesPerSecond: state === 'uploading' ? bytesPerSecond : null,
    assetId: upload.assetId,
    posterUrl: posterUrl(upload, isFetched),
    proof: upload.proof,
    preview: upload.preview,
    metadata: upload.metadata === 'sent' ? 'waiting' : upload.metadata,
    warning: upload.warning,
    error: upload.error,
    attempts: upload.attempts,
    queuedAt: new Date(upload.queuedMs).toISOString(),
    finishedAt: upload.finishedMs === null ? null : new Date(upload.finishedMs).toISOString(),
  }
}

function posterUrl(upload: UploadRecord, isFetched: boolean): string | null {
  if (upload.preview === 'done' && upload.assetId) return mediaUrl('poster', upload.assetId)
  return !isFetched && pictureWay(upload.path) ? clipPictureUrl(upload.id) : null
}

export function summaryOf(
  totals: readonly StateTotals[],
  facts: {
    bytesPerSecond: number | null
    pausedByUser: boolean
    held: string | null
    limitBytesPerSecond: number | null
  },
): UploadSummary {
  const counts = Object.fromEntries(UploadState.options.map((state) => [state, 0])) as UploadSummary['counts']
  let totalBytes = 0
  let sentBytes = 0
  let verifiedBytes = 0
  let leftBytes = 0
  for (const row of totals) {
    counts[row.state] += row.count
    if (row.state === 'cancelled') continue
    totalBytes += row.sizeBytes
    sentBytes += row.sentBytes
    if (row.state === 'done') verifiedBytes += row.sizeBytes
    if (['waiting', 'preparing', 'uploading', 'checking'].includes(row.state))
      leftBytes += Math.max(0, row.sizeBytes - row.sentBytes)
  }
  const speed = facts.bytesPerSecond
  return {
    ...facts,
    counts,
    totalBytes,
    sentBytes,
    verifiedBytes,
    secondsLeft: speed && speed > 0 && leftBytes > 0 ? leftBytes / speed : null,
  }
}

export function batchView(batch: BatchRecord, totals: readonly StateTotals[]): BatchView {
  const sum = (rows: readonly StateTotals[], of: 'count' | 'sizeBytes') =>
    rows.reduce((total, row) => total + row[of], 0)
  return {
    id: batch.id,
    title: batch.title,
    source: batch.source,
    createdAt: new Date(batch.createdMs).toISOString(),
    uploadCount: sum(totals, 'count'),
    doneCount: sum(
      totals.filter((row) => row.state === 'done'),
      'count',
    ),
    failedCount: sum(
      totals.filter((row) => row.state === 'failed' || row.state === 'unproven'),
      'count',
    ),
    sizeBytes: sum(totals, 'sizeBytes'),
  }
}
