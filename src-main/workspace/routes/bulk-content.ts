import { badRequest } from '../errors.ts'
import type { Call } from '../http/operation.ts'
import { runSearch, type Criteria } from '../search/run-search.ts'

/** What is in a collection at any depth, or what a saved search finds now, for calls that change all of it. */
export function contentOf(
  call: Call<unknown>,
  kind: string,
  id: string,
): Record<'assets' | 'collections', string[]> {
  const { core } = call
  if (kind === 'collections') {
    core.access.demand(call.account, 'write', 'collections', core.tables.collections.require(id).id)
    return {
      assets: core.contents.descendants(id, 'assets'),
      collections: core.contents.descendants(id, 'collections'),
    }
  }
  if (kind !== 'saved_searches')
    throw badRequest({ object_type: 'Must be one of collections, saved_searches' })
  const saved = core.tables.savedSearches.require(id)
  core.access.demand(call.account, 'read', 'saved_searches', saved.id)
  const criteria = { ...(saved['criteria'] as Criteria), search_after: null }
  const most = core.assumptions.pageDepthRows
  const found = (type: 'assets' | 'collections') =>
    runSearch(core, call.account, { ...criteria, doc_types: [type] }, 0, most).hits.map((hit) => hit.id)
  return { assets: found('assets'), collections: found('collections') }
}
