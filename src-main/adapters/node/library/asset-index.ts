import type { DatabaseSync } from 'node:sqlite'
import type { AssetFilter, AssetQuery } from '@contract/assets.ts'
import { matchWords } from '../../../core/library/match-words.ts'
import { COLLECTION_FACET } from '../../../core/library/mirrored-asset.ts'
import type { AssetOrder } from './asset-order.ts'
import { DocSet } from './doc-set.ts'
import type { FacetColumn } from './facet-column.ts'
import type { FacetDictionary } from './facet-dictionary.ts'
import { IndexParts, type DocChange } from './index-parts.ts'
import { readColumn, readOrder } from './index-reading.ts'
import { parsePacked } from './packed-numbers.ts'

type SortField = Exclude<AssetQuery['sort']['field'], 'relevance'>

const COLUMNS: Record<SortField, string> = {
  title: 'title_sort',
  date_created: 'date_created',
  date_modified: 'date_modified',
  duration: 'duration_ms',
  size: 'size_bytes',
}
const SORT_INDEXES: Record<SortField, string> = {
  title: 'assets_by_title',
  date_created: 'assets_by_created',
  date_modified: 'assets_by_modified',
  duration: 'assets_by_duration',
  size: 'assets_by_size',
}
/** Above this many changed documents it is quicker to read an order anew than to mend it. */
const MOST_MENDED = 3000
/** Changes wait until somebody asks, so that many small writes cost one pass over a million; not more of them than this. */
const MOST_WAITING = 20_000
const DATE_FIELDS = new Set(['date_created'])
/** What typed words find is kept for so many texts: rows, facets and counts of the same text ask for it one after the other. */
const FINDS_KEPT = 32

/**
 * What queries need of all assets, in memory: which are there, their orders, their facet values. Each part is read from the
 * database when it is first asked for (a fraction of a second at a million assets) and kept in step by `apply`.
 */
export class AssetIndex {
  readonly #db: DatabaseSync
  readonly #dictionary: FacetDictionary
  #active: DocSet
  #trashed: DocSet
  readonly #orders: IndexParts<SortField, AssetOrder>
  readonly #columns: IndexParts<number, FacetColumn>
  readonly #finds = new Map<string, DocSet>()
  /** The order of a list whose first rows were answered without it. */
  #awaited: SortField | null = null

  constructor(db: DatabaseSync, dictionary: FacetDictionary) {
    this.#db = db
    this.#dictionary = dictionary
    this.#orders = new IndexParts({
      read: (field) => readOrder(db, COLUMNS[field]),
      mend: (order, changes, field) => this.#mendOrder(order, changes, field),
      mostWaiting: MOST_MENDED,
      whenMost: 'give up',
    })
    this.#columns = new IndexParts({
      read: (field) => readColumn(db, field),
      mend: mendColumn,
      mostWaiting: MOST_WAITING,
      whenMost: 'mend',
    })
    this.#active = this.#readActive()
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
    return words === null ? found : found.and(this.#matching(words))
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
      if (words !== null) return this.#byRelevance(words, set)
      return this.#orders.get('date_modified').pick(set, true)
    }
    return this.#orders.get(field).pick(set, order === 'desc')
  }

  /**
   * The first documents of a set in the order that a query asks for, at most `limit`, where they can be told without putting
   * all in order; null where they cannot.
   */
  first(query: AssetQuery, set: DocSet, limit: number): Int32Array | null {
    const { field, order } = query.sort
    if (field === 'relevance') return null
    const isDescending = order === 'desc'
    if (this.#orders.has(field)) return this.#orders.get(field).first(set, isDescending, limit)
    if (set !== this.#active) return null
    this.#awaited = field
    const direction = isDescending ? 'DESC' : 'ASC'
    const rows = this.#db
      .prepare(
        // Left to itself, SQLite sorts all that are active.
        `SELECT n FROM assets INDEXED BY ${SORT_INDEXES[field]} WHERE status = 'ACTIVE'
         ORDER BY ${COLUMNS[field]} ${direction}, n ${direction} LIMIT ?`,
      )
      .all(limit)
    return Int32Array.from(rows, (row) => Number(row['n']))
  }

  /**
   * Reads a piece of what the next window of a list is going to need. To be called while nobody waits for an answer.
   * @returns whether there is more to read
   */
  prepareOrder(): boolean {
    if (this.#awaited !== null && this.#orders.prepare(this.#awaited)) this.#awaited = null
    return this.#awaited !== null
  }

  /** Reads a piece of the values of these facet fields. @returns whether all of them are there */
  prepareColumns(fieldNames: readonly string[]): boolean {
    const fields = fieldNames.flatMap((name) => this.#dictionary.field(name) ?? [])
    const missing = fields.find((field) => !this.#columns.has(field))
    if (missing !== undefined) this.#columns.prepare(missing)
    return fields.every((field) => this.#columns.has(field))
  }

  column(fieldName: string): FacetColumn | null {
    const field = this.#dictionary.field(fieldName)
    return field === undefined ? null : this.#columns.get(field)
  }

  /** Takes over what a committed write changed. */
  apply(changes: readonly DocChange[]): void {
    this.#finds.clear()
    for (const { n, isActive, pairs } of changes) {
      this.#active.delete(n)
      this.#trashed.delete(n)
      if (pairs) (isActive ? this.#active : this.#trashed).add(n)
    }
    this.#orders.note(changes)
    this.#columns.note(changes)
  }

  /** Forgets everything but what is read again at once; after a write that failed. */
  reload(): void {
    this.#orders.clear()
    this.#columns.clear()
    this.#finds.clear()
    this.#active = this.#readActive()
    this.#trashed = this.#withStatus('DELETED')
  }

  /** Most mirrors have no gaps and few assets that are not active: naming those is several times quicker than naming all. */
  #readActive(): DocSet {
    const of = this.#db.prepare(
      'SELECT (SELECT count(*) FROM assets) AS count, (SELECT min(n) FROM assets) AS low, (SELECT max(n) FROM assets) AS high',
    )
    const { count, low, high } = of.get() as { count: number; low: number; high: number }
    if (count !== high - low + 1) return this.#withStatus('ACTIVE')
    const row = this.#db
      .prepare("SELECT group_concat(n) AS docs FROM assets WHERE status < 'ACTIVE' OR status > 'ACTIVE'")
      .get()
    return DocSet.range(low, high).without(DocSet.of(parsePacked(row?.['docs'])))
  }

  #withStatus(status: string): DocSet {
    const row = this.#db.prepare('SELECT group_concat(n) AS docs FROM assets WHERE status = ?').get(status)
    return DocSet.of(parsePacked(row?.['docs']))
  }

  /** @param expression of FTS5 */
  #matching(expression: string): DocSet {
    const known = this.#finds.get(expression)
    if (known) return known
    const row = this.#db
      .prepare('SELECT group_concat(rowid) AS docs FROM asset_words WHERE asset_words MATCH ?')
      .get(expression)
    const found = DocSet.of(parsePacked(row?.['docs']))
    this.#finds.set(expression, found)
    const [oldest] = this.#finds.keys()
    if (this.#finds.size > FINDS_KEPT && oldest !== undefined) this.#finds.delete(oldest)
    return found
  }

  /** What has all words in its title before what has them elsewhere; the latest first in both. */
  #byRelevance(words: string, set: DocSet): Int32Array {
    const order = this.#orders.get('date_modified')
    const titled = set.and(this.#matching(`title : (${words})`))
    const docs = new Int32Array(set.count)
    docs.set(order.pick(titled, true))
    docs.set(order.pick(set.without(titled), true), titled.count)
    return docs
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

  #mendOrder(order: AssetOrder, changes: readonly DocChange[], field: SortField): void {
    const present = changes.flatMap(({ n, pairs }) => (pairs ? [n] : []))
    order.replace(docsOf(changes), present, this.#comparing(field))
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

function mendColumn(column: FacetColumn, changes: readonly DocChange[], field: number): void {
  const docs: number[] = []
  const codes: number[] = []
  for (const { n, pairs } of changes)
    for (const [pairField, code] of pairs ?? [])
      if (pairField === field) {
        docs.push(n)
        codes.push(code)
      }
  column.replace(docsOf(changes), docs, codes)
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
