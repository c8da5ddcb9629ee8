import { z } from 'zod'
import { badRequest } from '../errors.ts'
import { flag, ok, operation, present, type Call } from '../http/operation.ts'
import { pageEnvelope, pageOf } from '../http/paging.ts'
import { Criteria, runSearch, type Hit } from '../search/run-search.ts'
import { collectionView, searchDocument } from './views/asset-view.ts'

/** The document of a hit, or undefined where the object has gone since it was indexed. */
function documentOf(
  call: Call<unknown>,
  hit: Hit,
  signed: { keyframes: boolean; proxies: boolean; files: boolean },
): Record<string, unknown> | undefined {
  const { tables } = call.core
  if (hit.type === 'assets') {
    const asset = tables.assets.get(hit.id)
    return asset && searchDocument(call, asset, signed)
  }
  if (hit.type === 'collections') {
    const collection = tables.collections.get(hit.id)
    return collection && collectionView(call, collection)
  }
  const table =
    hit.type === 'segments'
      ? tables.segments
      : hit.type === 'saved_searches'
        ? tables.savedSearches
        : tables.savedSearchGroups
  const doc = table.get(hit.id)
  return (
    doc && {
      ...present(doc),
      object_type: hit.type,
      title: doc['title'] ?? doc['name'] ?? doc['segment_text'] ?? '',
    }
  )
}

/** Keeps or leaves out top-level keys; what identifies an object always stays. */
function pick(
  doc: Record<string, unknown>,
  include: readonly string[] | null | undefined,
  exclude: readonly string[] | null | undefined,
): Record<string, unknown> {
  const top = (names: readonly string[]) => new Set(names.map((name) => name.split('.')[0] ?? name))
  const kept = include?.length ? top(include) : undefined
  const left = exclude?.length ? new Set(exclude) : undefined
  const always = new Set(['id', 'object_type', 'title', '_sort'])
  return Object.fromEntries(
    Object.entries(doc).filter(
      ([key]) => always.has(key) || ((kept?.has(key) ?? true) && !(left?.has(key) ?? false)),
    ),
  )
}

/** Runs a search and shows it as the search service does. */
export function searchReply(call: Call<unknown>, criteria: Criteria) {
  const page = pageOf(call)
  const depth = page.offset + page.perPage
  if (!criteria.search_after && depth > call.core.assumptions.pageDepthRows && page.page > 1)
    throw badRequest({
      page: `Only the first ${call.core.assumptions.pageDepthRows} results can be paged; use search_after`,
    })
  const result = runSearch(call.core, call.account, criteria, page.offset, page.perPage)
  const signed = {
    keyframes: flag(call.query, 'generate_signed_url', true),
    proxies: flag(call.query, 'generate_signed_proxy_url', false),
    files: flag(call.query, 'generate_signed_download_url', false),
  }
  const objects = result.hits.flatMap((hit) => {
    const doc = documentOf(call, hit, signed)
    return doc ? [pick({ ...doc, _sort: hit.sort }, criteria.include_fields, criteria.exclude_fields)] : []
  })
  return { ...pageEnvelope(call, page, result.total, objects), facets: result.facets }
}

function search(call: Call<z.infer<typeof Criteria>>) {
  const reply = searchReply(call, call.body)
  if (flag(call.query, 'save_search_history', true) && call.body.query && !call.body.search_after)
    rememberSearch(call, call.body)
  return ok(reply)
}

const keptSearches = 50

/** Keeps the last searches of a person; the same query again moves to the front. */
function rememberSearch(call: Call<unknown>, criteria: Criteria): void {
  const { searchHistory } = call.core.tables
  const own = searchHistory.list({ where: { user_id: call.account.user.id } })
  const same = own.filter((entry) => JSON.stringify(entry['criteria']) === JSON.stringify(criteria))
  for (const entry of [...same, ...own.slice(0, Math.max(0, own.length - keptSearches))])
    searchHistory.remove(entry.id)
  searchHistory.insert({ user_id: call.account.user.id, criteria: criteria })
}

const Suggest = z.object({
  query: z.string(),
  field_name: z.string().regex(/^[\w.]+$/),
  doc_types: z.array(z.string()).nullish(),
})

const suggestions = 10
/** How many candidates are looked at on behalf of somebody who may not read everything. */
const candidates = 100
const titled = ['assets', 'collections']

interface Range {
  from: string
  to: string
  most: number
}

/** Titles of what the caller may read. */
function titlesWithin(call: Call<unknown>, types: readonly string[], { from, to, most }: Range): string[] {
  const { db, access } = call.core
  return db
    .all<{ value: string; object_type: string; id: string }>(
      `SELECT title_sort AS value, object_type, id FROM search_docs
       WHERE title_sort >= ? AND title_sort < ? AND object_type IN (SELECT value FROM json_each(?)) ORDER BY 1 LIMIT ?`,
      from,
      to,
      JSON.stringify(types),
      most,
    )
    .filter((row) => access.may(call.account, 'read', row.object_type, row.id))
    .map((row) => row.value)
}

/** Values of a field, of objects that the caller may read; the most frequent first. */
function valuesWithin(call: Call<unknown>, field: string, { from, to, most }: Range): string[] {
  const inSight = (value: string): boolean => {
    if (call.account.user.is_admin) return true
    const quoted = `"${value.replaceAll(/["\\]/g, '\\$&')}"`
    const filter = { operator: 'AND' as const, terms: [{ name: field, value: quoted }] }
    return runSearch(call.core, call.account, { filter }, 0, 1).total > 0
  }
  return call.core.db
    .all<{ value: string }>(
      'SELECT shown AS value FROM search_terms WHERE field = ? AND value >= ? AND value < ? AND docs > 0 ORDER BY docs DESC LIMIT ?',
      field,
      from,
      to,
      most,
    )
    .map((row) => row.value)
    .filter(inSight)
}

/** Values of a field, or titles, that begin with what was typed. */
function suggest(call: Call<z.infer<typeof Suggest>>) {
  const { core, body } = call
  if (core.search.delayMs === 0) core.search.flush()
  const from = body.query.toLowerCase()
  const range = { from, to: `${from}\u{10ffff}`, most: candidates }
  const types = titled.filter((type) => body.doc_types?.includes(type) ?? true)
  const found =
    body.field_name === 'title'
      ? titlesWithin(call, types, range)
      : valuesWithin(call, body.field_name, range)
  return ok({ objects: [...new Set(found)].slice(0, suggestions).map((value) => ({ value })) })
}

export const searchOperations = [
  operation('search', 'POST', '/v1/search/', 'can_search', search, { schema: Criteria }),
  operation('search', 'POST', '/v1/search/suggest/', 'can_search', suggest, { schema: Suggest }),
]
