import { badRequest } from '../errors.ts'
import { normaliseDate } from '../ids.ts'
import type { Bitset } from './bitset.ts'
import { Postings } from './postings.ts'
import type { Query } from './query-parser.ts'
import { sortColumns, type SearchIndex } from './search-index.ts'

const literal = (text: string) => text.replaceAll('\ue000', '*').replaceAll('\ue001', '?')
const quoteFts = (word: string) => `"${word.replaceAll('"', '""')}"`

/** Turns one word or phrase into the full-text query, or undefined where it holds nothing to look for. */
function ftsQuery(text: string, phrase: boolean, columns: string): string | undefined {
  const words = text.split(/[^\p{L}\p{N}*?\ue000\ue001]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word))
  if (words.length === 0) return undefined
  const parts = words.map((word, at) => {
    const open = /^([^*?]+)\*$/.exec(word)
    if (open?.[1] && at === words.length - 1) return `${quoteFts(literal(open[1]))}*`
    return quoteFts(literal(word.replaceAll(/[*?]/g, ' ').trim() || word))
  })
  return `${columns}: ${phrase || words.length > 1 ? parts.join(' + ') : parts[0]}`
}

/** Which documents a query selects. */
export function evaluate(index: SearchIndex, query: Query, searchFields: readonly string[] = []): Bitset {
  const all = () => index.all()
  const walk = (part: Query): Bitset => {
    switch (part.kind) {
      case 'all':
        return all()
      case 'and': {
        const positive = part.parts.filter((inner) => inner.kind !== 'not')
        const negative = part.parts.filter((inner) => inner.kind === 'not')
        const start =
          positive.length > 0 ? positive.map(walk).reduce((left, right) => left.and(right)) : all()
        return negative.map((inner) => walk(inner.part)).reduce((left, right) => left.andNot(right), start)
      }
      case 'or':
        return part.parts.map(walk).reduce((left, right) => left.or(right))
      case 'not':
        return all().andNot(walk(part.part))
      case 'exists':
        return existing(index, part.field)
      case 'text':
        return part.field === undefined
          ? anywhere(index, part.text, part.phrase, searchFields)
          : inField(index, part.field, part.text, part.phrase)
      default:
        return inRange(index, part.field, part)
    }
  }
  return walk(query)
}

/** A word of no particular field: in the text of the object, or the start of an id. */
function anywhere(index: SearchIndex, text: string, phrase: boolean, fields: readonly string[]): Bitset {
  if (fields.length > 0)
    return fields.map((field) => inField(index, field, text, phrase)).reduce((left, right) => left.or(right))
  if (!phrase && /[*?]/.test(text) && !/^[^*?]+\*$/.test(text)) return titleGlob(index, text)
  const fts = ftsQuery(text, phrase, '{title body}')
  const found =
    fts === undefined
      ? index.empty()
      : index.where('SELECT rowid AS doc FROM search_text WHERE search_text MATCH ?', fts)
  return /^[0-9a-f-]{36}$/i.test(text)
    ? found.or(index.where('SELECT doc FROM search_docs WHERE id = ?', text.toLowerCase()))
    : found
}

const titleGlob = (index: SearchIndex, pattern: string): Bitset =>
  index.where(
    'SELECT doc FROM search_docs WHERE title_sort GLOB ?',
    `*${Postings.fold(pattern).replaceAll('[', '[[]').replaceAll('\ue000', '[*]').replaceAll('\ue001', '[?]')}*`,
  )

/** Field names as callers may write them. */
const fieldName = (field: string): string =>
  field.replace(/\.(raw|keyword|lower)$/, (suffix) => (field === 'title.lower' ? suffix : ''))

/** Documents whose field has this value. Text fields match by words, all others by the whole value. */
export function inField(index: SearchIndex, rawField: string, text: string, phrase = false): Bitset {
  const field = fieldName(rawField)
  if (field === 'id' || field === 'asset_id') {
    const byId = index.where('SELECT doc FROM search_docs WHERE id = ?', literal(text).toLowerCase())
    return field === 'asset_id' ? byId.or(index.withTerms(index.postings.matching('asset_id', text))) : byId
  }
  if (field === 'external_id')
    return /[*?]/.test(text) && !phrase
      ? index.where('SELECT doc FROM search_docs WHERE external_id GLOB ?', text.replaceAll('[', '[[]'))
      : index.where('SELECT doc FROM search_docs WHERE external_id = ?', literal(text))
  if (field === 'title.lower')
    return /[*?]/.test(text) && !phrase
      ? index.where(
          'SELECT doc FROM search_docs WHERE title_sort GLOB ?',
          Postings.fold(text).replaceAll('[', '[[]'),
        )
      : index.where('SELECT doc FROM search_docs WHERE title_sort = ?', Postings.fold(literal(text)))
  if (field === 'title' || field === 'segment_text') {
    if (!phrase && /[*?]/.test(text) && !/^[^*?]+\*$/.test(text)) return titleGlob(index, text)
    const fts = ftsQuery(text, phrase, field === 'title' ? '{title}' : '{title body}')
    return fts === undefined
      ? index.empty()
      : index.where('SELECT rowid AS doc FROM search_text WHERE search_text MATCH ?', fts)
  }
  if (sortColumns[field]) return inRange(index, field, dayOrValue(literal(text)))
  const exact = index.postings.matching(field, phrase ? literal(text).replaceAll(/[*?]/g, '[$&]') : text)
  if (exact.length > 0 || !field.startsWith('metadata.')) return index.withTerms(exact)
  return index.withTerms(index.postings.matching(field, `*${literal(text)}*`))
}

/** A date without a time means the whole day. */
const dayOrValue = (value: string) =>
  /^\d{4}-\d\d-\d\d$/.test(value)
    ? { min: value, max: `${value}T23:59:59.999999`, minOpen: false, maxOpen: false }
    : { min: value, max: value, minOpen: false, maxOpen: false }

export function existing(index: SearchIndex, rawField: string): Bitset {
  const field = fieldName(rawField)
  const column = sortColumns[field]
  if (column) return index.where(`SELECT doc FROM search_docs WHERE ${column} IS NOT NULL`)
  const found = index.withTerms(index.postings.any(field))
  return found.or(index.where('SELECT doc FROM search_numbers WHERE field = ?', field))
}

export interface Bounds {
  min: string | number | undefined
  max: string | number | undefined
  minOpen?: boolean
  maxOpen?: boolean
}

/** The ends of a range as the index holds them; undefined where there is none. */
export function boundsOf(
  rawField: string,
  bounds: Pick<Bounds, 'min' | 'max'>,
): { min: string | number | undefined; max: string | number | undefined } {
  const column = sortColumns[fieldName(rawField)]
  const isDate = column === 'date_created' || column === 'date_modified'
  const bound = (value: string | number | undefined, end: boolean): string | number | undefined => {
    if (value === undefined || value === '*') return undefined
    if (isDate) return dateBound(value, end, rawField)
    const number = Number(value)
    return Number.isNaN(number) ? String(value) : number
  }
  return { min: bound(bounds.min, false), max: bound(bounds.max, true) }
}

/** Documents whose field lies between two bounds, each inclusive unless it is open. */
export function inRange(index: SearchIndex, rawField: string, bounds: Bounds): Bitset {
  const field = fieldName(rawField)
  const column = sortColumns[field]
  const { min, max } = boundsOf(rawField, bounds)
  const parts: string[] = []
  const values: (string | number)[] = []
  const name = column ?? 'value'
  if (min !== undefined) {
    parts.push(`${name} ${bounds.minOpen ? '>' : '>='} ?`)
    values.push(min)
  }
  if (max !== undefined) {
    parts.push(`${name} ${bounds.maxOpen ? '<' : '<='} ?`)
    values.push(max)
  }
  if (column)
    return index.where(
      `SELECT doc FROM search_docs WHERE ${[...parts, `${column} IS NOT NULL`].join(' AND ')}`,
      ...values,
    )
  if ([min, max].every((value) => value === undefined || typeof value === 'number')) {
    const numbers = index.where(
      `SELECT doc FROM search_numbers WHERE ${['field = ?', ...parts].join(' AND ')}`,
      field,
      ...values,
    )
    if (numbers.count > 0) return numbers
  }
  const text = (value: string | number | undefined) =>
    value === undefined ? undefined : Postings.fold(String(value))
  const high = text(max)
  return index.withTerms(
    index.postings.between(field, text(min), high === undefined ? undefined : `${high}\u{10ffff}`),
  )
}

function dateBound(value: string | number, end: boolean, field: string): string {
  if (typeof value === 'number' || /^\d{10,}$/.test(value))
    return new Date(Number(value)).toISOString().slice(0, -1)
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return end ? `${value}T23:59:59.999999z` : value
  const date = normaliseDate(value)
  if (!date) throw badRequest({ [field]: `${value} is no date` })
  return date
}
