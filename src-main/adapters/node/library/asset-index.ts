import type { DatabaseSync } from 'node:sqlite'
import type { AssetFilter, AssetQuery } from '@contract/assets.ts'
import { matchWords } from '../../../core/library/match-words.ts'
import { COLLECTION_FACET } from '../../../core/library/mirrored-asset.ts'
import { AssetOrder } from './asset-order.ts'
import { DocSet } from './doc-set.ts'
import { FacetColumn } from './facet-column.ts'
import type { FacetDictionary } from './facet-dictionary.ts'
import { parsePacked } from './packed-numbers.ts'

type SortField = Exclude<AssetQuery['sort']['field'], 'relevance'>

const COLUMNS: Record<SortField, string> = {
  title: 'title_sort',
  date_created: 'date_created',
  date_modified: 'date_modified',
  duration: 'duration_ms',
  size: 'size_bytes',
}
/** Ranking every hit of a common word takes seconds; nobody pages through so many by relevance. */
const MOST_RANKED = 5000
/** Above this many changed documents it is quicker to read an order anew than to mend it. */
const MOST_MENDED = 3000
/** Changes wait until somebody asks, so that many small writes cost one pass over a million; not more of them than this. */
const MOST_WAITING = 20_000
const DATE_FIELDS = new Set(['date_created'])

/** What changed in a document: new pairs of facet field and value code; null when it was removed. */
export interface DocChange {
  n: number
  isActive: boolean
  pairs: readonly (readonly [field: number, code: number])[] | null
}

/** An order or a column, and the latest change of each document that it does not show yet. */
interface Part<T> {
  readonly part: T
  readonly waiting: Map<number, DocChange>
}

/**
 * What queries need of all assets, in memory: which are there, their orders, their facet values. Each part is read from the
 * database when it is first asked for (a fraction of a second at a million assets) and kept in step by `apply`.
 */
export class AssetIndex {
  readonly #db: DatabaseSync
  readonly #dictionary: FacetDictionary
  #active: DocSet
  #trashed: DocSet
  readonly #orders = new Map<SortField, Part<AssetOrder>>()
  readonly #columns = new Map<number, Part<FacetColumn>>()

  constructor(db: DatabaseSync, dictionary: FacetDictionary) {
    this.#db = db
    this.#dictionary = dictionary
    this.#active = this.#withStatus('ACTIVE')
    this.#trashed = this.#withStatus('DELETED')
  }

  get active(): DocSet {
    return this.#active
  }
  get trashed(): DocSet {
    return this.#trashed
  }

  /** Documents of a query's place and words, before its filters. `collections` are those to look in; null for all. */
  base(query: AssetQuery, collections: readonly string[] | null): DocSet {
    let found = query.trash ? this.#trashed : this.#active
    if (collections) found = found.and(this.#withValues(COLLECTION_FACET, collections))
    const words = matchWords(query.text)
    return words === null ? found : found.and(this.#withWords(words))
  }

  /** What the filters leave of a set; without those of one field, for that field's own facet. */
  narrow(base: DocSet, query: AssetQuery, exceptField?: string): DocSet {
    let found = base
    for (const filter of query.filters)
      if (filter.field !== exceptField) found = found.and(this.#filterSet(filter, query.trash))
    return found
  }

  /** Documents of a set in the order that a query asks for. */
  ordered(query: AssetQuery, set: DocSet): Int32Array {
    const { field, order } = query.sort
    if (field === 'relevance') {
      const words = matchWords(query.text)
      if (words !== null && set.count <= MOST_RANKED) return this.#byRelevance(words, set)
      return this.#order('date_modified').pick(set, true)
    }
    return this.#order(field).pick(set, order === 'desc')
  }

  column(fieldName: string): FacetColumn | null {
    const field = this.#dictionary.field(fieldName)
    if (field === undefined) return null
    const known = this.#columns.get(field)
    if (known) return mendedColumn(known, field)
    const row = this.#db
      .prepare(
        'SELECT group_concat(n) AS docs, group_concat(code) AS codes FROM asset_facets WHERE field = ?',
      )
      .get(field)
    const column = new FacetColumn(parsePacked(row?.['docs']), parsePacked(row?.['codes']))
    this.#columns.set(field, { part: column, waiting: new Map() })
    return column
  }

  /** Takes over what a committed write changed. */
  apply(changes: readonly DocChange[]): void {
    for (const { n, isActive, pairs } of changes) {
      this.#active.delete(n)
      this.#trashed.delete(n)
      if (pairs) (isActive ? this.#active : this.#trashed).add(n)
    }
    for (const [field, order] of this.#orders) {
      for (const change of changes) order.waiting.set(change.n, change)
      if (order.waiting.size > MOST_MENDED) this.#orders.delete(field)
    }
    for (const [field, column] of this.#columns) {
      for (const change of changes) column.waiting.set(change.n, change)
      if (column.waiting.size > MOST_WAITING) mendedColumn(column, field)
    }
  }

  /** Forgets everything but what is read again at once; after a write that failed. */
  reload(): void {
    this.#orders.clear()
    this.#columns.clear()
    this.#active = this.#withStatus('ACTIVE')
    this.#trashed = this.#withStatus('DELETED')
  }

  #withStatus(status: string): DocSet {
    const row = this.#db.prepare('SELECT group_concat(n) AS docs FROM assets WHERE status = ?').get(status)
    return DocSet.of(parsePacked(row?.['docs']))
  }

  #withWords(words: string): DocSet {
    const row = this.#db
      .prepare('SELECT group_concat(rowid) AS docs FROM asset_words WHERE asset_words MATCH ?')
      .get(words)
    return DocSet.of(parsePacked(row?.['docs']))
  }

  #byRelevance(words: string, set: DocSet): Int32Array {
    const rows = this.#db
      .prepare(
        'SELECT rowid AS n FROM asset_words WHERE asset_words MATCH ? ORDER BY bm25(asset_words, 10, 1)',
      )
      .all(words)
    return Int32Array.from(rows.map((row) => Number(row['n'])).filter((n) => set.has(n)))
  }

  #filterSet({ field, values }: AssetFilter, isTrash: boolean): DocSet {
    if (field === 'status') {
      const wanted = isTrash ? 'DELETED' : 'ACTIVE'
      return values.includes(wanted) ? (isTrash ? this.#trashed : this.#active) : new DocSet()
    }
    return this.#withValues(field, values)
  }

  #withValues(fieldName: string, values: readonly string[]): DocSet {
    const field = this.#dictionary.field(fieldName)
    const column = this.column(fieldName)
    if (field === undefined || !column) return new DocSet()
    return column.withAny(this.#dictionary.codesOf(field, values, DATE_FIELDS.has(fieldName)))
  }

  #order(field: SortField): AssetOrder {
    const known = this.#orders.get(field)
    if (known) return this.#mendedOrder(known, field)
    const column = COLUMNS[field]
    const row = this.#db
      .prepare(`SELECT group_concat(n) AS docs FROM (SELECT n FROM assets ORDER BY ${column}, n)`)
      .get()
    const order = new AssetOrder(parsePacked(row?.['docs']))
    this.#orders.set(field, { part: order, waiting: new Map() })
    return order
  }

  #mendedOrder({ part, waiting }: Part<AssetOrder>, field: SortField): AssetOrder {
    if (waiting.size === 0) return part
    const changes = [...waiting.values()]
    waiting.clear()
    const present = changes.flatMap(({ n, pairs }) => (pairs ? [n] : []))
    part.replace(docsOf(changes), present, this.#comparing(field))
    return part
  }

  #comparing(field: SortField): (left: number, right: number) => number {
    const statement = this.#db.prepare(`SELECT ${COLUMNS[field]} AS key FROM assets WHERE n = ?`)
    const keys = new Map<number, string | number>()
    const keyOf = (n: number) => {
      const known = keys.get(n)
      if (known !== undefined) return known
      const key = (statement.get(n)?.['key'] ?? '') as string | number
      keys.set(n, key)
      return key
    }
    return (left, right) => {
      const [a, b] = [keyOf(left), keyOf(right)]
      if (a === b) return left - right
      return typeof a === 'string' && typeof b === 'string' ? compareBytes(a, b) : a < b ? -1 : 1
    }
  }
}

const docsOf = (changes: readonly DocChange[]) => DocSet.of(Int32Array.from(changes, ({ n }) => n))

function mendedColumn({ part, waiting }: Part<FacetColumn>, field: number): FacetColumn {
  if (waiting.size === 0) return part
  const changes = [...waiting.values()]
  waiting.clear()
  const docs: number[] = []
  const codes: number[] = []
  for (const { n, pairs } of changes)
    for (const [pairField, code] of pairs ?? [])
      if (pairField === field) {
        docs.push(n)
        codes.push(code)
      }
  part.replace(docsOf(changes), docs, codes)
  return part
}

/** SQLite compares texts by their UTF-8 bytes; UTF-16 units differ from that above U+FFFF only. */
function compareBytes(left: string, right: string): number {
  if (left === right) return 0
  return /[\uD800-\uDFFF]/.test(left + right)
    ? Buffer.compare(Buffer.from(left), Buffer.from(right))
    : left < right
      ? -1
      : 1
}
