import { dateNow } from '../ids.ts'
import type { Database } from './database.ts'

export type MemberType = 'assets' | 'collections'

/** What is in which collection. An object may be in several; a pair exists at most once. */
export class Contents {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
    db.sql.exec(`
      CREATE TABLE IF NOT EXISTS contents (
        collection_id TEXT NOT NULL,
        object_id TEXT NOT NULL,
        object_type TEXT NOT NULL,
        position INTEGER NOT NULL,
        date_created TEXT NOT NULL,
        PRIMARY KEY (collection_id, object_id)
      ) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS contents_by_object ON contents (object_id);
    `)
  }

  /** Adds a member; false if it was in there already. */
  add(collectionId: string, type: MemberType, objectId: string): boolean {
    return (
      this.#db.run(
        `INSERT OR IGNORE INTO contents (collection_id, object_id, object_type, position, date_created) VALUES (?, ?, ?, 0, ?)`,
        collectionId,
        objectId,
        type,
        dateNow(),
      ) > 0
    )
  }

  remove(collectionId: string, objectId: string): boolean {
    return (
      this.#db.run('DELETE FROM contents WHERE collection_id = ? AND object_id = ?', collectionId, objectId) >
      0
    )
  }

  has(collectionId: string, objectId: string): boolean {
    return (
      this.#db.get(
        'SELECT 1 FROM contents WHERE collection_id = ? AND object_id = ?',
        collectionId,
        objectId,
      ) !== undefined
    )
  }

  /** Sets the places of all members, from 0 on. */
  arrange(collectionId: string, objectIds: readonly string[]): void {
    for (const [position, objectId] of objectIds.entries())
      this.#db.run(
        'UPDATE contents SET position = ? WHERE collection_id = ? AND object_id = ?',
        position,
        collectionId,
        objectId,
      )
  }

  removeObject(objectId: string): void {
    this.#db.run('DELETE FROM contents WHERE object_id = ? OR collection_id = ?', objectId, objectId)
  }

  members(collectionId: string): { object_id: string; object_type: MemberType; position: number }[] {
    return this.#db.all(
      'SELECT object_id, object_type, position FROM contents WHERE collection_id = ? ORDER BY position, object_type DESC, date_created',
      collectionId,
    )
  }

  count(collectionId: string, type: MemberType): number {
    return (
      this.#db.get<{ n: number }>(
        'SELECT count(*) AS n FROM contents WHERE collection_id = ? AND object_type = ?',
        collectionId,
        type,
      )?.n ?? 0
    )
  }

  /** The collections that hold this object directly. */
  parents(objectId: string): string[] {
    return this.#db
      .all<{ collection_id: string }>('SELECT collection_id FROM contents WHERE object_id = ?', objectId)
      .map((row) => row.collection_id)
  }

  /** Every collection above this object, nearest first. */
  ancestors(objectId: string): string[] {
    return this.#db
      .all<{ id: string }>(
        `WITH RECURSIVE up(id, depth) AS (
           SELECT collection_id, 1 FROM contents WHERE object_id = ?
           UNION
           SELECT c.collection_id, up.depth + 1 FROM contents c JOIN up ON c.object_id = up.id WHERE up.depth < 100
         ) SELECT id, min(depth) AS depth FROM up GROUP BY id ORDER BY depth`,
        objectId,
      )
      .map((row) => row.id)
  }

  /** Every object of a type below a collection, at any depth. */
  descendants(collectionId: string, type: MemberType): string[] {
    return this.#db
      .all<{ id: string }>(
        `WITH RECURSIVE down(id, type, depth) AS (
           SELECT object_id, object_type, 1 FROM contents WHERE collection_id = ?
           UNION
           SELECT c.object_id, c.object_type, down.depth + 1 FROM contents c JOIN down ON c.collection_id = down.id
           WHERE down.depth < 100
         ) SELECT DISTINCT id FROM down WHERE type = ?`,
        collectionId,
        type,
      )
      .map((row) => row.id)
  }
}
