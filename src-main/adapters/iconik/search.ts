import type { z } from 'zod'
import type { Lane } from '../../core/pacing/request-budget.ts'
import { escapeQueryText } from '../../core/query-text.ts'
import type { SearchApi, SearchRequest } from '../../ports/iconik-api.ts'
import { toAssetDocument } from './assets.ts'
import { toCollectionDocument } from './collections.ts'
import type { IconikHttp } from './http.ts'
import { Asset, Collection, Facets, pageOf } from './wire.ts'

/**
 * The body of a search. A term's value is literal: iconik parses it as query text, so it is escaped. Lists of values are
 * compared as they are: escaping the dashes of ids finds nothing.
 */
export function searchBody(request: SearchRequest, docTypes: string[]): Record<string, unknown> {
  const terms = (request.terms ?? []).map(({ name, value, valueIn, range, exists }) => ({
    name,
    ...(value === undefined ? {} : { value: escapeQueryText(value) }),
    ...(valueIn === undefined ? {} : { value_in: valueIn }),
    ...(range === undefined ? {} : { range }),
    ...(exists === undefined ? {} : exists ? { exists: true } : { missing: true }),
  }))
  return {
    doc_types: request.docTypes ?? docTypes,
    ...(request.query === undefined ? {} : { query: request.query }),
    ...(terms.length === 0 ? {} : { filter: { operator: 'AND', terms } }),
    ...(request.sort === undefined ? {} : { sort: request.sort }),
    ...(request.searchAfter === undefined ? {} : { search_after: request.searchAfter }),
    ...(request.includeFields === undefined ? {} : { include_fields: request.includeFields }),
    ...(request.facets === undefined ? {} : { facets: request.facets }),
  }
}

export function createSearchApi(http: IconikHttp, lane: Lane): SearchApi {
  async function search<T extends z.ZodType<{ _sort?: unknown[] | null | undefined }>>(
    request: SearchRequest,
    docTypes: string[],
    row: T,
    signal: AbortSignal | undefined,
  ) {
    const answer = await http.json(
      {
        method: 'POST',
        path: '/API/search/v1/search/',
        query: {
          per_page: request.perPage,
          page: request.searchAfter === undefined ? request.page : undefined,
          // Signing a poster for each row costs the server time; the mirror asks for pictures when they are seen.
          generate_signed_url: request.signUrls ?? false,
          ...(request.signUrls ? { generate_signed_proxy_url: true } : {}),
          save_search_history: false,
        },
        body: searchBody(request, docTypes),
        safe: true,
        lane,
        signal,
      },
      pageOf(row).extend({ facets: Facets }),
    )
    const rows = answer.objects as z.output<T>[]
    const last = rows.length < request.perPage ? null : (rows.at(-1)?._sort ?? null)
    return { rows, total: answer.total ?? rows.length, searchAfter: last, facets: answer.facets ?? {} }
  }

  return {
    async assets(request, signal) {
      const { rows, total, searchAfter, facets } = await search(request, ['assets'], Asset, signal)
      return {
        rows: rows.map(toAssetDocument),
        total,
        searchAfter,
        facets: Object.fromEntries(
          Object.entries(facets).map(([name, { buckets }]) => [
            name,
            buckets.map(({ key, doc_count: count }) => ({ key, count })),
          ]),
        ),
      }
    },
    async collections(request, signal) {
      const { rows, total, searchAfter } = await search(request, ['collections'], Collection, signal)
      return { rows: rows.map(toCollectionDocument), total, searchAfter }
    },
  }
}
