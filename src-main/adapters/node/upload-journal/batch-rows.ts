import type { BatchId } from '@contract/ids.ts'
import type { BatchRecord, UploadRecord } from '../../../core/upload/upload-record.ts'
import type { BatchRows, UploadTrack } from '../../../ports/upload-journal.ts'
import type { JournalTables } from './journal-tables.ts'
import { readBatch, readUpload } from './parse-rows.ts'

/** Batches with their jobs, and what is open beside the bytes of their uploads. */
export function batchRows(tables: JournalTables): BatchRows {
  return {
    batch(id: BatchId): BatchRecord | null {
      const row = tables.get('SELECT * FROM batches WHERE id = ?', id)
      return row ? readBatch(row) : null
    },

    batches(accountId: string, limit: number): BatchRecord[] {
      return tables
        .all('SELECT * FROM batches WHERE account_id = ? ORDER BY created_ms DESC LIMIT ?', accountId, limit)
        .map(readBatch)
    },

    updateBatch(id: BatchId, changes: Partial<Pick<BatchRecord, 'jobState' | 'jobId'>>): void {
      if (changes.jobState !== undefined)
        tables.run('UPDATE batches SET job_state = ? WHERE id = ?', changes.jobState, id)
      if (changes.jobId !== undefined)
        tables.run('UPDATE batches SET job_id = ? WHERE id = ?', changes.jobId, id)
    },

    openBatches(accountId: string): BatchRecord[] {
      return tables
        .all(
          `SELECT * FROM batches WHERE account_id = ? AND job_state <> 'closed' ORDER BY created_ms`,
          accountId,
        )
        .map(readBatch)
    },

    uploadsWithJob(batchId: BatchId): UploadRecord[] {
      return tables
        .all(`SELECT * FROM uploads WHERE batch_id = ? AND job_state <> 'closed' ORDER BY seq`, batchId)
        .map(readUpload)
    },

    uploadsOf(batchId: BatchId): UploadRecord[] {
      return tables.all('SELECT * FROM uploads WHERE batch_id = ? ORDER BY seq', batchId).map(readUpload)
    },

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
      return tables
        .all(
          `SELECT * FROM uploads WHERE account_id = ? AND ${states} AND ${step} ORDER BY seq LIMIT ?`,
          accountId,
          limit,
        )
        .map(readUpload)
    },
  }
}
