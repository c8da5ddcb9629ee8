import type { AssetId, ViewId } from '@contract/ids.ts'
import { applyChanges } from '../../../core/library/field-edits.ts'
import type { FieldSummary, KeptKind } from '../../../ports/library-store.ts'
import type { Statements } from '../statements.ts'
import type { EditTable } from './edit-table.ts'

export type Values = Record<string, string[]>

/** Answers that were kept as they came, and the metadata of assets as this machine knows it from them, from search and edits. */
export class KnownValues {
  readonly #sql: Statements
  readonly #edits: EditTable

  constructor(sql: Statements, edits: EditTable) {
    this.#sql = sql
    this.#edits = edits
  }

  keep(kind: KeptKind, key: string, value: unknown): void {
    this.#sql
      .of('INSERT OR REPLACE INTO kept (kind, key, value) VALUES (?, ?, ?)')
      .run(kind, key, JSON.stringify(value))
  }

  kept(kind: KeptKind, key: string): unknown {
    const row = this.#sql.of('SELECT value FROM kept WHERE kind = ? AND key = ?').get(kind, key)
    return row ? (JSON.parse(String(row['value'])) as unknown) : null
  }

  /** Somebody changed its metadata: what was kept of it by view is older than what search tells now. */
  forget(id: AssetId): void {
    this.#sql.of("DELETE FROM kept WHERE kind = 'values' AND key >= ? AND key < ?").run(`${id} `, `${id}!`)
  }

  /** Metadata over all views as search told it, by the order of `ids`; null where it never did. */
  mirrored(ids: readonly AssetId[]): (Values | null)[] {
    const statement = this.#sql.of("SELECT detail ->> '$.metadata' AS metadata FROM assets WHERE id = ?")
    return ids.map((id) => {
      const metadata = statement.get(id)?.['metadata']
      return typeof metadata === 'string' ? (JSON.parse(metadata) as Values) : null
    })
  }

  /** Values of one asset: as search told, as the view answered, with edits that wait. Null where nothing is known. */
  of(id: AssetId, viewId: ViewId): Values | null {
    const kept = this.kept('values', `${id} ${viewId}`) as Values | null
    const [mirrored] = this.mirrored([id])
    if (!kept && !mirrored) return null
    let values: Values = { ...mirrored, ...kept }
    for (const edit of this.#edits.of(id, viewId)) values = applyChanges(values, edit.changes)
    return values
  }

  /** What assets have in these fields together. */
  summarise(
    ids: readonly AssetId[],
    viewId: ViewId,
    fields: readonly string[],
  ): Record<string, FieldSummary> {
    const found = new Map<string, { key: string; summary: FieldSummary }>()
    for (const id of ids) {
      const values = this.of(id, viewId) ?? {}
      for (const field of fields) {
        const own = values[field] ?? []
        const key = JSON.stringify(own)
        const known = found.get(field)
        if (!known) found.set(field, { key, summary: { values: own, isMixed: false } })
        else if (known.key !== key) known.summary = { values: [], isMixed: true }
      }
    }
    return Object.fromEntries([...found].map(([field, { summary }]) => [field, summary]))
  }
}
