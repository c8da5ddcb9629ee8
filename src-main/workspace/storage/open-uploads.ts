import type { Database } from '../store/database.ts'
import type { ByteStore, Segment } from './byte-store.ts'

export interface OpenUpload {
  id: string
  kind: 's3' | 'gcs' | 'azure' | 'b2'
  storageId: string
  key: string
  contentType: string | null
  dateCreated: string
  /** Provider's own state, such as the running checksum of a resumable session. */
  state: Record<string, unknown>
}

export interface Part {
  /** Part number, or block id. Text, so that both fit; numbers are padded by the provider. */
  name: string
  segment: Segment
  /** The sum that the provider shows for the part, hex. */
  sum: string
  dateModified: string
}

/** Uploads that have begun and not ended: multipart uploads, resumable sessions, uncommitted blocks. */
export class OpenUploads {
  readonly #db: Database
  readonly #bytes: ByteStore

  constructor(db: Database, bytes: ByteStore) {
    this.#db = db
    this.#bytes = bytes
    db.sql.exec(`
      CREATE TABLE IF NOT EXISTS uploads (id TEXT PRIMARY KEY, storage_id TEXT NOT NULL, key TEXT NOT NULL, row TEXT NOT NULL) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS uploads_by_key ON uploads (storage_id, key);
      CREATE TABLE IF NOT EXISTS upload_parts (
        upload_id TEXT NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        row TEXT NOT NULL,
        PRIMARY KEY (upload_id, name)
      ) WITHOUT ROWID;
    `)
  }

  begin(upload: OpenUpload): void {
    this.#db.run(
      'INSERT INTO uploads (id, storage_id, key, row) VALUES (?, ?, ?, ?)',
      upload.id,
      upload.storageId,
      upload.key,
      JSON.stringify(upload),
    )
  }

  get(id: string): OpenUpload | undefined {
    const found = this.#db.get<{ row: string }>('SELECT row FROM uploads WHERE id = ?', id)
    return found && (JSON.parse(found.row) as OpenUpload)
  }

  of(storageId: string, key: string): OpenUpload[] {
    return this.#db
      .all<{ row: string }>('SELECT row FROM uploads WHERE storage_id = ? AND key = ?', storageId, key)
      .map(({ row }) => JSON.parse(row) as OpenUpload)
  }

  all(): (OpenUpload & { parts: number })[] {
    return this.#db
      .all<{ row: string; parts: number }>(
        'SELECT row, (SELECT count(*) FROM upload_parts WHERE upload_id = uploads.id) AS parts FROM uploads',
      )
      .map(({ row, parts }) => ({ ...(JSON.parse(row) as OpenUpload), parts }))
  }

  saveState(upload: OpenUpload): void {
    this.#db.run('UPDATE uploads SET row = ? WHERE id = ?', JSON.stringify(upload), upload.id)
  }

  /** Sets a part; an earlier one of the same name is replaced and its bytes removed. */
  setPart(uploadId: string, part: Part): void {
    const before = this.part(uploadId, part.name)
    this.#db.run(
      'INSERT INTO upload_parts (upload_id, name, row) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET row = excluded.row',
      uploadId,
      part.name,
      JSON.stringify(part),
    )
    if (before) this.#bytes.discard([before.segment])
  }

  part(uploadId: string, name: string): Part | undefined {
    const found = this.#db.get<{ row: string }>(
      'SELECT row FROM upload_parts WHERE upload_id = ? AND name = ?',
      uploadId,
      name,
    )
    return found && (JSON.parse(found.row) as Part)
  }

  /** In the order of their names. */
  parts(uploadId: string): Part[] {
    return this.#db
      .all<{ row: string }>('SELECT row FROM upload_parts WHERE upload_id = ? ORDER BY name', uploadId)
      .map(({ row }) => JSON.parse(row) as Part)
  }

  /** Ends an upload. The bytes of its parts are removed, those excepted that an object now owns. */
  end(uploadId: string, kept: readonly Segment[] = []): void {
    const keep = new Set(kept.map((segment) => segment.path))
    this.#bytes.discard(
      this.parts(uploadId)
        .map((part) => part.segment)
        .filter((segment) => !keep.has(segment.path)),
    )
    this.#db.run('DELETE FROM uploads WHERE id = ?', uploadId)
  }
}
