import fs from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { AppError } from '../../core/errors.ts'

/** One step of a store's schema, run once and in order. Never change a step that was released: add one. */
export type Migration = string

/**
 * Opens a SQLite file in WAL mode, making its folder. Several stores share one file: each brings its own migrations
 * under its own name. Readers in other processes see committed rows; a writer waits up to 10 s for another one.
 *
 * @throws AppError store.failed when the file is no database or cannot be opened
 */
export function openDatabase(file: string): DatabaseSync {
  try {
    if (file !== ':memory:') fs.mkdirSync(path.dirname(file), { recursive: true })
    const db = new DatabaseSync(file)
    db.exec(
      'PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON',
    )
    // A commit of a thousand rows touches as many pages: with the usual 1000 nearly each of them would copy the log back at once.
    db.exec('PRAGMA wal_autocheckpoint = 4000')
    db.exec('CREATE TABLE IF NOT EXISTS schema_version (store TEXT PRIMARY KEY, version INTEGER NOT NULL)')
    return db
  } catch (cause) {
    const known = asStoreError(cause)
    if (known instanceof AppError && known.code === 'store.full') throw known
    throw new AppError('store.failed', `The database ${file} cannot be opened.`, { cause })
  }
}

/**
 * Brings the tables of one store up to date. Writes nothing where they are: what is there can be read on a full disk too.
 * @throws AppError store.failed when the file is from a newer version
 */
export function migrate(db: DatabaseSync, store: string, migrations: readonly Migration[]): void {
  const versionNow = () =>
    Number(db.prepare('SELECT version FROM schema_version WHERE store = ?').get(store)?.['version'] ?? 0)
  if (versionNow() === migrations.length) return
  transaction(db, () => {
    const version = versionNow()
    if (version > migrations.length)
      throw new AppError(
        'store.failed',
        `The ${store} tables were written by a newer version of Ferry. Update Ferry.`,
      )
    for (const migration of migrations.slice(version)) db.exec(migration)
    db.prepare('INSERT OR REPLACE INTO schema_version (store, version) VALUES (?, ?)').run(
      store,
      migrations.length,
    )
  })
}

/**
 * Runs `work` in one transaction that takes the write lock at once; rolls back when it throws. With `durable` the
 * commit is on the disk when this returns (a power cut included); without, it survives only the process.
 */
export function transaction<T>(db: DatabaseSync, work: () => T, options: { durable?: boolean } = {}): T {
  if (options.durable) db.exec('PRAGMA synchronous = FULL')
  try {
    try {
      db.exec('BEGIN IMMEDIATE')
      const result = work()
      db.exec('COMMIT')
      return result
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK')
      throw asStoreError(error)
    }
  } finally {
    if (options.durable) db.exec('PRAGMA synchronous = NORMAL')
  }
}

/** SQLite's own errors become store.full (disk full, SQLITE_FULL = 13) or store.failed; others pass. */
export function asStoreError(error: unknown): unknown {
  if (!(error instanceof Error) || (error as { code?: string }).code !== 'ERR_SQLITE_ERROR') return error
  if ((error as { errcode?: number }).errcode === 13)
    return new AppError('store.full', 'The disk that holds the local database is full.', { cause: error })
  return new AppError('store.failed', 'The local database could not be written.', { cause: error })
}
