import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite'
import type { AssetId, UploadId, WatchFolderId } from '@contract/ids.ts'
import { readWatchRules } from '../../core/intake/watch-rules.ts'
import type {
  KnownSighting,
  WatchFolderRecord,
  WatchJournal,
  WatchedFile,
  WatchedState,
} from '../../ports/watch-journal.ts'
import { asStoreError, migrate, transaction } from './sqlite-database.ts'

const MIGRATIONS = [
  `CREATE TABLE watch_folders (
     id TEXT PRIMARY KEY,
     account_id TEXT NOT NULL,
     path TEXT NOT NULL,
     rules TEXT NOT NULL,
     paused INTEGER NOT NULL,
     created_ms REAL NOT NULL,
     complete_as_of_ms REAL,
     UNIQUE (account_id, path)
   ) STRICT;
   CREATE TABLE watch_files (
     folder_id TEXT NOT NULL REFERENCES watch_folders (id) ON DELETE CASCADE,
     parent_key TEXT NOT NULL,
     key TEXT NOT NULL,
     relative_path TEXT NOT NULL,
     size_bytes INTEGER NOT NULL,
     mtime_ms REAL NOT NULL,
     inode TEXT NOT NULL,
     state TEXT NOT NULL,
     upload_id TEXT,
     asset_id TEXT,
     reason TEXT NOT NULL,
     is_content INTEGER NOT NULL,
     PRIMARY KEY (folder_id, key)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX watch_files_parent ON watch_files (folder_id, parent_key);
   CREATE INDEX watch_files_inode ON watch_files (folder_id, inode);
   CREATE INDEX watch_files_upload ON watch_files (folder_id, upload_id) WHERE upload_id IS NOT NULL;
   CREATE INDEX watch_files_state ON watch_files (folder_id, state) WHERE state <> 'done';`,
  // Counted as they change, since they are asked for several times a second.
  `CREATE TABLE watch_counts (
     folder_id TEXT NOT NULL, state TEXT NOT NULL, files INTEGER NOT NULL, PRIMARY KEY (folder_id, state)
   ) STRICT, WITHOUT ROWID;
   INSERT INTO watch_counts SELECT folder_id, state, count(*) FROM watch_files GROUP BY folder_id, state;
   CREATE TRIGGER watch_files_added AFTER INSERT ON watch_files BEGIN
     INSERT INTO watch_counts VALUES (new.folder_id, new.state, 1) ON CONFLICT DO UPDATE SET files = files + 1;
   END;
   CREATE TRIGGER watch_files_removed AFTER DELETE ON watch_files BEGIN
     UPDATE watch_counts SET files = files - 1 WHERE folder_id = old.folder_id AND state = old.state;
   END;
   CREATE TRIGGER watch_files_changed AFTER UPDATE OF state ON watch_files WHEN new.state <> old.state BEGIN
     UPDATE watch_counts SET files = files - 1 WHERE folder_id = old.folder_id AND state = old.state;
     INSERT INTO watch_counts VALUES (new.folder_id, new.state, 1) ON CONFLICT DO UPDATE SET files = files + 1;
   END;`,
  `ALTER TABLE watch_folders ADD COLUMN root_inode TEXT NOT NULL DEFAULT '';`,
  // Whoever writes counts, once for all that is written together: the triggers took longer than the rows.
  'DROP TRIGGER watch_files_added; DROP TRIGGER watch_files_changed;',
]

type Row = Record<string, SQLOutputValue>

/** Watch folders and what was seen in them, as rows of the shared database file. */
export class SqliteWatchJournal implements WatchJournal {
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  /** @throws AppError store.failed */
  constructor(db: DatabaseSync) {
    this.#db = db
    migrate(db, 'watch', MIGRATIONS)
  }

  folders(): WatchFolderRecord[] {
    return this.#all('SELECT * FROM watch_folders ORDER BY created_ms, id').map(toFolder)
  }

  saveFolder(folder: WatchFolderRecord): void {
    this.#write(() =>
      this.#db
        .prepare(
          `INSERT INTO watch_folders (id, account_id, path, rules, paused, created_ms, root_inode, complete_as_of_ms)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (id) DO UPDATE SET path = excluded.path, paused = excluded.paused,
             rules = CASE WHEN ? THEN rules ELSE excluded.rules END, root_inode = excluded.root_inode, complete_as_of_ms = excluded.complete_as_of_ms`,
        )
        .run(
          folder.id,
          folder.accountId,
          folder.path,
          JSON.stringify(folder.rules),
          folder.paused ? 1 : 0,
          folder.createdMs,
          folder.rootInode,
          folder.completeAsOfMs,
          (folder.unreadRules ?? []).length > 0 ? 1 : 0,
        ),
    )
  }

  removeFolder(id: WatchFolderId): void {
    this.#write(() => {
      this.#db.prepare('DELETE FROM watch_folders WHERE id = ?').run(id)
      this.#db.prepare('DELETE FROM watch_counts WHERE folder_id = ?').run(id)
    })
  }

  *sightings(id: WatchFolderId): Iterable<KnownSighting> {
    const rows = this.#db
      .prepare('SELECT key, size_bytes, mtime_ms, inode FROM watch_files WHERE folder_id = ?')
      .iterate(id)
    for (const row of rows) yield toSighting(row)
  }

  file(id: WatchFolderId, key: string): WatchedFile | null {
    return this.#files('key = ?', id, key)[0] ?? null
  }

  sightingsOf(id: WatchFolderId, keys: readonly string[]): KnownSighting[] {
    return this.#all(
      `SELECT f.key, f.size_bytes, f.mtime_ms, f.inode
         FROM json_each(?) wanted CROSS JOIN watch_files f ON f.folder_id = ? AND f.key = wanted.value`,
      JSON.stringify(keys),
      id,
    ).map(toSighting)
  }

  filesBelow(id: WatchFolderId, folderKey: string): WatchedFile[] {
    if (folderKey === '') return this.#files('1 = 1', id)
    // '0' follows '/' in every encoding that SQLite compares by.
    return this.#files('key > ? AND key < ?', id, `${folderKey}/`, `${folderKey}0`)
  }

  filesIn(id: WatchFolderId, folderKey: string): WatchedFile[] {
    return this.#files('parent_key = ?', id, folderKey)
  }

  filesStartingWith(id: WatchFolderId, keyPrefixes: readonly string[]): WatchedFile[] {
    return this.#all(
      `SELECT f.* FROM json_each(?) wanted
         CROSS JOIN watch_files f ON f.folder_id = ? AND f.key >= wanted.value AND f.key < wanted.value || char(0x10ffff)`,
      JSON.stringify(keyPrefixes),
      id,
    ).map(toFile)
  }

  filesWithInode(id: WatchFolderId, inode: string): WatchedFile[] {
    return inode === '' ? [] : this.#files('inode = ?', id, inode)
  }

  knownInodes(id: WatchFolderId, inodes: readonly string[]): Set<string> {
    const known = this.#all(
      `SELECT wanted.value AS inode FROM json_each(?) wanted
        WHERE wanted.value <> '' AND EXISTS (SELECT 1 FROM watch_files f WHERE f.folder_id = ? AND f.inode = wanted.value)`,
      JSON.stringify(inodes),
      id,
    )
    return new Set(known.map(({ inode }) => String(inode)))
  }

  filesOfUpload(id: WatchFolderId, uploadId: UploadId): WatchedFile[] {
    return this.#files('upload_id = ?', id, uploadId)
  }

  filesInState(id: WatchFolderId, state: WatchedState, most?: number): WatchedFile[] {
    return this.#all(
      'SELECT * FROM watch_files WHERE folder_id = ? AND state = ? ORDER BY key LIMIT ?',
      id,
      state,
      most ?? -1,
    ).map(toFile)
  }

  filesAfter(id: WatchFolderId, key: string, most: number): WatchedFile[] {
    return this.#all(
      'SELECT * FROM watch_files WHERE folder_id = ? AND key > ? ORDER BY key LIMIT ?',
      id,
      key,
      most,
    ).map(toFile)
  }

  counts(id: WatchFolderId): Record<WatchedState, number> {
    const counts: Record<WatchedState, number> = { sent: 0, done: 0, waits: 0, kept: 0 }
    for (const row of this.#all('SELECT state, files FROM watch_counts WHERE folder_id = ?', id))
      counts[row['state'] as WatchedState] = Number(row['files'])
    return counts
  }

  save(id: WatchFolderId, files: readonly WatchedFile[]): void {
    if (files.length === 0) return
    const byKey = new Map(files.map((file) => [file.key, file]))
    this.#write(() => {
      this.#countSaved(id, byKey)
      const insert = this.#statement(
        `INSERT INTO watch_files VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET parent_key = excluded.parent_key, relative_path = excluded.relative_path,
           size_bytes = excluded.size_bytes, mtime_ms = excluded.mtime_ms, inode = excluded.inode, state = excluded.state,
           upload_id = excluded.upload_id, asset_id = excluded.asset_id, reason = excluded.reason, is_content = excluded.is_content`,
      )
      for (const file of byKey.values())
        insert.run(
          id,
          file.key.includes('/') ? file.key.slice(0, file.key.lastIndexOf('/')) : '',
          file.key,
          file.relativePath,
          file.sizeBytes,
          file.mtimeMs,
          file.inode,
          file.state,
          file.uploadId,
          file.assetId,
          file.reason,
          file.isContent ? 1 : 0,
        )
    })
  }

  /** Before they are written: what is there of them leaves the state that it was in. */
  #countSaved(id: WatchFolderId, files: ReadonlyMap<string, WatchedFile>): void {
    const change = new Map<string, number>()
    for (const { state } of files.values()) change.set(state, (change.get(state) ?? 0) + 1)
    const before = this.#all(
      `SELECT f.state, count(*) AS files
         FROM json_each(?) wanted CROSS JOIN watch_files f ON f.folder_id = ? AND f.key = wanted.value GROUP BY f.state`,
      JSON.stringify([...files.keys()]),
      id,
    )
    for (const row of before) {
      const state = String(row['state'])
      change.set(state, (change.get(state) ?? 0) - Number(row['files']))
    }
    const count = this.#statement(
      'INSERT INTO watch_counts VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET files = files + excluded.files',
    )
    for (const [state, files] of change) if (files !== 0) count.run(id, state, files)
  }

  forget(id: WatchFolderId, keys: readonly string[]): void {
    if (keys.length === 0) return
    this.#write(() => {
      const remove = this.#statement('DELETE FROM watch_files WHERE folder_id = ? AND key = ?')
      for (const key of keys) remove.run(id, key)
    })
  }

  #files(where: string, id: WatchFolderId, ...values: string[]): WatchedFile[] {
    return this.#all(
      `SELECT * FROM watch_files WHERE folder_id = ? AND ${where} ORDER BY key`,
      id,
      ...values,
    ).map(toFile)
  }

  #all(sql: string, ...values: (string | number)[]): Row[] {
    try {
      return this.#statement(sql).all(...values)
    } catch (error) {
      throw asStoreError(error)
    }
  }

  /** Prepared once: each is run for every file of a tree. */
  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (!statement) this.#statements.set(sql, (statement = this.#db.prepare(sql)))
    return statement
  }

  #write(work: () => void): void {
    transaction(this.#db, work)
  }
}

function toFolder(row: Row): WatchFolderRecord {
  const { rules, unread } = readWatchRules(String(row['rules']))
  return {
    id: String(row['id']) as WatchFolderId,
    accountId: String(row['account_id']),
    path: String(row['path']),
    rules,
    unreadRules: unread,
    paused: row['paused'] === 1,
    createdMs: Number(row['created_ms']),
    rootInode: String(row['root_inode']),
    completeAsOfMs: row['complete_as_of_ms'] === null ? null : Number(row['complete_as_of_ms']),
  }
}

function toSighting(row: Row): KnownSighting {
  return {
    key: String(row['key']),
    sizeBytes: Number(row['size_bytes']),
    mtimeMs: Number(row['mtime_ms']),
    inode: String(row['inode']),
  }
}

function toFile(row: Row): WatchedFile {
  return {
    key: String(row['key']),
    relativePath: String(row['relative_path']),
    sizeBytes: Number(row['size_bytes']),
    mtimeMs: Number(row['mtime_ms']),
    inode: String(row['inode']),
    state: row['state'] as WatchedState,
    uploadId: row['upload_id'] === null ? null : (String(row['upload_id']) as UploadId),
    assetId: row['asset_id'] === null ? null : (String(row['asset_id']) as AssetId),
    reason: String(row['reason']),
    isContent: row['is_content'] === 1,
  }
}
