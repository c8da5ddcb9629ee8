import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { AccountId } from '@contract/ids.ts'
import type { AccountRecord, AccountStore } from '../../ports/account-store.ts'
import { migrate, transaction } from './sqlite-database.ts'

const MIGRATIONS = [
  `CREATE TABLE accounts (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, user_name TEXT NOT NULL, url TEXT NOT NULL,
    app_id TEXT NOT NULL, data_dir TEXT NOT NULL, kept_in TEXT NOT NULL, is_current INTEGER NOT NULL
  ) STRICT`,
  `ALTER TABLE accounts ADD COLUMN signed_in_by TEXT NOT NULL DEFAULT 'token';
   ALTER TABLE accounts ADD COLUMN expires_ms INTEGER`,
]

const Row = z
  .object({
    id: AccountId,
    kind: z.enum(['local', 'iconik']),
    name: z.string(),
    user_name: z.string(),
    url: z.string(),
    app_id: z.string(),
    data_dir: z.string(),
    kept_in: z.enum(['keychain', 'session']),
    is_current: z.number(),
    signed_in_by: z.enum(['token', 'password']),
    expires_ms: z.number().nullable(),
  })
  .transform((row): AccountRecord => ({
    id: row.id,
    kind: row.kind,
    name: row.name,
    userName: row.user_name,
    url: row.url,
    appId: row.app_id,
    dataDir: row.data_dir,
    keptIn: row.kept_in,
    isCurrent: row.is_current === 1,
    signedInBy: row.signed_in_by,
    expiresMs: row.expires_ms,
  }))

/** Accounts in a table of the shared database. */
export function createSqliteAccountStore(db: DatabaseSync): AccountStore {
  migrate(db, 'accounts', MIGRATIONS)
  const select = db.prepare('SELECT * FROM accounts ORDER BY kind, name, id')
  const insert = db.prepare('INSERT OR REPLACE INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const remove = db.prepare('DELETE FROM accounts WHERE id = ?')
  const clear = db.prepare('UPDATE accounts SET is_current = 0')
  return {
    // A row of another version that says what this one does not know must not take the others away.
    list: () => select.all().flatMap((row) => Row.safeParse(row).data ?? []),
    put: (record) =>
      transaction(
        db,
        () => {
          if (record.isCurrent) clear.run()
          insert.run(
            record.id,
            record.kind,
            record.name,
            record.userName,
            record.url,
            record.appId,
            record.dataDir,
            record.keptIn,
            record.isCurrent ? 1 : 0,
            record.signedInBy,
            record.expiresMs,
          )
        },
        { durable: true },
      ),
    delete: (id) => void remove.run(id),
    clearCurrent: () => void clear.run(),
  }
}
