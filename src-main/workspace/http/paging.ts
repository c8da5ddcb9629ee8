import { badRequest } from '../errors.ts'
import type { Order } from '../store/documents.ts'
import type { Call } from './operation.ts'

const wholeNumber = (
  query: URLSearchParams,
  name: string,
  fallback: number,
  least: number,
  most: number,
): number => {
  const text = query.get(name)
  if (text === null || text === '') return fallback
  const value = Number(text)
  if (!Number.isInteger(value) || value < least || value > most)
    throw badRequest({ [name]: `Must be a whole number from ${least} to ${most}` })
  return value
}

export interface PageRequest {
  /** 1-based. */
  page: number
  perPage: number
  offset: number
}

/**
 * `page` and `per_page` of the search-backed lists, or where a scroll goes on. iconik's default page holds 10.
 * @throws ApiError 400 for a page that is no number, or a scroll that this service did not give out
 */
export function pageOf(call: Call<unknown>, perPageDefault = 10): PageRequest {
  const scrolled = scrollOf(call)
  if (scrolled) return scrolled
  const page = wholeNumber(call.query, 'page', 1, 1, 10_000)
  const perPage = wholeNumber(call.query, 'per_page', perPageDefault, 0, 1000) || perPageDefault
  return { page, perPage, offset: (page - 1) * perPage }
}

/** A scroll is a place in the list and the size of its pages: nothing is held open for it, so that none can be forgotten. */
const scrollId = (page: number, perPage: number) => Buffer.from(`${page}:${perPage}`).toString('base64url')

function scrollOf({ query }: Call<unknown>): PageRequest | undefined {
  const given = query.get('scroll_id')
  if (given === null || given === '') return undefined
  const [, page, perPage] = /^(\d{1,7}):(\d{1,4})$/.exec(Buffer.from(given, 'base64url').toString()) ?? []
  const place = { page: Number(page), perPage: Number(perPage) }
  if (!(place.page > 0 && place.perPage > 0 && place.perPage <= 1000))
    throw badRequest({ scroll_id: 'There is no such scroll' })
  return { ...place, offset: (place.page - 1) * place.perPage }
}

const isScrolled = ({ query }: Call<unknown>) =>
  query.get('scroll') === 'true' || Boolean(query.get('scroll_id'))

/** A link as iconik writes it: without scheme and host, from `/API/` on. */
export function link(call: Call<unknown>, changes: Record<string, string | number | undefined>): string {
  const url = new URL(call.path, 'http://workspace')
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) url.searchParams.delete(name)
    else url.searchParams.set(name, String(value))
  }
  const path = url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`
  return `${path}?${url.searchParams.toString()}`
}

/** The envelope of a list that is paged by number. */
export function pageEnvelope(
  call: Call<unknown>,
  { page, perPage }: PageRequest,
  total: number,
  objects: unknown[],
) {
  const pages = Math.max(1, Math.ceil(total / perPage))
  const at = (target: number) => link(call, { page: target, per_page: perPage })
  return {
    objects,
    page,
    pages,
    per_page: perPage,
    total,
    first_url: at(1),
    last_url: at(pages),
    next_url: page < pages ? at(page + 1) : '',
    prev_url: page > 1 ? at(page - 1) : '',
    // The last page gives one too; what comes by it is empty, and that ends a scroll.
    ...(isScrolled(call) && { scroll_id: scrollId(page + 1, perPage) }),
  }
}

/** `per_page` alone, for lists with a key of their own. */
export const perPageOf = (call: Call<unknown>, fallback: number): number =>
  wholeNumber(call.query, 'per_page', fallback, 0, 1000) || fallback

/** `per_page` and `last_id` of the database-backed lists. */
export function keysetOf(
  call: Call<unknown>,
  perPageDefault = 10,
): { perPage: number; lastId: string | undefined } {
  const perPage = wholeNumber(call.query, 'per_page', perPageDefault, 0, 1000) || perPageDefault
  return { perPage, lastId: call.query.get('last_id') ?? undefined }
}

/** The envelope of a keyset list. Pass one object more than `perPage`, and the next page is known without a count. */
export function keysetEnvelope<T extends { id: string }>(
  call: Call<unknown>,
  { perPage }: { perPage: number },
  total: number,
  fetched: T[],
  show: (item: T) => unknown,
) {
  const objects = fetched.slice(0, perPage)
  const last = objects.at(-1)
  return {
    objects: objects.map(show),
    per_page: perPage,
    pages: Math.max(1, Math.ceil(total / perPage)),
    total,
    first_url: link(call, { last_id: undefined, per_page: perPage }),
    next_url: fetched.length > perPage && last ? link(call, { last_id: last.id, per_page: perPage }) : '',
    prev_url: '',
  }
}

/** `sort=field,asc;field2,desc`. Names that are no plain field names are refused. */
export function orderOf(call: Call<unknown>, fallback: Order[]): Order[] {
  const text = call.query.get('sort')
  if (!text) return fallback
  return text.split(';').map((part) => {
    const [field = '', direction = 'asc'] = part.split(',').map((piece) => piece.trim())
    if (!/^[A-Za-z_][\w.]*$/.test(field) || !['asc', 'desc'].includes(direction.toLowerCase()))
      throw badRequest({ sort: 'Must be field,asc or field,desc, several joined by ;' })
    return { field, descending: direction.toLowerCase() === 'desc' }
  })
}
