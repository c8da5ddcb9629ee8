import type { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import type { Call, IconikHttp } from './http.ts'
import { pageOf } from './wire.ts'

type ListCall = Omit<Call, 'method' | 'body'>

/** Lists of one asset are short; a list that never ends is a fault of the server, not a reason to loop for ever. */
const MOST_PAGES = 10_000

/**
 * The path and query of a `next_url`. iconik sends it host-relative, beginning with /API/; with a host or without the
 * /API it is read all the same. Nothing but path and query is taken, so credentials stay with iconik's own host.
 * @returns null for the last page (empty, null)
 */
export function parseNextUrl(nextUrl: string | null): { path: string; query: Record<string, string> } | null {
  if (nextUrl === null || nextUrl.trim() === '') return null
  const parsed = URL.parse(nextUrl, 'https://host.invalid')
  if (!parsed) return null
  const path = parsed.pathname.replace(/^\/API\/API\//, '/API/')
  return {
    path: path.startsWith('/API/') ? path : `/API${path}`,
    query: Object.fromEntries(parsed.searchParams),
  }
}

/** One page of a search-backed list; `page` is 1-based. */
export async function readPage<T extends z.ZodType>(http: IconikHttp, call: ListCall, row: T) {
  const answer = await http.json({ ...call, method: 'GET' }, pageOf(row))
  const rows = answer.objects as z.output<T>[]
  return { rows, total: answer.total ?? rows.length, pages: answer.pages ?? 1, nextUrl: answer.next_url }
}

/** All rows of a search-backed list, page after page by `next_url`, else by number. */
export async function readAllPages<T extends z.ZodType>(
  http: IconikHttp,
  call: ListCall,
  row: T,
): Promise<z.output<T>[]> {
  const all: z.output<T>[] = []
  let at: ListCall = { ...call, query: { per_page: 100, ...call.query, page: 1 } }
  for (let page = 1; page <= MOST_PAGES; page++) {
    const { rows, pages, nextUrl } = await readPage(http, at, row)
    all.push(...rows)
    const next = parseNextUrl(nextUrl)
    if (rows.length === 0 || (next === null && page >= pages)) return all
    at = next
      ? { ...call, path: next.path, query: next.query }
      : { ...at, query: { ...at.query, page: page + 1 } }
  }
  throw endless(call.path)
}

/**
 * All rows of a database-backed list: each request names the last row seen. A server that ignores `last_id` answers the
 * same rows again; that ends the list.
 */
export async function readAllByKey<T extends z.ZodType<{ id: string }>>(
  http: IconikHttp,
  call: ListCall,
  row: T,
): Promise<z.output<T>[]> {
  const seen = new Map<string, z.output<T>>()
  const perPage = 500
  let lastId: string | undefined
  for (let page = 1; page <= MOST_PAGES; page++) {
    const { rows, nextUrl } = await readPage(
      http,
      { ...call, query: { per_page: perPage, ...call.query, last_id: lastId } },
      row,
    )
    const known = seen.size
    for (const item of rows) seen.set(item.id, item)
    lastId = rows.at(-1)?.id
    // A short page with no next_url is the last; a server may cap the page below what was asked for.
    if (seen.size === known || (rows.length < perPage && parseNextUrl(nextUrl) === null))
      return [...seen.values()]
  }
  throw endless(call.path)
}

/** All rows by scrolling: the first answer names the scroll, each next one continues it. */
export async function readAllByScroll<T extends z.ZodType>(
  http: IconikHttp,
  call: ListCall,
  row: T,
): Promise<z.output<T>[]> {
  const all: z.output<T>[] = []
  let scrollId: string | null = null
  for (let page = 1; page <= MOST_PAGES; page++) {
    const answer: z.output<ReturnType<typeof pageOf<T>>> = await http.json(
      { ...call, method: 'GET', query: { ...call.query, scroll: true, scroll_id: scrollId } },
      pageOf(row),
    )
    const rows = answer.objects as z.output<T>[]
    all.push(...rows)
    scrollId = answer.scroll_id
    if (rows.length === 0 || scrollId === null || scrollId === '') return all
  }
  throw endless(call.path)
}

const endless = (path: string) => new AppError('api.unexpected', `The list ${path} does not end.`)
