import { z } from 'zod'
import { AssetId, SavedSearchId } from '@contract/ids.ts'
import { fieldsIn } from '../../core/library/document-fields.ts'
import type { Lane } from '../../core/pacing/request-budget.ts'
import type { SavedSearchDocument, SavedSearchesApi } from '../../ports/saved-searches-api.ts'
import { pathOf, type IconikHttp } from './http.ts'
import { readAllPages } from './pagination.ts'
import { pageOf } from './wire.ts'

const SAVED = '/API/search/v1/search/saved/'
const PER_PAGE = 500
const savedPath = (id: SavedSearchId) => pathOf`/API/search/v1/search/saved/${id}/`

const Saved = z.looseObject({
  id: SavedSearchId,
  name: z.string().nullish(),
  criteria: z.unknown(),
  permissions: z.array(z.string()).nullish(),
})
const Found = z.looseObject({ id: AssetId, _sort: z.array(z.unknown()).nullish() })

/** In lists the criteria are JSON in a text, elsewhere an object; what cannot be read is criteria that nothing maps to. */
function criteriaIn(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value) as unknown
  } catch {
    return { query: value }
  }
}

const toDocument = (saved: z.infer<typeof Saved>): SavedSearchDocument => ({
  id: saved.id,
  name: saved.name ?? '',
  criteria: criteriaIn(saved.criteria),
  permissions: saved.permissions ?? null,
})

export function createSavedSearchesApi(http: IconikHttp, lane: Lane): SavedSearchesApi {
  return {
    async list(signal) {
      const rows = await readAllPages(http, { path: SAVED, query: { per_page: 100 }, lane, signal }, Saved)
      return rows.map(toDocument)
    },
    async create(search, signal) {
      return toDocument(await http.json({ method: 'POST', path: SAVED, body: search, lane, signal }, Saved))
    },
    update: (id, changes, signal) =>
      http.send({ method: 'PATCH', path: savedPath(id), body: changes, lane, signal }),
    delete: (id, signal) => http.send({ method: 'DELETE', path: savedPath(id), lane, signal }),
    async found(criteria, limit, signal) {
      const ids: AssetId[] = []
      for (let after: unknown[] | null = null; ids.length < limit;) {
        const { objects }: { objects: z.infer<typeof Found>[] } = await http.json(
          {
            method: 'POST',
            path: '/API/search/v1/search/',
            query: { per_page: PER_PAGE, generate_signed_url: false, save_search_history: false },
            body: {
              ...fieldsIn(criteria),
              doc_types: ['assets'],
              facets: [],
              include_fields: ['id'],
              ...(after ? { search_after: after } : {}),
            },
            safe: true,
            lane,
            signal,
          },
          pageOf(Found),
        )
        ids.push(...objects.map(({ id }) => id))
        after = objects.length < PER_PAGE ? null : (objects.at(-1)?._sort ?? null)
        if (after === null) break
      }
      return ids.slice(0, limit)
    },
  }
}
