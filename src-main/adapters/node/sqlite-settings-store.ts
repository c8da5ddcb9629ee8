import type { DatabaseSync } from 'node:sqlite'
import type { SettingsStore } from '../../ports/settings-store.ts'
import { migrate, transaction } from './sqlite-database.ts'

const MIGRATIONS = ['CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT']

/** Settings as JSON, a row each. */
export function createSqliteSettingsStore(db: DatabaseSync): SettingsStore {
  migrate(db, 'settings', MIGRATIONS)
  const select = db.prepare('SELECT key, value FROM settings')
  const upsert = db.prepare('INSERT OR REPLACE INTO settings VALUES (?, ?)')
  return {
    read: () =>
      Object.fromEntries(select.all().map((row) => [String(row['key']), parse(String(row['value']))])),
    write: (changes) =>
      transaction(
        db,
        () => {
          for (const [key, value] of Object.entries(changes))
            if (value !== undefined) upsert.run(key, JSON.stringify(value))
        },
        { durable: true },
      ),
  }
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
