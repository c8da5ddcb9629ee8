import { z } from 'zod'
import { principalsOf } from '../access.ts'
import { badRequest } from '../errors.ts'
import type { Account } from '../identity.ts'
import type { Core } from '../core.ts'
import type { Bitset } from './bitset.ts'
import { evaluate, existing, inField, inRange } from './evaluate.ts'
import { parseQuery, QuerySyntaxError, type Query } from './query-parser.ts'
import { longText } from './index-source.ts'
import { sortColumns, type IndexedType } from './search-index.ts'

const Range = z.object({
  min: z.union([z.string(), z.number()]).nullish(),
  max: z.union([z.string(), z.number()]).nullish(),
  timezone: z.string().nullish(),
})
const Term = z.object({
  name: z.string().min(1),
  value: z.union([z.string(), z.number(), z.boolean()]).nullish(),
  value_in: z.array(z.union([z.string(), z.number(), z.boolean()])).nullish(),
  range: Range.nullish(),
  exists: z.boolean().nullish(),
  missing: z.boolean().nullish(),
})
export interface Filter {
  operator: 'AND' | 'OR'
  terms?: z.infer<typeof Term>[] | null | undefined
  filters?: Filter[] | null | undefined
}
const FilterSchema: z.ZodType<Filter> = z.lazy(() =>
  z.object({
    operator: z.enum(['AND', 'OR']),
    terms: z.array(Term).nullish(),
    filters: z.array(FilterSchema).nullish(),
  }),
)

/** The body of a search. What iconik's description does not name is ignored. */
export const Criteria = z.object({
  doc_types: z
    .array(z.enum(['assets', 'collections', 'segments', 'saved_searches', 'saved_search_groups']))
    .nullish(),
  query: z.string().max(10_000).nullish(),
  search_fields: z.array(z.string()).nullish(),
  filter: FilterSchema.nullish(),
  facets: z.array(z.string()).max(100).nullish(),
  facets_filters: z
    .array(z.object({ name: z.string(), value_in: z.array(z.union([z.string(), z.number(), z.boolean()])) }))
    .nullish(),
  sort: z
    .array(z.object({ name: z.string().regex(/^[\w.]+$/), order: z.enum(['asc', 'desc']).default('asc') }))
    .nullish(),
  include_fields: z.array(z.string()).nullish(),
  exclude_fields: z.array(z.string()).nullish(),
  metadata_view_id: z.string().nullish(),
  search_after: z.array(z.union([z.string(), z.number(), z.null()])).nullish(),
})
export type Criteria = z.infer<typeof Criteria>

export interface Facet {
  buckets: { key: string; doc_count: number }[]
  doc_count_error_upper_bound: number
  sum_other_doc_count: number
}

export interface Hit {
  type: IndexedType
  id: string
  sort: (string | number | null)[]
}

export interface SearchResult {
  total: number
  hits: Hit[]
  facets: Record<string, Facet>
}

const mostBuckets = 100

/** Runs one search as an account: matching, filters, rights, facets, sort, and the page `offset`, `limit` or what follows `search_after`. */
export function runSearch(
  core: Core,
  account: Account,
  criteria: Criteria,
  offset: number,
  limit: number,
): SearchResult {
  if (core.search.delayMs === 0) core.search.flush()
  const { search: index } = core
  let found = withTypes(core, matching(core, criteria), criteria.doc_types ?? ['assets', 'collections'])
  if (!account.user.is_admin)
    found = found.and(
      index.withTerms(
        principalsOf(account).flatMap((principal) => index.postings.matching('_readers', principal)),
      ),
    )
  const plain = found
  const narrowing = (criteria.facets_filters ?? []).map((facet) => ({
    name: facet.name,
    set: anyOf(core, facet.name, facet.value_in),
  }))
  for (const { set } of narrowing) found = found.and(set)

  const counted = new Map<Bitset, Map<number, number>>()
  const facets = Object.fromEntries(
    (criteria.facets ?? []).map((name) => {
      // A facet counts under the filters of the others, so that its own choices stay visible.
      const others = narrowing
        .filter((other) => other.name !== name)
        .reduce((set, other) => set.and(other.set), plain)
      return [name, countFacet(core, name, others, counted)]
    }),
  )
  return { total: found.count, hits: sorted(core, found, criteria, offset, limit), facets }
}

function matching(core: Core, criteria: Criteria): Bitset {
  const { search: index, assumptions } = core
  const text = criteria.query?.trim() ?? ''
  let query: Query
  try {
    query = parseQuery(text, assumptions.queryDefaultOperator === 'or' ? 'or' : 'and')
  } catch (error) {
    if (error instanceof QuerySyntaxError) throw badRequest({ query: error.message })
    throw error
  }
  const filter = criteria.filter && hasTerms(criteria.filter) ? filterSet(core, criteria.filter) : undefined
  if (query.kind === 'all' && filter) return filter
  const found = query.kind === 'all' ? undefined : evaluate(index, query, criteria.search_fields ?? [])
  if (!found) return index.all()
  return filter ? found.and(filter) : found
}

const hasTerms = (filter: Filter): boolean =>
  (filter.terms?.length ?? 0) > 0 || (filter.filters ?? []).some(hasTerms)

function filterSet(core: Core, filter: Filter): Bitset {
  const sets = [
    ...(filter.terms ?? []).map((term) => termSet(core, term)),
    ...(filter.filters ?? []).filter(hasTerms).map((inner) => filterSet(core, inner)),
  ]
  return sets.reduce((left, right) => (filter.operator === 'AND' ? left.and(right) : left.or(right)))
}

const anyOf = (core: Core, name: string, values: readonly (string | number | boolean)[]): Bitset =>
  values
    .map((value) => inField(core.search, name, String(value), true))
    .reduce((left, right) => left.or(right), core.search.empty())

function termSet(core: Core, term: z.infer<typeof Term>): Bitset {
  const { search: index } = core
  if (term.exists) return existing(index, term.name)
  if (term.missing) return index.all().andNot(existing(index, term.name))
  if (term.value_in) return anyOf(core, term.name, term.value_in)
  if (term.range)
    return inRange(index, term.name, { min: term.range.min ?? undefined, max: term.range.max ?? undefined })
  if (term.value === undefined || term.value === null)
    throw badRequest({ filter: `${term.name} needs one of value, value_in, range, exists, missing` })
  return termValue(core, term.name, String(term.value))
}

/** A term's value is query text: unescaped special characters are read as such, and where they cannot be, nothing is found. */
function termValue(core: Core, name: string, value: string): Bitset {
  if (/^[\w-]+$/.test(value)) return inField(core.search, name, value)
  try {
    const parsed = parseQuery(value, 'and')
    return evaluate(
      core.search,
      parsed.kind === 'all' ? { kind: 'exists', field: name } : under(parsed, name),
    )
  } catch (error) {
    if (error instanceof QuerySyntaxError) return core.search.empty()
    throw error
  }
}

/** Puts the words of a query under a field. */
function under(query: Query, field: string): Query {
  if (query.kind === 'and' || query.kind === 'or') {
    const words = query.parts.map((part) =>
      part.kind === 'text' && part.field === undefined ? part.text : undefined,
    )
    if (query.kind === 'and' && words.every((word) => word !== undefined))
      return { kind: 'text', field, text: words.join(' '), phrase: false }
    return { ...query, parts: query.parts.map((part) => under(part, field)) }
  }
  if (query.kind === 'not') return { kind: 'not', part: under(query.part, field) }
  return query.kind === 'text' && query.field === undefined ? { ...query, field } : query
}

function withTypes(core: Core, found: Bitset, types: readonly string[]): Bitset {
  return found.and(
    core.search.withTerms(types.flatMap((type) => core.search.postings.matching('object_type', type))),
  )
}

/** Up to so many documents it is quicker to look at each than at the postings of every value. */
const fewDocuments = 3000

function countFacet(
  core: Core,
  name: string,
  within: Bitset,
  counted: Map<Bitset, Map<number, number>>,
): Facet {
  const { search: index } = core
  const values = index.postings.frequent(name, 2000).filter(({ shown }) => shown !== longText)
  let counts = counted.get(within)
  if (!counts && within.count <= fewDocuments) counted.set(within, (counts = index.countTerms(within)))
  counts ??= index.postings.countWithin(
    values.map(({ term }) => term),
    within,
  )
  const buckets = values
    .map(({ term, shown }) => ({ key: shown, doc_count: counts.get(term) ?? 0 }))
    .filter((bucket) => bucket.doc_count > 0)
    .sort((left, right) => right.doc_count - left.doc_count || (left.key < right.key ? -1 : 1))
  return {
    buckets: buckets.slice(0, mostBuckets),
    doc_count_error_upper_bound: 0,
    sum_other_doc_count: buckets.slice(mostBuckets).reduce((sum, bucket) => sum + bucket.doc_count, 0),
  }
}

interface SortKey {
  column: string
  descending: boolean
}

/** The columns to sort by. Fields of metadata sort by their value in the index; the document number makes the order total. */
function sortKeys(criteria: Criteria): SortKey[] {
  const wanted = criteria.sort?.length ? criteria.sort : [{ name: 'date_created', order: 'desc' as const }]
  return wanted.map(({ name, order }) => ({
    column: sortColumns[name] ?? `metadata:${name}`,
    descending: order === 'desc',
  }))
}

/** Up to so many results are sorted in memory; of more, the column's index is walked until the page is full. */
const sortedInMemory = 500

function sorted(core: Core, found: Bitset, criteria: Criteria, offset: number, limit: number): Hit[] {
  const keys = sortKeys(criteria)
  const total = found.count
  const simple = keys.length === 1 && keys[0] && !keys[0].column.startsWith('metadata:') ? keys[0] : undefined
  return simple &&
    total > sortedInMemory &&
    ['title_sort', 'date_created', 'date_modified'].includes(simple.column)
    ? walkIndex(core, found, simple, criteria.search_after ?? undefined, offset, limit)
    : sortInMemory(core, found, keys, criteria.search_after ?? undefined, offset, limit)
}

interface SortRow {
  doc: number
  object_type: IndexedType
  id: string
  [column: string]: string | number | null
}

const compare = (left: unknown, right: unknown): number => {
  if (left === right) return 0
  if (left === null || left === undefined) return 1
  if (right === null || right === undefined) return -1
  return left < right ? -1 : 1
}

/** Index entries that are read at once while walking; blocks grow, as a page that is not full yet may need many. */
const firstBlock = 2048
const largestBlock = 65_536

/** For all but small results: walks the column's index in blocks until the page is full. */
function walkIndex(
  core: Core,
  found: Bitset,
  key: SortKey,
  after: Criteria['search_after'],
  offset: number,
  limit: number,
): Hit[] {
  const { column, descending } = key
  const direction = descending ? 'DESC' : 'ASC'
  const page: number[] = []
  let skip = after ? 0 : offset
  let from = after ? [after[0] ?? '', Number(after[1])] : undefined
  for (let size = firstBlock; page.length < limit; size = Math.min(size * 4, largestBlock)) {
    const where = from ? `WHERE (${column}, doc) ${descending ? '<' : '>'} (?, ?)` : ''
    const block = `SELECT doc FROM search_docs ${where} ORDER BY ${column} ${direction}, doc ${direction} LIMIT ${size}`
    const row = core.db.get<{ docs: string | null }>(
      `SELECT group_concat(doc) AS docs FROM (${block})`,
      ...(from ?? []),
    )
    const docs = row?.docs ? row.docs.split(',').map(Number) : []
    for (const doc of docs) {
      if (!found.has(doc)) continue
      if (skip > 0) skip -= 1
      else if (page.push(doc) >= limit) break
    }
    const last = docs.at(-1)
    if (docs.length < size || last === undefined) break
    from = [sortValue(core, column, last), last]
  }
  return core.search.rows(page).map((object) => ({
    type: object.object_type,
    id: object.id,
    sort: [sortValue(core, column, object.doc), object.doc],
  }))
}

const sortValue = (core: Core, column: string, doc: number): string =>
  core.db.get<{ value: string }>(`SELECT ${column} AS value FROM search_docs WHERE doc = ?`, doc)?.value ?? ''

/** For small results, several keys, and fields without an index. */
function sortInMemory(
  core: Core,
  found: Bitset,
  keys: SortKey[],
  after: Criteria['search_after'],
  offset: number,
  limit: number,
): Hit[] {
  const columns = [
    ...new Set(keys.map((key) => key.column).filter((column) => !column.startsWith('metadata:'))),
  ]
  const docs = [...found]
  const rows = core.db.all<SortRow>(
    `SELECT doc, object_type, id${columns.map((column) => `, ${column === 'id' ? 'id AS sort_id' : column}`).join('')}
     FROM search_docs WHERE doc IN (SELECT value FROM json_each(?))`,
    JSON.stringify(docs),
  )
  for (const key of keys.filter((wanted) => wanted.column.startsWith('metadata:')))
    addSortValues(core, rows, key.column)
  const valueOf = (row: SortRow, key: SortKey) => (key.column === 'id' ? row.id : (row[key.column] ?? null))
  const order = (left: (string | number | null)[], right: (string | number | null)[]) => {
    for (const [at, key] of keys.entries()) {
      const result = compare(left[at], right[at])
      if (result !== 0) return key.descending ? -result : result
    }
    const result = compare(left[keys.length], right[keys.length])
    return keys[0]?.descending ? -result : result
  }
  const ranked = rows
    .map((row) => ({
      type: row.object_type,
      id: row.id,
      sort: [...keys.map((key) => valueOf(row, key)), row.doc],
    }))
    .sort((left, right) => order(left.sort, right.sort))
  const start = after ? ranked.findIndex((hit) => order(hit.sort, after) > 0) : offset
  return start < 0 ? [] : ranked.slice(start, start + limit)
}

/** Sort values of a field that is kept as terms: its first value in order. */
function addSortValues(core: Core, rows: SortRow[], column: string): void {
  const field = column.slice('metadata:'.length)
  const byDoc = new Map(rows.map((row) => [row.doc, row]))
  for (const { doc, value } of core.db.all<{ doc: number; value: number }>(
    'SELECT doc, value FROM search_numbers WHERE field = ?',
    field,
  )) {
    const row = byDoc.get(doc)
    if (row)
      row[column] =
        row[column] === undefined || row[column] === null ? value : Math.min(Number(row[column]), value)
  }
  for (const { term, shown } of core.search.postings.frequent(field, 5000)) {
    for (const doc of core.search.withTerms([term])) {
      const row = byDoc.get(doc)
      if (row && typeof row[column] !== 'number' && (typeof row[column] !== 'string' || shown < row[column]))
        row[column] = shown
    }
  }
}
