import { z } from 'zod'
import { principalsOf } from '../access.ts'
import { badRequest } from '../errors.ts'
import type { Account } from '../identity.ts'
import type { Core } from '../core.ts'
import type { Bitset } from './bitset.ts'
import { boundsOf, evaluate, existing, inField, inRange } from './evaluate.ts'
import { parseQuery, QuerySyntaxError, type Query } from './query-parser.ts'
import { countFacet, type Facet } from './count-facet.ts'
import { sortColumns, type IndexedType } from './search-index.ts'
import { SortedHits, type SortKey } from './sort-hits.ts'

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
      return [name, countFacet(index, name, others, counted)]
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

/** Fields outside metadata that are kept as numbers. */
const numberFields = new Set(['versions_number', 'time_start_milliseconds', 'time_end_milliseconds'])

/** What to sort by: a column of the index, or a field. */
function sortKeys(core: Core, criteria: Criteria): SortKey[] {
  const wanted = criteria.sort?.length ? criteria.sort : [{ name: 'date_created', order: 'desc' as const }]
  return wanted.map(({ name, order }) => {
    const descending = order === 'desc'
    const column = sortColumns[name]
    if (column !== undefined) return { kind: 'column', column, descending }
    return { kind: isNumeric(core, name) ? 'numbers' : 'terms', field: name, descending }
  })
}

function isNumeric(core: Core, name: string): boolean {
  if (!name.startsWith('metadata.')) return numberFields.has(name)
  const field = core.tables.fields.first({ where: { name: name.slice('metadata.'.length) } })
  return field?.field_type === 'integer' || field?.field_type === 'float'
}

/** Where the filter allows nothing before some value of the only sort key, the order need not be walked from its beginning. */
function startOf(keys: readonly SortKey[], filter: Filter | null | undefined): string | number | undefined {
  const [key] = keys
  if (keys.length !== 1 || key?.kind !== 'column' || filter?.operator !== 'AND') return undefined
  for (const { name, range } of filter.terms ?? []) {
    if (!range || sortColumns[name] !== key.column) continue
    const { min, max } = boundsOf(name, { min: range.min ?? undefined, max: range.max ?? undefined })
    return key.descending ? max : min
  }
  return undefined
}

function sorted(core: Core, found: Bitset, criteria: Criteria, offset: number, limit: number): Hit[] {
  const { db, search } = core
  const after = criteria.search_after ?? undefined
  const keys = sortKeys(core, criteria)
  const hits = new SortedHits(db, search, keys, { startAt: startOf(keys, criteria.filter) }).page(
    found,
    after,
    after ? 0 : offset,
    limit,
  )
  const objects = new Map(search.rows(hits.map(({ doc }) => doc)).map((row) => [row.doc, row]))
  return hits.flatMap(({ doc, sort }) => {
    const object = objects.get(doc)
    return object ? [{ type: object.object_type, id: object.id, sort }] : []
  })
}
