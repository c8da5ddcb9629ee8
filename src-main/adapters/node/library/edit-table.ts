import type { AssetId, ViewId } from '@contract/ids.ts'
import { applyChanges, pickFields, settingEdits } from '../../../core/library/field-edits.ts'
import type { EditedAsset, EditKind, NewEdit, PendingEdit } from '../../../ports/library-store.ts'
import type { Statements } from '../statements.ts'
import { EditMarks } from './edit-marks.ts'

type Body = Omit<PendingEdit, 'id' | 'kind' | 'viewId' | 'state' | 'sentCount'>
type Values = Record<string, string[]>

/** An edit of more assets than this lets smaller ones go first. */
const LARGE = 500

/** Edits that have not reached the server, in the order in which they were made, and the last of those that have. */
export class EditTable {
  readonly #sql: Statements
  readonly #marks = new EditMarks()

  constructor(sql: Statements) {
    this.#sql = sql
  }

  /** Grows with each edit that is made, goes further or ends. */
  mark(): number {
    return this.#marks.now
  }

  /** Whether what was read of an asset after a mark may be older than what its edits show of it. */
  isAhead(assetId: string, mark: number): boolean {
    if (this.#marks.isTouchedSince(assetId, mark)) return true
    const waiting = this.#sql
      .of(
        `SELECT 1 FROM edit_assets JOIN edits ON edits.id = edit_id
         WHERE asset_id = ? AND state = 'waiting' AND kind <> 'metadata' LIMIT 1`,
      )
      .get(assetId)
    return waiting !== undefined
  }

  /** How many have not reached the server. */
  count(): number {
    return Number(this.#sql.of("SELECT count(*) AS count FROM edits WHERE state <> 'done'").get()?.['count'])
  }

  /** @param baseOf what is known of an asset in the fields that the edit changes */
  add({ kind, viewId, ...rest }: NewEdit, baseOf: (assetId: AssetId) => Values | null): number {
    const body: Body = { collectionId: null, ...rest, theirs: {}, reason: '' }
    // Before the edit is there: it would be laid over what was known.
    const known =
      kind === 'metadata'
        ? rest.assetIds.map((assetId) => ({
            assetId,
            base: rest.assetIds.length === 1 && rest.base ? rest.base : baseOf(assetId),
            before: null,
            values: null,
          }))
        : []
    const { lastInsertRowid } = this.#sql
      .of("INSERT INTO edits (kind, view_id, state, body, asset_count) VALUES (?, ?, 'waiting', ?, ?)")
      .run(kind, viewId, JSON.stringify(body), rest.assetIds.length)
    const id = Number(lastInsertRowid)
    this.#marks.touch(rest.assetIds)
    this.#setAssets(id, rest.assetIds)
    this.#note(id, known)
    return id
  }

  list(state: PendingEdit['state'] | 'any', limit: number): PendingEdit[] {
    return this.#sql
      .of("SELECT * FROM edits WHERE ? IN (state, 'any') ORDER BY id LIMIT ?")
      .all(state, limit)
      .map(toEdit)
  }

  one(id: number): PendingEdit | null {
    const row = this.#sql.of('SELECT * FROM edits WHERE id = ?').get(id)
    return row ? toEdit(row) : null
  }

  next(): PendingEdit | null {
    const row = this.#sql
      .of(
        `SELECT * FROM edits AS mine WHERE state = 'waiting' AND (
           id = (SELECT min(id) FROM edits WHERE state = 'waiting')
           OR (asset_count <= ${LARGE} AND NOT EXISTS (
             SELECT 1 FROM edit_assets AS own
             JOIN edit_assets AS other ON other.asset_id = own.asset_id
             JOIN edits AS earlier ON earlier.id = other.edit_id
             WHERE own.edit_id = mine.id AND earlier.id < mine.id AND earlier.state = 'waiting'
           ))
         ) ORDER BY asset_count > ${LARGE}, id LIMIT 1`,
      )
      .get()
    return row ? toEdit(row) : null
  }

  of(assetId: AssetId, viewId: ViewId): PendingEdit[] {
    return this.ofAll(assetId).filter((edit) => edit.viewId === viewId)
  }

  /** Those of one asset over all views that have not reached the server. */
  ofAll(assetId: AssetId): PendingEdit[] {
    return this.#sql
      .of(
        `SELECT edits.*, (
           SELECT own FROM edited_assets AS mine WHERE mine.edit_id = edits.id AND mine.asset_id = edit_assets.asset_id
         ) AS own FROM edit_assets JOIN edits ON edits.id = edit_id
         WHERE asset_id = ? AND view_id IS NOT NULL AND state <> 'done' ORDER BY edits.id`,
      )
      .all(assetId)
      .map((row) => (row['own'] === null ? toEdit(row) : { ...toEdit(row), changes: settingOf(row['own']) }))
  }

  update(id: number, changes: Partial<PendingEdit>): void {
    const known = this.one(id)
    if (!known) return
    const { sentCount, state, ...inBody } = changes
    const isEnding = state !== undefined && state !== known.state
    this.#marks.touch(isEnding ? known.assetIds : known.assetIds.slice(known.sentCount, sentCount))
    // Progress of a large edit is written often; its body, with all its ids, is not.
    this.#sql
      .of('UPDATE edits SET state = ?, sent_count = ? WHERE id = ?')
      .run(state ?? known.state, sentCount ?? known.sentCount, id)
    if (Object.keys(inBody).length > 0) {
      const { id: _id, kind: _kind, viewId: _viewId, state: _state, sentCount: _sent, ...body } = known
      this.#sql.of('UPDATE edits SET body = ? WHERE id = ?').run(JSON.stringify({ ...body, ...inBody }), id)
    }
    if (!changes.assetIds) return
    this.#sql.of('UPDATE edits SET asset_count = ? WHERE id = ?').run(changes.assetIds.length, id)
    this.#sql.of('DELETE FROM edit_assets WHERE edit_id = ?').run(id)
    this.#setAssets(id, changes.assetIds)
  }

  remove(id: number): void {
    this.#marks.touch(this.one(id)?.assetIds ?? [])
    this.#sql.of('DELETE FROM edits WHERE id = ?').run(id)
  }

  assets(id: number, from: number, to: number): EditedAsset[] {
    return this.#sql
      .of('SELECT * FROM edited_assets WHERE edit_id = ? AND place >= ? AND place < ? ORDER BY place')
      .all(id, from, to)
      .map(toEdited)
  }

  noteBefore(id: number, before: readonly { assetId: AssetId; values: Values }[]): void {
    const statement = this.#sql.of(
      'UPDATE edited_assets SET before = ? WHERE edit_id = ? AND asset_id = ? AND before IS NULL',
    )
    for (const { assetId, values } of before) statement.run(JSON.stringify(values), id, assetId)
  }

  addUndo(id: number, createdMs: number): number | null {
    const edit = this.one(id)
    if (!edit || edit.kind !== 'metadata' || edit.viewId === null) return null
    const sent = this.assets(id, 0, edit.sentCount).filter(({ before }) => before !== null)
    if (sent.length === 0) return null
    const fields = Object.keys(edit.changes)
    const body: Body = {
      assetIds: sent.map(({ assetId }) => assetId),
      collectionId: null,
      changes: settingEdits(pickFields({}, fields)),
      base: null,
      theirs: {},
      reason: '',
      createdMs,
    }
    const { lastInsertRowid } = this.#sql
      .of(
        "INSERT INTO edits (kind, view_id, state, body, asset_count) VALUES ('metadata', ?, 'waiting', ?, ?)",
      )
      .run(edit.viewId, JSON.stringify(body), sent.length)
    const undoId = Number(lastInsertRowid)
    this.#setAssets(undoId, body.assetIds)
    this.#note(
      undoId,
      sent.map(({ assetId, before, values }) => ({
        assetId,
        // What the edit left behind: where somebody changed it since, putting back would overwrite that.
        base: pickFields(values ?? applyChanges(before ?? {}, edit.changes), fields),
        before: null,
        values: pickFields(before ?? {}, fields),
      })),
    )
    return undoId
  }

  forgetDone(keep: number): void {
    this.#sql
      .of(
        `DELETE FROM edits WHERE state = 'done' AND id NOT IN
         (SELECT id FROM edits WHERE state = 'done' ORDER BY id DESC LIMIT ?)`,
      )
      .run(keep)
  }

  #note(id: number, assets: readonly EditedAsset[]): void {
    const statement = this.#sql.of(
      'INSERT INTO edited_assets (edit_id, place, asset_id, base, before, own) VALUES (?, ?, ?, ?, ?, ?)',
    )
    const text = (values: Values | null) => (values === null ? null : JSON.stringify(values))
    for (const [place, { assetId, base, before, values }] of assets.entries())
      statement.run(id, place, assetId, text(base), text(before), text(values))
  }

  #setAssets(id: number, assetIds: readonly AssetId[]): void {
    const statement = this.#sql.of('INSERT OR IGNORE INTO edit_assets (asset_id, edit_id) VALUES (?, ?)')
    for (const assetId of assetIds) statement.run(assetId, id)
  }
}

/** Values of an asset's own, as the change that writes them. */
const settingOf = (own: unknown) => settingEdits(JSON.parse(String(own)) as Values)

function toEdit(row: Record<string, unknown>): PendingEdit {
  return {
    id: Number(row['id']),
    kind: String(row['kind']) as EditKind,
    viewId: row['view_id'] as ViewId | null,
    state: String(row['state']) as PendingEdit['state'],
    sentCount: Number(row['sent_count']),
    // Edits of the first version knew no collections.
    ...({ collectionId: null, ...JSON.parse(String(row['body'])) } as Body),
  }
}

function toEdited(row: Record<string, unknown>): EditedAsset {
  const values = (text: unknown) => (text === null ? null : (JSON.parse(String(text)) as Values))
  return {
    assetId: String(row['asset_id']) as AssetId,
    base: values(row['base']),
    before: values(row['before']),
    values: values(row['own']),
  }
}
