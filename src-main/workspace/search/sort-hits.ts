import type { Database } from '../store/database.ts'
import { Bitset } from './bitset.ts'
import { longText } from './index-source.ts'
import type { SearchIndex } from './search-index.ts'

/** What to sort by: a column of the index, or a field that is kept as numbers or as terms. */
export type SortKey = { descending: boolean } & (
  { kind: 'column'; column: string } | { kind: 'numbers' | 'terms'; field: string }
)

export type SortValue = string | number | null

/** Columns that no document lacks. */
const alwaysSet = new Set(['title_sort', 'date_created', 'date_modified', 'id'])

/** Index entries that are read at once while walking; blocks grow, as a page that is not full yet may need many. */
const firstBlock = 2048
const largestBlock = 65_536

/** Up to so many documents are always sorted by looking at each. */
const alwaysFew = 500
/** Above that it is one in so many: among fewer, walking an index passes too many others before a page is full. */
const fewOneIn = 256

/** An absent value sorts behind all others, in both directions. */
const compare = (left: SortValue, right: SortValue, descending: boolean): number => {
  if (left === right) return 0
  if (left === null) return 1
  if (right === null) return -1
  return left < right === descending ? 1 : -1
}

/**
 * Puts sets of documents in order without holding their values: a large set is read off the index of its first key, value
 * by value, so that a page costs what it shows. Documents of equal values follow in the order of their numbers. Of several
 * values the smallest counts, in descending order the largest.
 */
export class SortedHits {
  readonly #db: Database
  readonly #index: SearchIndex
  readonly #keys: readonly SortKey[]
  readonly #fewDocs: number
  readonly #blockDocs: number
  /** Whether equal documents follow by descending number. */
  readonly #backwards: boolean
  readonly #startAt: string | number | undefined

  /**
   * @param limits for tests: up to how many documents are looked at each, and how many are read at once at first; and a value of the only
   *   key, which is a column, before which no document of any set lies
   */
  constructor(
    db: Database,
    index: SearchIndex,
    keys: readonly SortKey[],
    limits: { fewDocs?: number; blockDocs?: number; startAt?: string | number | undefined } = {},
  ) {
    this.#db = db
    this.#index = index
    this.#keys = keys
    this.#fewDocs = limits.fewDocs ?? Math.max(alwaysFew, Math.floor(index.size / fewOneIn))
    this.#blockDocs = limits.blockDocs ?? firstBlock
    this.#backwards = keys[0]?.descending ?? false
    this.#startAt = limits.startAt
  }

  /**
   * One page of a set.
   * @param after `sort` of the last document of the page before; `offset` counts from there
   * @returns the documents with their values in the order of the keys, and their number as the last
   */
  page(
    set: Bitset,
    after: readonly SortValue[] | undefined,
    offset: number,
    limit: number,
  ): { doc: number; sort: SortValue[] }[] {
    const docs: number[] = []
    let skip = offset
    if (limit > 0)
      for (const doc of this.#walk(set, 0, after)) {
        if (skip > 0) skip -= 1
        else if (docs.push(doc) >= limit) break
      }
    const values = this.#valuesOf(docs, this.#keys)
    return docs.map((doc) => ({ doc, sort: [...(values.get(doc) ?? []), doc] }))
  }

  /** Documents of a set in the order of the keys from `depth` on, behind `after`. */
  *#walk(set: Bitset, depth: number, after: readonly SortValue[] | undefined): Generator<number> {
    const key = this.#keys[depth]
    if (key === undefined) return yield* this.#byNumber(set, after)
    if (set.count <= this.#fewDocs) return yield* this.#byLooking([...set], depth, after)
    if (after?.[0] !== null) {
      if (depth === this.#keys.length - 1) yield* this.#byLastKey(set, key, after)
      else yield* this.#byGroups(set, key, depth, after)
    }
    if (key.kind === 'column' && alwaysSet.has(key.column)) return
    const without = set.andNot(this.#having(key))
    if (without.count > 0)
      yield* this.#walk(without, depth + 1, after?.[0] === null ? after.slice(1) : undefined)
  }

  *#byNumber(set: Bitset, after: readonly SortValue[] | undefined): Generator<number> {
    const last = after?.[0]
    for (const doc of this.#backwards ? [...set].reverse() : set)
      if (typeof last !== 'number' || (this.#backwards ? doc < last : doc > last)) yield doc
  }

  *#byLooking(docs: number[], depth: number, after: readonly SortValue[] | undefined): Generator<number> {
    const keys = this.#keys.slice(depth)
    if (docs.length === 1 && after === undefined) return yield* docs
    const values = this.#valuesOf(docs, keys)
    const order = (left: readonly SortValue[], right: readonly SortValue[]): number => {
      for (const [at, key] of keys.entries()) {
        const result = compare(left[at] ?? null, right[at] ?? null, key.descending)
        if (result !== 0) return result
      }
      return compare(left[keys.length] ?? null, right[keys.length] ?? null, this.#backwards)
    }
    const rows = docs.map((doc) => [...(values.get(doc) ?? []), doc])
    const rest = after === undefined ? rows : rows.filter((row) => order(row, after) > 0)
    for (const row of rest.sort(order)) yield row.at(-1) as number
  }

  /** Documents that have a value, by the last key and then their number. Nothing but numbers is read. */
  *#byLastKey(set: Bitset, key: SortKey, after: readonly SortValue[] | undefined): Generator<number> {
    if (key.kind === 'column') {
      for (const doc of this.#column(key, after)) if (set.has(doc)) yield doc
      return
    }
    // A document with several values comes up at each; it belongs where the first of them is.
    const seen = new Bitset(new Uint32Array(set.words.length))
    const docs = key.kind === 'terms' ? this.#byTerms(key, set, after?.[0]) : this.#column(key, after)
    for (const doc of docs) {
      if (!set.has(doc) || seen.has(doc) || (after !== undefined && !this.#isBehind(doc, key, after)))
        continue
      seen.add(doc)
      yield doc
    }
  }

  #isBehind(doc: number, key: SortKey, after: readonly SortValue[]): boolean {
    const value = this.#valuesOf([doc], [key]).get(doc)?.[0] ?? null
    const result = compare(value, after[0] ?? null, key.descending)
    return result > 0 || (result === 0 && compare(doc, after[1] ?? null, this.#backwards) > 0)
  }

  /** Documents that have a value, each group of equal ones by the keys that follow. */
  *#byGroups(
    set: Bitset,
    key: SortKey,
    depth: number,
    after: readonly SortValue[] | undefined,
  ): Generator<number> {
    const from = after?.[0]
    for (const { value, docs } of this.#groups(set, key, from)) {
      const rest = value === from ? after?.slice(1) : undefined
      if (docs.length <= this.#fewDocs) yield* this.#byLooking(docs, depth + 1, rest)
      else yield* this.#walk(ofDocs(docs, set), depth + 1, rest)
    }
  }

  /** The documents of a set by groups of equal values, from the value `from` on. */
  *#groups(
    set: Bitset,
    key: SortKey,
    from: SortValue | undefined,
  ): Generator<{ value: SortValue; docs: number[] }> {
    // A document of several values belongs to its first group, so the earlier groups have to be known.
    const several = key.kind !== 'column'
    const seen = new Bitset(new Uint32Array(set.words.length))
    for (const group of key.kind === 'terms'
      ? this.#terms(key, set, undefined)
      : this.#columnGroups(key, several ? undefined : from)) {
      const docs = group.docs.filter((doc) => set.has(doc) && !seen.has(doc))
      if (several) for (const doc of docs) seen.add(doc)
      if (docs.length > 0 && (from === undefined || compare(group.value, from, key.descending) >= 0))
        yield { value: group.value, docs }
    }
  }

  *#columnGroups(
    key: SortKey,
    from: SortValue | undefined,
  ): Generator<{ value: string | number; docs: number[] }> {
    const { table, value, condition, fixed } = place(key)
    let bound = from
    let inclusive = '='
    for (let size = this.#blockDocs; ; size = Math.min(size * 4, largestBlock)) {
      const where = bound === undefined ? '' : ` AND ${value} ${key.descending ? '<' : '>'}${inclusive} ?`
      const rows = this.#db.all<{ value: string | number; docs: string }>(
        `SELECT ${value} AS value, group_concat(doc) AS docs FROM ${table} WHERE ${condition}${where}
         GROUP BY ${value} ORDER BY ${value} ${key.descending ? 'DESC' : 'ASC'} LIMIT ${size}`,
        ...fixed,
        ...(bound === undefined ? [] : [bound]),
      )
      for (const row of rows) yield { value: row.value, docs: numbersOf(row.docs) }
      const last = rows.at(-1)
      if (!last || rows.length < size) return
      bound = last.value
      inclusive = ''
    }
  }

  /** Every document with a value, by that and its number; behind `after`. */
  *#column(key: SortKey, after: readonly SortValue[] | undefined): Generator<number> {
    const { table, value, condition, fixed } = place(key)
    const [way, beyond] = key.descending ? ['DESC', '<'] : ['ASC', '>']
    const [docWay, docBeyond] = this.#backwards ? ['DESC', '<'] : ['ASC', '>']
    // With both in one direction the index is entered at the very document; else at the value.
    const from =
      way === docWay
        ? ` AND (${value}, doc) ${beyond} (?1, ?2)`
        : ` AND ${value} ${beyond}= ?1 AND (${value} ${beyond} ?1 OR doc ${docBeyond} ?2)`
    const start = this.#startAt === undefined ? '' : ` AND ${value} ${beyond}= ?4`
    let last = after && [after[0] ?? null, Number(after[1])]
    for (let size = this.#blockDocs; ; size = Math.min(size * 4, largestBlock)) {
      const where = `${condition.replace('?', '?3')}${last ? from : ''}${start}`
      const row = this.#db.get<{ docs: string | null; count: number; end: string | number }>(
        `SELECT group_concat(doc) AS docs, count(*) AS count, ${key.descending ? 'min' : 'max'}(value) AS end FROM (
           SELECT doc, ${value} AS value FROM ${table} WHERE ${where} ORDER BY ${value} ${way}, doc ${docWay} LIMIT ${size})`,
        ...(this.#startAt === undefined
          ? last || fixed.length > 0
            ? [last?.[0] ?? null, last?.[1] ?? null, ...fixed]
            : []
          : [last?.[0] ?? null, last?.[1] ?? null, fixed[0] ?? null, this.#startAt]),
      )
      const docs = numbersOf(row?.docs ?? '')
      yield* docs
      if (!row || row.count < size) return
      last = [row.end, docs.at(-1) ?? 0]
    }
  }

  *#byTerms(
    key: SortKey & { kind: 'numbers' | 'terms' },
    set: Bitset,
    from: SortValue | undefined,
  ): Generator<number> {
    for (const { docs } of this.#terms(key, set, from)) yield* this.#backwards ? docs.reverse() : docs
  }

  /** The values of a field in order, from `from` on, with the documents of a set that have each. */
  *#terms(
    key: SortKey & { kind: 'numbers' | 'terms' },
    set: Bitset,
    from: SortValue | undefined,
  ): Generator<{ value: string; docs: number[] }> {
    let bound = from
    let inclusive = '='
    for (;;) {
      const where = bound === undefined ? '' : ` AND value ${key.descending ? '<' : '>'}${inclusive} ?`
      const rows = this.#db.all<{ term: number; value: string }>(
        `SELECT term, value FROM search_terms WHERE field = ? AND docs > 0 AND value <> ?${where}
         ORDER BY value ${key.descending ? 'DESC' : 'ASC'} LIMIT ${this.#blockDocs}`,
        key.field,
        longText,
        ...(bound === undefined ? [] : [bound]),
      )
      for (const { term, value } of rows) yield { value, docs: [...this.#index.withTerms([term]).and(set)] }
      const last = rows.at(-1)
      if (!last || rows.length < this.#blockDocs) return
      bound = last.value
      inclusive = ''
    }
  }

  /** Documents that have a value. */
  #having(key: SortKey): Bitset {
    if (key.kind === 'terms') {
      const rows = this.#db.all<{ term: number }>(
        'SELECT term FROM search_terms WHERE field = ? AND docs > 0 AND value <> ?',
        key.field,
        longText,
      )
      return this.#index.withTerms(rows.map((row) => row.term))
    }
    const { table, condition, fixed } = place(key)
    return this.#index.where(`SELECT doc FROM ${table} WHERE ${condition}`, ...fixed)
  }

  /** What the given documents sort by, in the order of `keys`; null where there is no value. */
  #valuesOf(docs: readonly number[], keys: readonly SortKey[]): Map<number, SortValue[]> {
    const values = new Map(docs.map((doc) => [doc, keys.map((): SortValue => null)]))
    const wanted = JSON.stringify(docs)
    for (const [at, key] of keys.entries()) {
      for (const { doc, value } of key.kind === 'terms'
        ? this.#termValues(wanted, key.field)
        : this.#columnValues(wanted, key)) {
        const row = values.get(doc)
        if (row && compare(value, row[at] ?? null, key.descending) < 0) row[at] = value
      }
    }
    return values
  }

  #columnValues(docs: string, key: SortKey): { doc: number; value: string | number }[] {
    const { table, value, condition, fixed } = place(key)
    return this.#db.all(
      `SELECT doc, ${value} AS value FROM ${table} WHERE doc IN (SELECT value FROM json_each(?)) AND ${condition}`,
      docs,
      ...fixed,
    )
  }

  *#termValues(docs: string, field: string): Generator<{ doc: number; value: string }> {
    const known = new Map<number, string | undefined>()
    const rows = this.#db.all<{ doc: number; terms: string }>(
      'SELECT doc, terms FROM search_docs WHERE doc IN (SELECT value FROM json_each(?))',
      docs,
    )
    for (const { doc, terms } of rows)
      for (const term of JSON.parse(terms) as number[]) {
        if (!known.has(term)) known.set(term, this.#valueOf(term, field))
        const value = known.get(term)
        if (value !== undefined) yield { doc, value }
      }
  }

  /** The value of a term, if it is one of the field. */
  #valueOf(term: number, field: string): string | undefined {
    return this.#db.get<{ value: string }>(
      'SELECT value FROM search_terms WHERE term = ? AND field = ? AND value <> ?',
      term,
      field,
      longText,
    )?.value
  }
}

const numbersOf = (list: string): number[] => (list === '' ? [] : list.split(',').map(Number))

function ofDocs(docs: readonly number[], like: Bitset): Bitset {
  const set = new Bitset(new Uint32Array(like.words.length))
  for (const doc of docs) set.add(doc)
  return set
}

/** The table, column and condition that hold the values of a key which is a column, or numbers of a field. */
function place(key: SortKey): { table: string; value: string; condition: string; fixed: string[] } {
  return key.kind === 'column'
    ? { table: 'search_docs', value: key.column, condition: `${key.column} IS NOT NULL`, fixed: [] }
    : { table: 'search_numbers', value: 'value', condition: 'field = ?', fixed: [key.field] }
}
