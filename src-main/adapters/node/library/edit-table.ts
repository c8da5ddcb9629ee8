import type { AssetId, ViewId } from '@contract/ids.ts'
import type { EditKind, LibraryStore, PendingEdit } from '../../../ports/library-store.ts'
import type { Statements } from './statements.ts'

type Body = Omit<PendingEdit, 'id' | 'kind' | 'viewId' | 'state'>

/** Edits that have not reached the server, in the order in which they were made. */
export class EditTable {
  readonly #sql: Statements

  constructor(sql: Statements) {
    this.#sql = sql
  }

  count(): number {
    return Number(this.#sql.of('SELECT count(*) AS count FROM edits').get()?.['count'] ?? 0)
  }

  add({ kind, viewId, ...rest }: Parameters<LibraryStore['addEdit']>[0]): number {
    const body: Body = { ...rest, theirs: {}, reason: '' }
    const { lastInsertRowid } = this.#sql
      .of("INSERT INTO edits (kind, view_id, state, body) VALUES (?, ?, 'waiting', ?)")
      .run(kind, viewId, JSON.stringify(body))
    this.#setAssets(Number(lastInsertRowid), rest.assetIds)
    return Number(lastInsertRowid)
  }

  list(state: PendingEdit['state'] | 'any', limit: number): PendingEdit[] {
    return this.#sql
      .of("SELECT * FROM edits WHERE ? IN (state, 'any') ORDER BY id LIMIT ?")
      .all(state, limit)
      .map(toEdit)
  }

  of(assetId: AssetId, viewId: ViewId): PendingEdit[] {
    return this.#sql
      .of(
        `SELECT edits.* FROM edit_assets JOIN edits ON edits.id = edit_id
         WHERE asset_id = ? AND view_id = ? ORDER BY edits.id`,
      )
      .all(assetId, viewId)
      .map(toEdit)
  }

  update(id: number, changes: Partial<PendingEdit>): void {
    const row = this.#sql.of('SELECT * FROM edits WHERE id = ?').get(id)
    if (!row) return
    const { id: _id, kind: _kind, viewId: _viewId, state, ...body } = { ...toEdit(row), ...changes }
    this.#sql.of('UPDATE edits SET state = ?, body = ? WHERE id = ?').run(state, JSON.stringify(body), id)
    if (changes.assetIds) {
      this.#sql.of('DELETE FROM edit_assets WHERE edit_id = ?').run(id)
      this.#setAssets(id, changes.assetIds)
    }
  }

  remove(id: number): void {
    this.#sql.of('DELETE FROM edits WHERE id = ?').run(id)
  }

  #setAssets(id: number, assetIds: readonly AssetId[]): void {
    const statement = this.#sql.of('INSERT OR IGNORE INTO edit_assets (asset_id, edit_id) VALUES (?, ?)')
    for (const assetId of assetIds) statement.run(assetId, id)
  }
}

function toEdit(row: Record<string, unknown>): PendingEdit {
  return {
    id: Number(row['id']),
    kind: String(row['kind']) as EditKind,
    viewId: row['view_id'] as ViewId | null,
    state: String(row['state']) as PendingEdit['state'],
    ...(JSON.parse(String(row['body'])) as Body),
  }
}
