import type { DatabaseSync } from 'node:sqlite'
import type { AssetGroups, AssetQuery, AssetRow, Facet, Totals } from '@contract/assets.ts'
import type { AssetId, CollectionId, ViewId, Window } from '@contract/ids.ts'
import type { CollectionDocument } from '../../../ports/iconik-api.ts'
import type {
  EditedAsset,
  FieldSummary,
  KeptKind,
  LibraryCounts,
  LibraryStore,
  ListShape,
  NewEdit,
  PendingEdit,
  StoredDetail,
  StoredRow,
} from '../../../ports/library-store.ts'
import type { MediaFacts } from '../../../core/library/media-facts.ts'
import { facetValues, METADATA_FACET, type MirroredAsset } from '../../../core/library/mirrored-asset.ts'
import { applyChanges, isSameValues, pickFields } from '../../../core/library/field-edits.ts'
import { asStoreError, migrate, openDatabase, transaction } from '../sqlite-database.ts'
import { AssetIndex } from './asset-index.ts'
import { AssetLists } from './asset-lists.ts'
import { AssetRows, type StoredAsset, withKnownFacts } from './asset-rows.ts'
import { CollectionTable } from './collection-table.ts'
import { EditTable } from './edit-table.ts'
import { FacetDictionary } from './facet-dictionary.ts'
import type { DocChange } from './index-parts.ts'
import { KnownValues, type Values } from './known-values.ts'
import { libraryMigrations } from './library-schema.ts'
import type { StoreCall } from './store-messages.ts'
import { Statements } from '../statements.ts'

/** The same calls as the port, answered at once: this runs on the store's own thread. */
export type Immediate<T> = {
  [K in keyof T]: T[K] extends (...args: infer A) => Promise<infer R> ? (...args: A) => R : never
}

export class SqliteLibrary implements Immediate<LibraryStore> {
  readonly #db: DatabaseSync
  readonly #sql: Statements
  readonly #dictionary: FacetDictionary
  readonly #index: AssetIndex
  readonly #rows: AssetRows
  readonly #collections: CollectionTable
  readonly #edits: EditTable
  readonly #values: KnownValues
  readonly #lists: AssetLists
  #revision: number

  /** @throws AppError store.failed */
  constructor(file: string) {
    this.#db = openDatabase(file)
    migrate(this.#db, 'library', libraryMigrations)
    this.#sql = new Statements(this.#db)
    this.#dictionary = new FacetDictionary(this.#sql)
    this.#index = new AssetIndex(this.#db, this.#dictionary)
    this.#rows = new AssetRows(this.#sql, this.#dictionary)
    this.#collections = new CollectionTable(this.#sql)
    this.#edits = new EditTable(this.#sql)
    this.#values = new KnownValues(this.#sql, this.#edits)
    this.#lists = new AssetLists(this.#sql, this.#index, this.#dictionary, this.#collections, (id) =>
      this.kept('found', id),
    )
    this.#revision = Number(this.note('revision') ?? 0)
  }

  put(assets: MirroredAsset[], pass: number, asOf?: number): AssetId[] {
    const changed: AssetId[] = []
    const isAhead = this.#isAheadOf(asOf)
    this.#write((changes) => {
      const touch = this.#sql.of('UPDATE assets SET pass = max(pass, ?) WHERE n = ?')
      for (const asset of assets) {
        const known = this.#rows.get(asset.row.id)
        const isOld = isAhead(asset.row.id)
        // What an edit took away stays away.
        if (isOld && !known) continue
        const next = known ? withKnownFacts(asset, known.facts) : asset
        if (known && (isOld || this.#rows.holds(known, next))) {
          touch.run(pass, known.n)
          continue
        }
        if (known && next.detail.metadata && !isSameValues(known.detail.metadata ?? {}, next.detail.metadata))
          this.#values.forget(asset.row.id)
        changes.push(this.#rows.save(next, known, pass))
        changed.push(asset.row.id)
      }
    })
    return changed
  }

  setStatus(ids: AssetId[], status: AssetRow['status'], asOf?: number): void {
    const isAhead = this.#isAheadOf(asOf)
    this.#rewrite(ids, (asset) =>
      asset.row.status === status || isAhead(asset.row.id)
        ? null
        : { ...asset, row: { ...asset.row, status } },
    )
  }

  rename(id: AssetId, title: string, asOf?: number): void {
    const isAhead = this.#isAheadOf(asOf)
    this.#rewrite([id], (asset) => (isAhead(id) ? null : { ...asset, row: { ...asset.row, title } }))
  }

  editMark(): number {
    return this.#edits.mark()
  }

  /** Whether edits show an asset ahead of what was read of it since a mark; never of what was not read. */
  #isAheadOf(asOf: number | undefined): (id: AssetId) => boolean {
    return asOf === undefined ? () => false : (id) => this.#edits.isAhead(id, asOf)
  }

  setFacts(id: AssetId, facts: MediaFacts): void {
    this.#rewrite([id], (asset, known) => {
      this.#sql.of('UPDATE assets SET facts = ? WHERE n = ?').run(JSON.stringify(facts), known.n)
      return withKnownFacts(asset, facts)
    })
  }

  setMembership(collectionId: CollectionId, ids: AssetId[], isMember: boolean): void {
    this.#rewrite(ids, (asset) => {
      const others = asset.collectionIds.filter((id) => id !== collectionId)
      return { ...asset, collectionIds: isMember ? [...others, collectionId] : others }
    })
  }

  remove(ids: AssetId[], asOf?: number): void {
    const isAhead = this.#isAheadOf(asOf)
    this.#write((changes) => {
      for (const id of ids) {
        const known = this.#rows.get(id)
        if (!known || isAhead(id)) continue
        this.#rows.delete(known)
        changes.push({ n: known.n, isActive: false, pairs: null })
      }
    })
  }

  unseen(pass: number, limit: number): AssetId[] {
    return this.#idsOf(
      "SELECT id FROM assets WHERE status = 'ACTIVE' AND pass < ? ORDER BY n LIMIT ?",
      pass,
      limit,
    )
  }

  markSeen(ids: AssetId[], pass: number): void {
    const statement = this.#sql.of('UPDATE assets SET pass = max(pass, ?) WHERE id = ?')
    transaction(this.#db, () => {
      for (const id of ids) statement.run(pass, id)
    })
  }

  trashedIds(): AssetId[] {
    return this.#idsOf("SELECT id FROM assets WHERE status = 'DELETED'")
  }

  withoutPoster(since: string, limit: number): AssetId[] {
    return this.#idsOf(
      // Left to itself, SQLite walks the index of dates, which may be a million rows.
      `SELECT id FROM assets INDEXED BY assets_without_poster WHERE has_poster = 0 AND status = 'ACTIVE' AND date_created >= ?
       ORDER BY date_created DESC LIMIT ?`,
      since,
      limit,
    )
  }

  counts(): LibraryCounts {
    return {
      revision: this.#revision,
      assetCount: this.#index.active.count,
      trashCount: this.#index.trashed.count,
      pendingEdits: this.#edits.count(),
    }
  }

  query(
    query: AssetQuery,
    { offset, limit }: Window,
    { groupBy = null, fields = [] }: ListShape = {},
  ): { revision: number; total: number; rows: StoredRow[] } {
    const { rows } = this.#lists.list(query, groupBy)
    return {
      revision: this.#revision,
      total: rows.count,
      rows: this.#rowsOf(rows.window(offset, limit), fields),
    }
  }

  /**
   * Reads a piece of what a call needs to know of all assets, so that others can be answered in between.
   * @returns whether all of it is there
   */
  readies({ method, args }: Pick<StoreCall, 'method' | 'args'>): boolean {
    if (method === 'children') return this.#index.prepareColumns(['collection'])
    if (method !== 'facets' && method !== 'count') return true
    const [query, fields = []] = args as [AssetQuery, string[]?]
    const filtered = query.filters.map(({ field }) => field)
    return this.#index.prepareColumns([...(query.collectionId ? ['collection'] : []), ...filtered, ...fields])
  }

  /** Reads ahead, a piece at a time. To be called while nobody waits for an answer. @returns whether there is more to read */
  rest(): boolean {
    try {
      return this.#index.prepareOrder()
    } catch {
      // Whoever asks for it next is told why.
      return false
    }
  }

  groups(query: AssetQuery, groupBy: string): AssetGroups {
    return { revision: this.#revision, ...this.#lists.groups(query, groupBy) }
  }

  count(query: AssetQuery): number {
    return this.#lists.count(query)
  }

  totals(of: { query: AssetQuery } | { ids: AssetId[] }, most: number): Totals | null {
    const isQuery = 'query' in of
    if (isQuery && this.count(of.query) > most) return null
    const rowOf = this.#sql.of(`SELECT duration_ms, size_bytes FROM assets WHERE ${isQuery ? 'n' : 'id'} = ?`)
    const totals = { durationMs: 0, sizeBytes: 0 }
    for (const key of isQuery ? this.#lists.list(of.query, null).rows.docs : of.ids) {
      const row = rowOf.get(key)
      // What is not known stands there as -1, so that lists sort it first.
      totals.durationMs += Math.max(0, Number(row?.['duration_ms'] ?? 0))
      totals.sizeBytes += Math.max(0, Number(row?.['size_bytes'] ?? 0))
    }
    return totals.durationMs > 0 || totals.sizeBytes > 0 ? totals : null
  }

  ids(query: AssetQuery, from: number, to: number, groupBy: string | null = null): AssetId[] {
    const statement = this.#sql.of('SELECT id FROM assets WHERE n = ?')
    return Array.from(
      this.#lists.list(query, groupBy).rows.window(from, to + 1 - from),
      (n) => String(statement.get(n)?.['id']) as AssetId,
    )
  }

  facets(query: AssetQuery, fields: string[], perField: number): Facet[] {
    return this.#lists.facets(query, fields, perField)
  }

  facetFields(): string[] {
    const rows = this.#sql
      .of(
        `SELECT name, (SELECT count(*) FROM facet_values WHERE field = number) AS kinds FROM facet_fields
         WHERE name LIKE 'metadata.%' ORDER BY kinds`,
      )
      .all()
    return rows.map((row) => String(row['name']))
  }

  get(id: AssetId): StoredDetail | null {
    const known = this.#rows.get(id)
    if (!known) return null
    const collections = this.#rows.collectionsOf(known).map((collectionId) => ({
      id: collectionId,
      path: this.#collections.path(collectionId),
    }))
    return { ...known.row, ...known.detail, collections: collections.filter(({ path }) => path.length > 0) }
  }

  rows(ids: AssetId[]): AssetRow[] {
    const statement = this.#sql.of('SELECT asset_row FROM assets WHERE id = ?')
    return ids.flatMap((id) => {
      const row = statement.get(id)
      return row ? [JSON.parse(String(row['asset_row'])) as AssetRow] : []
    })
  }

  putCollections(collections: CollectionDocument[]): boolean {
    return this.#changeCollections(() => this.#collections.put(collections))
  }
  keepCollections(ids: CollectionId[]): boolean {
    return this.#changeCollections(() => this.#collections.keepOnly(ids))
  }
  removeCollection(id: CollectionId): void {
    this.#changeCollections(() => this.#collections.remove([id]))
  }

  children(parentId: CollectionId | null) {
    return this.#collections.children(parentId, (groupOf) => {
      const column = this.#index.column('collection')
      const field = this.#dictionary.field('collection')
      if (!column || field === undefined) return new Map()
      const groups = new Map<number, number>()
      for (const [id, group] of groupOf)
        for (const code of this.#dictionary.codesOf(field, [id])) groups.set(code, group)
      return column.countGroups(this.#index.active, groups)
    })
  }

  collectionsWithin(id: CollectionId): CollectionId[] {
    return this.#collections.within(id) as CollectionId[]
  }

  collectionTitle(id: CollectionId): string {
    return this.#collections.titleOf(id)
  }

  collectionPath(id: CollectionId): string[] {
    return this.#collections.path(id)
  }

  findCollections(text: string, limit: number) {
    return this.#collections.find(text, limit)
  }

  keep(kind: KeptKind, key: string, value: unknown): void {
    // Lists of that search show what was found before.
    if (kind === 'found') this.#lists.forget()
    this.#safely(() => this.#values.keep(kind, key, value))
  }

  kept(kind: KeptKind, key: string): unknown {
    return this.#values.kept(kind, key)
  }

  metadataOf(ids: AssetId[]): (Values | null)[] {
    return this.#values.mirrored(ids)
  }

  summarise(ids: AssetId[], viewId: ViewId, fields: string[]): Record<string, FieldSummary> {
    return this.#values.summarise(ids, viewId, fields)
  }

  noteSent(...[viewId, sent]: Parameters<LibraryStore['noteSent']>): void {
    const changesOf = new Map(sent.map(({ assetId, changes }) => [assetId, changes]))
    for (const { assetId, changes } of sent) {
      const key = `${assetId} ${viewId}`
      const kept = this.kept('values', key) as Values | null
      if (kept) this.keep('values', key, applyChanges(kept, changes))
    }
    this.#rewrite([...changesOf.keys()], (asset) => {
      const changes = changesOf.get(asset.row.id)
      if (!asset.detail.metadata || !changes) return null
      const metadata = applyChanges(asset.detail.metadata, changes)
      const facets = { ...asset.facets }
      for (const field of Object.keys(changes))
        facets[METADATA_FACET + field] = facetValues(metadata[field] ?? [])
      return { ...asset, facets, detail: { ...asset.detail, metadata } }
    })
  }

  addEdit(edit: NewEdit): number {
    const baseOf = (id: AssetId) => {
      const values = edit.viewId === null ? null : this.#values.of(id, edit.viewId)
      return values && pickFields(values, Object.keys(edit.changes))
    }
    // An edit that was acknowledged survives a power cut.
    return transaction(this.#db, () => this.#edits.add(edit, baseOf), { durable: true })
  }
  edit(id: number): PendingEdit | null {
    return this.#edits.one(id)
  }
  nextEdit(): PendingEdit | null {
    return this.#edits.next()
  }
  editedAssets(...args: Parameters<EditTable['assets']>): EditedAsset[] {
    return this.#edits.assets(...args)
  }
  noteBefore(...args: Parameters<EditTable['noteBefore']>): void {
    transaction(this.#db, () => this.#edits.noteBefore(...args))
  }
  addUndo(id: number, createdMs: number): number | null {
    return transaction(this.#db, () => this.#edits.addUndo(id, createdMs), { durable: true })
  }
  forgetDone(keep: number): void {
    transaction(this.#db, () => this.#edits.forgetDone(keep))
  }
  edits(state: PendingEdit['state'] | 'any', limit: number): PendingEdit[] {
    return this.#edits.list(state, limit)
  }
  editsOf(...args: Parameters<EditTable['of']>): PendingEdit[] {
    return this.#edits.of(...args)
  }
  updateEdit(...[id, changes]: Parameters<LibraryStore['updateEdit']>): void {
    transaction(this.#db, () => this.#edits.update(id, changes))
  }
  removeEdit(id: number): void {
    transaction(this.#db, () => this.#edits.remove(id))
  }

  note(name: string): string | null {
    const row = this.#sql.of('SELECT value FROM notes WHERE name = ?').get(name)
    return row ? String(row['value']) : null
  }

  setNote(name: string, value: string | null): void {
    this.#safely(() => {
      if (value === null) this.#sql.of('DELETE FROM notes WHERE name = ?').run(name)
      else this.#sql.of('INSERT OR REPLACE INTO notes (name, value) VALUES (?, ?)').run(name, value)
    })
  }

  close(): void {
    this.#db.close()
  }

  #rowsOf(docs: Int32Array, fields: readonly string[]): StoredRow[] {
    const values = fields.length > 0 ? ", detail ->> '$.metadata' AS metadata" : ''
    const statement = this.#sql.of(`SELECT asset_row${values} FROM assets WHERE n = ?`)
    const hasEdits = fields.length > 0 && this.#edits.count() > 0
    return Array.from(docs, (n) => {
      const stored = statement.get(n)
      const row = JSON.parse(String(stored?.['asset_row'])) as AssetRow
      let known = JSON.parse(String(stored?.['metadata'] ?? '{}')) as Values
      if (hasEdits) for (const edit of this.#edits.ofAll(row.id)) known = applyChanges(known, edit.changes)
      return { ...row, values: filledIn(known, fields) }
    })
  }

  /** Changes assets that are mirrored as a function of what is there. */
  #rewrite(ids: AssetId[], change: (asset: MirroredAsset, known: StoredAsset) => MirroredAsset | null): void {
    this.#write((changes) => {
      for (const id of ids) {
        const known = this.#rows.get(id)
        if (!known) continue
        const next = change(this.#rows.asMirrored(known), known)
        if (next) changes.push(this.#rows.save(next, known, 0))
      }
    })
  }

  /** One transaction; what it changed becomes visible to queries only when it is committed. */
  #write(work: (changes: DocChange[]) => void): void {
    const changes: DocChange[] = []
    try {
      transaction(this.#db, () => {
        work(changes)
        if (changes.length > 0) this.#writeRevision(this.#revision + 1)
      })
    } catch (error) {
      this.#dictionary.forget()
      this.#index.reload()
      throw error
    }
    if (changes.length === 0) return
    this.#index.apply(changes)
    this.#becomeNew()
  }

  #changeCollections(change: () => boolean): boolean {
    const isChanged = transaction(this.#db, () => {
      const didChange = change()
      if (didChange) this.#writeRevision(this.#revision + 1)
      return didChange
    })
    if (isChanged) {
      this.#collections.forget()
      this.#becomeNew()
    }
    return isChanged
  }

  #writeRevision(revision: number): void {
    this.#sql.of("INSERT OR REPLACE INTO notes (name, value) VALUES ('revision', ?)").run(String(revision))
  }

  #becomeNew(): void {
    this.#revision += 1
    this.#lists.forget()
  }

  #idsOf(sql: string, ...values: (string | number)[]): AssetId[] {
    return this.#sql
      .of(sql)
      .all(...values)
      .map((row) => String(row['id']) as AssetId)
  }

  #safely(work: () => void): void {
    try {
      work()
    } catch (error) {
      throw asStoreError(error)
    }
  }
}

/** Those of the fields that have a value. */
function filledIn(values: Values, fields: readonly string[]): Values {
  return Object.fromEntries(
    fields.flatMap((field) => (values[field]?.length ? [[field, values[field]] as const] : [])),
  )
}
