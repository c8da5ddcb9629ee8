import type { UploadSelection } from '@contract/uploads.ts'
import { isEnd } from '../../../core/upload/upload-record.ts'
import type { UploadRecord } from '../../../core/upload/upload-record.ts'
import type { AskedRows, UploadChanges } from '../../../ports/upload-journal.ts'
import { afresh } from './afresh.ts'
import type { JournalTables, Row } from './journal-tables.ts'
import { readUpload } from './parse-rows.ts'

/** What a person asks for: of some rows, of a batch, of all. */
export function askedRows(tables: JournalTables): AskedRows {
  return {
    hold(accountId: string, selection: UploadSelection, hold: 'none' | 'paused' | 'cancelling'): number {
      const from = hold === 'none' ? ['paused'] : hold === 'paused' ? ['none'] : ['none', 'paused']
      return change(
        tables,
        accountId,
        selection,
        (upload) => {
          if (hold === 'cancelling' && upload.step === 'failed') return { hold }
          return !isEnd(upload.step) && from.includes(upload.hold) ? { hold } : null
        },
        hold === 'cancelling' ? `(open = 1 OR step = 'failed')` : 'open = 1',
      )
    },

    retry(accountId: string, selection: UploadSelection): number {
      return change(
        tables,
        accountId,
        selection,
        (upload) => {
          if (upload.step === 'failed') return afresh(upload)
          return upload.notBeforeMs > 0 && !isEnd(upload.step) ? { notBeforeMs: 0, attempts: 0 } : null
        },
        `(open = 1 OR step = 'failed')`,
      )
    },

    prioritize(accountId: string, selection: UploadSelection): number {
      const top = Number(
        tables.get('SELECT max(priority) AS top FROM uploads WHERE account_id = ? AND open = 1', accountId)?.[
          'top'
        ] ?? 0,
      )
      return change(tables, accountId, selection, () => ({ priority: top + 1 }), 'open = 1')
    },

    clearFinished(accountId: string): void {
      tables.transaction(() =>
        tables.run(
          `UPDATE uploads SET cleared = 1, revision = ? WHERE account_id = ? AND cleared = 0 AND step IN ('verified', 'unproven', 'cancelled')`,
          tables.nextRevision(),
          accountId,
        ),
      )
    },

    cancelling(accountId: string): UploadRecord[] {
      return tables
        .all(
          `SELECT * FROM uploads WHERE account_id = ? AND open = 1 AND hold = 'cancelling' AND active = 0 AND not_before_ms <= ?`,
          accountId,
          Number.MAX_SAFE_INTEGER,
        )
        .map(readUpload)
    },
  }
}

function change(
  tables: JournalTables,
  accountId: string,
  selection: UploadSelection,
  decide: (upload: UploadRecord) => (UploadChanges & { cleared?: boolean }) | null,
  condition: string,
): number {
  return tables.transaction(() => {
    let changed = 0
    for (const row of selected(tables, accountId, selection, condition)) {
      const upload = readUpload(row)
      const changes = decide(upload)
      if (!changes) continue
      tables.writeUpload(upload, changes)
      changed++
    }
    return changed
  })
}

function selected(
  tables: JournalTables,
  accountId: string,
  selection: UploadSelection,
  condition: string,
): Row[] {
  const from = `SELECT * FROM uploads WHERE account_id = ? AND ${condition}`
  if ('all' in selection) return tables.all(from, accountId)
  if ('batchId' in selection) return tables.all(`${from} AND batch_id = ?`, accountId, selection.batchId)
  return selection.ids.flatMap((id) => tables.all(`${from} AND id = ?`, accountId, id))
}
