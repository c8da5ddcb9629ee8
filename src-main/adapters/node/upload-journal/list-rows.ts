import type { SQLInputValue } from 'node:sqlite'
import type { BatchId } from '@contract/ids.ts'
import type { UploadFilter } from '@contract/uploads.ts'
import type { UploadRecord } from '../../../core/upload/upload-record.ts'
import type { ListRows, StateTotals } from '../../../ports/upload-journal.ts'
import type { JournalTables, Row } from './journal-tables.ts'
import { readUpload } from './parse-rows.ts'

/** What lists show: uploads in their order, and how many there are. */
export function listRows(tables: JournalTables): ListRows {
  function totals(accountId: string, batchId?: BatchId): StateTotals[] {
    const rows = batchId
      ? tables.all(
          'SELECT state, sum(count) AS n, sum(size_bytes) AS size, sum(sent_bytes) AS sent FROM upload_totals WHERE batch_id = ? GROUP BY state',
          batchId,
        )
      : tables.all(
          'SELECT state, count AS n, size_bytes AS size, sent_bytes AS sent FROM account_totals WHERE account_id = ? AND cleared = 0 ORDER BY state',
          accountId,
        )
    return rows.map(asTotals)
  }

  return {
    accounts(): string[] {
      return tables
        .all('SELECT DISTINCT account_id FROM batches ORDER BY account_id')
        .map((row) => String(row['account_id']))
    },

    revision(): number {
      return Number(tables.get('SELECT revision FROM upload_journal')?.['revision'] ?? 0)
    },

    changedSince(accountId: string, revision: number, limit: number): UploadRecord[] {
      return tables
        .all(
          'SELECT * FROM uploads WHERE account_id = ? AND revision > ? ORDER BY revision LIMIT ?',
          accountId,
          revision,
          limit,
        )
        .map(readUpload)
    },

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
          ? totals(accountId)
              .filter((row) => !filter.states || filter.states.includes(row.state))
              .reduce((sum, row) => sum + row.count, 0)
          : Number(tables.get(`SELECT count(*) AS n FROM uploads WHERE ${where}`, ...values)?.['n'] ?? 0)
      const rows = tables
        .all(
          `SELECT * FROM uploads WHERE ${where} ORDER BY section, order_key LIMIT ? OFFSET ?`,
          ...values,
          limit,
          offset,
        )
        .map(readUpload)
      return { total, rows }
    },

    totals,

    totalsOfWatchFolder(watchFolderId: string): StateTotals[] {
      return tables
        .all(
          'SELECT state, count AS n, size_bytes AS size, sent_bytes AS sent FROM watch_folder_totals WHERE watch_folder_id = ? ORDER BY state',
          watchFolderId,
        )
        .map(asTotals)
    },
  }
}

function asTotals(row: Row): StateTotals {
  return {
    state: row['state'] as StateTotals['state'],
    count: Number(row['n']),
    sizeBytes: Number(row['size']),
    sentBytes: Number(row['sent']),
  }
}
