import type { CollectionRecord, MadeRows, TwinSweep } from '../../../ports/upload-journal.ts'
import type { JournalTables } from './journal-tables.ts'

/** What was made on the server beside assets, what may have been made twice, and what the server refuses. */
export function madeRows(tables: JournalTables): MadeRows {
  return {
    collection(accountId: string, externalId: string): CollectionRecord | null {
      const row = tables.get(
        'SELECT * FROM made_collections WHERE account_id = ? AND external_id = ?',
        accountId,
        externalId,
      )
      return row
        ? {
            accountId,
            externalId,
            title: String(row['title']),
            parentId: row['parent_id'] as CollectionRecord['parentId'],
            collectionId: row['collection_id'] as CollectionRecord['collectionId'],
          }
        : null
    },

    saveCollection(record: CollectionRecord): void {
      tables.run(
        'INSERT OR REPLACE INTO made_collections VALUES (?, ?, ?, ?, ?)',
        record.accountId,
        record.externalId,
        record.title,
        record.parentId,
        record.collectionId,
      )
    },

    forgetCollection(accountId: string, externalId: string): void {
      tables.run(
        'DELETE FROM made_collections WHERE account_id = ? AND external_id = ?',
        accountId,
        externalId,
      )
    },

    addSweep(sweep: Omit<TwinSweep, 'id' | 'round'>): void {
      tables.run(
        'INSERT OR REPLACE INTO twin_sweeps (account_id, kind, external_id, owner_id, due_ms) VALUES (?, ?, ?, ?, ?)',
        sweep.accountId,
        sweep.kind,
        sweep.externalId,
        sweep.ownerId,
        sweep.dueMs,
      )
    },

    dueSweeps(accountId: string, nowMs: number): TwinSweep[] {
      return tables
        .all(
          'SELECT * FROM twin_sweeps WHERE account_id = ? AND due_ms <= ? ORDER BY due_ms LIMIT 100',
          accountId,
          nowMs,
        )
        .map((row) => ({
          id: Number(row['id']),
          accountId,
          kind: row['kind'] as TwinSweep['kind'],
          externalId: String(row['external_id']),
          ownerId: String(row['owner_id']),
          dueMs: Number(row['due_ms']),
          round: Number(row['round']),
        }))
    },

    finishSweep(id: number, nextDueMs: number | null): void {
      if (nextDueMs === null) tables.run('DELETE FROM twin_sweeps WHERE id = ?', id)
      else tables.run('UPDATE twin_sweeps SET due_ms = ?, round = round + 1 WHERE id = ?', nextDueMs, id)
    },

    refuseOneShot(accountId: string, storageId: string, nowMs: number): void {
      tables.run('INSERT OR REPLACE INTO one_shot_refusals VALUES (?, ?, ?)', accountId, storageId, nowMs)
    },

    isOneShotRefused(accountId: string, storageId: string): boolean {
      const sql = 'SELECT 1 FROM one_shot_refusals WHERE account_id = ? AND storage_id = ?'
      return tables.get(sql, accountId, storageId) !== undefined
    },
  }
}
