import { AssetQuery, type AssetFilter } from '@contract/assets.ts'
import { CollectionId } from '@contract/ids.ts'
import { escapeQueryText } from '../query-text.ts'
import { type Fields, fieldsIn, isFields, listIn, textIn } from './document-fields.ts'
import { COLLECTION_FACET, METADATA_FACET } from './mirrored-asset.ts'

/** iconik's name of a facet field of the library, where it has another. */
const WIRE_NAMES: Readonly<Record<string, string>> = { [COLLECTION_FACET]: 'in_collections' }
const OWN_NAMES = new Map(Object.entries(WIRE_NAMES).map(([own, wire]) => [wire, own]))
/** Facet fields that iconik can search by. */
const PLAIN_FIELDS = new Set(['media_type', 'type', COLLECTION_FACET])
const DATE_FIELD = 'date_created'
const ANCESTORS = 'ancestor_collections'
const MOST_DAYS = 200

const SORT_NAMES = {
  title: 'title',
  date_created: 'date_created',
  date_modified: 'date_modified',
  duration: 'duration_milliseconds',
} as const

/** A query of the library as the criteria of a saved search, so that iconik's own pages find the same. */
export function criteriaOf(query: AssetQuery): Record<string, unknown> {
  const terms: Fields[] = []
  const filters: Fields[] = []
  if (query.collectionId !== null)
    terms.push({
      name: query.includeSubcollections ? ANCESTORS : 'in_collections',
      value_in: [query.collectionId],
    })
  for (const { field, values } of query.filters) {
    if (field === DATE_FIELD) filters.push({ operator: 'OR', terms: dayRanges(values) })
    else terms.push({ name: WIRE_NAMES[field] ?? field, value_in: values })
  }
  const { field, order } = query.sort
  const sortName = field in SORT_NAMES ? SORT_NAMES[field as keyof typeof SORT_NAMES] : null
  return {
    doc_types: ['assets'],
    query: queryText(query.text),
    ...(terms.length + filters.length > 0
      ? { filter: { operator: 'AND', terms, ...(filters.length > 0 ? { filters } : {}) } }
      : {}),
    ...(sortName ? { sort: [{ name: sortName, order }] } : {}),
  }
}

/**
 * The criteria of a saved search as a query of the library. Null where they ask for something that the library cannot
 * tell in the same way, such as Lucene's operators or the words of one field: then iconik answers.
 */
export function queryOfCriteria(criteria: unknown): AssetQuery | null {
  const given = fieldsIn(criteria)
  const types = given['doc_types']
  if (Array.isArray(types) && types.length > 0 && !types.includes('assets')) return null
  const text = plainText(given['query'])
  const parts = filterParts(given['filter'])
  const narrowed = listIn(given['facets_filters']).map(valuesPart)
  if (text === null || parts === null || narrowed.includes(null)) return null
  let collectionId: string | null = null
  let includeSubcollections = true
  const filters: AssetFilter[] = []
  for (const part of [...parts, ...(narrowed as AssetFilter[])]) {
    const [only] = part.values
    if (part.field === ANCESTORS) {
      if (collectionId !== null || part.values.length !== 1) return null
      collectionId = only ?? null
    } else filters.push(part)
  }
  // One collection alone, without those below it, is a place of the library rather than a filter.
  const inOne = filters.findIndex(({ field, values }) => field === COLLECTION_FACET && values.length === 1)
  if (collectionId === null && inOne >= 0) {
    collectionId = filters.splice(inOne, 1)[0]?.values[0] ?? null
    includeSubcollections = false
  }
  if (collectionId !== null && !CollectionId.safeParse(collectionId).success) return null
  const query = AssetQuery.safeParse({ text, filters, collectionId, includeSubcollections, ...sortOf(given) })
  return query.success ? query.data : null
}

function sortOf(criteria: Fields): { sort?: AssetQuery['sort'] } {
  const [first] = listIn(criteria['sort'])
  const field = Object.entries(SORT_NAMES).find(([, wire]) => wire === first?.['name'])?.[0]
  if (!field) return {}
  return {
    sort: {
      field: field as AssetQuery['sort']['field'],
      order: first?.['order'] === 'desc' ? 'desc' : 'asc',
    },
  }
}

/** Words as query text: every word, the last one as a beginning, as the library reads what was typed. */
function queryText(text: string): string {
  const trimmed = text.trim()
  return trimmed === '' ? '' : `${escapeQueryText(trimmed)}${/[\p{L}\p{N}]$/u.test(trimmed) ? '*' : ''}`
}

const WORD = String.raw`(?:\\.|[^\s\\+\-!(){}[\]^"~*?:/&|<>=])+`
const PLAIN_WORDS = new RegExp(String.raw`^\s*(?:${WORD}(?:\s+${WORD})*\*?)?\s*$`, 'u')

/** The words of a query text that has nothing but words in it; null when it has more. */
function plainText(value: unknown): string | null {
  if (value === null || value === undefined) return ''
  if (typeof value !== 'string' || value.length > 1000) return null
  if (value.trim() === '*') return ''
  if (!PLAIN_WORDS.test(value) || /(^|\s)(AND|OR|NOT)(\s|$)/.test(value)) return null
  return value.trim().replace(/\*$/, '').replaceAll(/\\(.)/gu, '$1')
}

/** The filters of an AND of terms, and of ORs of terms of one field; null where it is anything else. */
function filterParts(filter: unknown): AssetFilter[] | null {
  if (filter === null || filter === undefined) return []
  if (!isFields(filter)) return null
  const terms = listIn(filter['terms'])
  const inner = listIn(filter['filters'])
  if (terms.length + inner.length === 0) return []
  if (filter['operator'] === 'OR' && terms.length + inner.length > 1) return orPart(terms, inner)
  const parts: AssetFilter[] = []
  for (const term of terms) {
    const part = valuesPart(term)
    if (!part) return null
    parts.push(part)
  }
  for (const below of inner) {
    const found = filterParts(below)
    if (!found) return null
    parts.push(...found)
  }
  return parts
}

/** An OR is a filter when all of it is about one field. */
function orPart(terms: readonly Fields[], inner: readonly Fields[]): AssetFilter[] | null {
  const parts = inner.length > 0 ? [] : terms.map(valuesPart)
  const [first] = parts
  if (!first || parts.some((part) => part?.field !== first.field)) return null
  const values = [...new Set(parts.flatMap((part) => part?.values ?? []))]
  return values.length > MOST_DAYS ? null : [{ field: first.field, values }]
}

function valuesPart(term: Fields): AssetFilter | null {
  const wire = textIn(term['name'])
  if (wire === null) return null
  if (wire === DATE_FIELD) return daysPart(term)
  const field = OWN_NAMES.get(wire) ?? wire
  const isMetadata = field.startsWith(METADATA_FACET)
  if (!isMetadata && !PLAIN_FIELDS.has(field) && field !== ANCESTORS) return null
  const list = term['value_in'] ?? (isMetadata ? null : [term['value']])
  if (!Array.isArray(list) || list.length === 0 || list.length > MOST_DAYS) return null
  const values = list.map((value) => (typeof value === 'object' ? '' : String(value ?? '')))
  return values.includes('') ? null : { field, values }
}

function daysPart(term: Fields): AssetFilter | null {
  if (Array.isArray(term['value_in'])) {
    const days = term['value_in'].map(String)
    return days.length > 0 && days.every(isDay) ? { field: DATE_FIELD, values: days } : null
  }
  const range = fieldsIn(term['range'])
  const [min, max] = [dayOf(range['min'], '00:00:00'), dayOf(range['max'], '23:59:59')]
  if (!min || !max || textIn(range['timezone']) !== null) return null
  const values: string[] = []
  for (let day = min; day <= max && values.length <= MOST_DAYS; day = nextDay(day)) values.push(day)
  return values.length > 0 && values.length <= MOST_DAYS ? { field: DATE_FIELD, values } : null
}

const isDay = (text: string) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))

/** The day of a bound that stands at the given end of it; null for any other moment. */
function dayOf(value: unknown, time: string): string | null {
  const text = textIn(value)
  if (text === null || !isDay(text.slice(0, 10))) return null
  return text.length === 10 || text.slice(10).startsWith(`T${time}`) ? text.slice(0, 10) : null
}

const nextDay = (day: string) => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10)

/** Days as ranges, those that follow each other as one. */
function dayRanges(days: readonly string[]): Fields[] {
  const ranges: { min: string; max: string }[] = []
  for (const day of [...new Set(days)].toSorted()) {
    const last = ranges.at(-1)
    if (last && nextDay(last.max) === day) last.max = day
    else ranges.push({ min: day, max: day })
  }
  return ranges.map(({ min, max }) => ({
    name: DATE_FIELD,
    range: { min: `${min}T00:00:00`, max: `${max}T23:59:59.999` },
  }))
}
