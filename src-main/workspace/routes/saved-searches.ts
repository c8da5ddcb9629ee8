import { z } from 'zod'
import { notFound } from '../errors.ts'
import {
  accepted,
  created,
  flag,
  noContent,
  ok,
  operation,
  present,
  update,
  type Call,
} from '../http/operation.ts'
import { pageEnvelope, pageOf } from '../http/paging.ts'
import { Criteria, runSearch } from '../search/run-search.ts'
import type { Stored } from '../store/documents.ts'
import { searchReply } from './search.ts'
import { uuidText } from './schemas.ts'

const SavedInput = z.object({ name: z.string().min(1), criteria: Criteria, group_id: uuidText.nullish() })
const GroupInput = z.object({ name: z.string().min(1) })

/** Own ones, and those that were shared. */
function requireSaved(call: Call<unknown>, permission: 'read' | 'write' | 'delete'): Stored {
  const row = call.core.tables.savedSearches.require(call.params['search_id'] ?? '')
  call.core.access.demand(call.account, permission, 'saved_searches', row.id)
  return row
}

function requireGroup(call: Call<unknown>, permission: 'read' | 'write' | 'delete'): Stored {
  const row = call.core.tables.savedSearchGroups.require(call.params['group_id'] ?? '')
  call.core.access.demand(call.account, permission, 'saved_search_groups', row.id)
  return row
}

const savedView = (call: Call<unknown>, row: Stored) => ({
  ...present(row),
  permissions: call.core.access.permissionsOf(call.account, 'saved_searches', row.id),
})

function list(call: Call<unknown>, kind: 'savedSearches' | 'savedSearchGroups') {
  const page = pageOf(call)
  const condition = call.core.access.readable(
    call.account,
    kind === 'savedSearches' ? 'saved_searches' : 'saved_search_groups',
  )
  const table = call.core.tables[kind]
  const selection = condition ? { condition } : {}
  const rows = table.list({
    ...selection,
    order: [{ field: 'name' }],
    limit: page.perPage,
    offset: page.offset,
  })
  return ok(
    pageEnvelope(
      call,
      page,
      table.count(selection),
      rows.map((row) =>
        // In a list the criteria are text, as iconik describes them.
        kind === 'savedSearches'
          ? { ...savedView(call, row), criteria: JSON.stringify(row['criteria']) }
          : present(row),
      ),
    ),
  )
}

function insert(call: Call<{ name: string }>, kind: 'savedSearches' | 'savedSearchGroups'): Stored {
  const type = kind === 'savedSearches' ? 'saved_searches' : 'saved_search_groups'
  const made = call.core.tables[kind].insert({
    ...call.body,
    ...(kind === 'savedSearches'
      ? { group_id: null, ...call.body, _created_by_user: call.account.user.id }
      : { user_id: call.account.user.id, system_domain_id: call.account.systemDomainId }),
  })
  call.core.access.grant(type, made.id, `u:${call.account.user.id}`, [
    'read',
    'write',
    'delete',
    'change-acl',
  ])
  call.core.search.touch(type, made.id)
  return made
}

const Convert = z.object({ collection_id: uuidText })

/** Puts what a saved search finds now into a collection. */
function convert(call: Call<z.infer<typeof Convert>>) {
  const saved = requireSaved(call, 'read')
  const criteria = { ...(saved['criteria'] as Criteria), doc_types: ['assets' as const], search_after: null }
  const result = runSearch(call.core, call.account, criteria, 0, call.core.assumptions.pageDepthRows)
  const collection = call.core.tables.collections.require(call.body.collection_id)
  call.core.access.demand(call.account, 'write', 'collections', collection.id)
  for (const hit of result.hits) {
    call.core.contents.add(collection.id, 'assets', hit.id)
    call.core.search.touch('assets', hit.id)
  }
  const job = call.core.jobs.create({
    title: `Collection from ${String(saved['name'])}`,
    type: 'CONVERT_SAVED_SEARCH_TO_COLLECTION',
    status: 'FINISHED',
    object_type: 'collections',
    object_id: collection.id,
    created_by: call.account.user.id,
  })
  return accepted({ job_id: job.id })
}

const base = '/v1/search/saved/'
const one = `${base}{search_id}/`
const group = `${base}group/{group_id}/`
const write = 'can_write_saved_searches'

export const savedSearchOperations = [
  operation('search', 'GET', base, 'can_read_saved_searches', (call) => list(call, 'savedSearches')),
  operation(
    'search',
    'POST',
    base,
    write,
    (call) => created(savedView(call, insert(call, 'savedSearches'))),
    { schema: SavedInput },
  ),
  operation('search', 'GET', one, 'can_read_saved_searches', (call) => {
    const saved = requireSaved(call, 'read')
    return ok({
      id: saved.id,
      name: saved['name'],
      search_criteria_document: savedView(call, saved),
      ...(flag(call.query, 'include_results', true) && searchReply(call, saved['criteria'] as Criteria)),
    })
  }),
  ...update(
    'search',
    one,
    write,
    (call) => {
      const saved = requireSaved(call, 'write')
      call.core.search.touch('saved_searches', saved.id)
      const changed = call.core.tables.savedSearches.update(saved.id, call.body)
      // iconik saves and searches in one call.
      return ok(searchReply(call, changed['criteria'] as Criteria))
    },
    { schema: SavedInput.partial() },
  ),
  operation('search', 'DELETE', one, 'can_delete_saved_searches', (call) => {
    const saved = requireSaved(call, 'delete')
    call.core.tables.savedSearches.remove(saved.id)
    call.core.access.removeObject('saved_searches', saved.id)
    call.core.search.touch('saved_searches', saved.id)
    return noContent()
  }),
  operation(
    'search',
    'POST',
    `${one}convert_to_collection/`,
    ['can_read_saved_searches', 'can_create_collections', 'can_write_collections'],
    convert,
    { schema: Convert },
  ),
  operation('search', 'GET', `${base}groups/`, 'can_read_saved_searches', (call) =>
    list(call, 'savedSearchGroups'),
  ),
  operation(
    'search',
    'POST',
    `${base}group/`,
    'can_write_saved_search_groups',
    (call) => created(present(insert(call, 'savedSearchGroups'))),
    { schema: GroupInput },
  ),
  operation('search', 'GET', group, 'can_read_saved_searches', (call) =>
    ok(present(requireGroup(call, 'read'))),
  ),
  ...update(
    'search',
    group,
    'can_write_saved_search_groups',
    (call) =>
      ok(present(call.core.tables.savedSearchGroups.update(requireGroup(call, 'write').id, call.body))),
    { schema: GroupInput.partial() },
  ),
  operation('search', 'DELETE', group, 'can_delete_saved_search_groups', (call) => {
    const row = requireGroup(call, 'delete')
    for (const saved of call.core.tables.savedSearches.list({ where: { group_id: row.id } }))
      call.core.tables.savedSearches.update(saved.id, { group_id: null })
    call.core.tables.savedSearchGroups.remove(row.id)
    call.core.access.removeObject('saved_search_groups', row.id)
    return noContent()
  }),
  operation('search', 'POST', `${group}search/{search_id}/`, write, (call) => {
    call.core.tables.savedSearches.update(requireSaved(call, 'write').id, {
      group_id: requireGroup(call, 'read').id,
    })
    return ok({})
  }),
  operation('search', 'DELETE', `${group}search/{search_id}/`, write, (call) => {
    const saved = requireSaved(call, 'write')
    if (saved['group_id'] !== requireGroup(call, 'read').id)
      throw notFound(`Member of group ${call.params['group_id']}:`, saved.id)
    call.core.tables.savedSearches.update(saved.id, { group_id: null })
    return ok({})
  }),
  operation('search', 'GET', '/v1/search/history/', 'can_read_search_history', (call) => {
    const page = pageOf(call)
    const where = { user_id: call.account.user.id }
    const rows = call.core.tables.searchHistory.list({
      where,
      order: [{ field: 'seq', descending: true }],
      limit: page.perPage,
      offset: page.offset,
    })
    return ok(
      pageEnvelope(
        call,
        page,
        call.core.tables.searchHistory.count({ where }),
        rows.map((row) => ({ id: row.id, criteria: row['criteria'], date_created: row['date_created'] })),
      ),
    )
  }),
  operation('search', 'GET', '/v1/search/history/{search_history_id}/', 'can_read_search_history', (call) =>
    ok(searchReply(call, ownHistory(call)['criteria'] as Criteria)),
  ),
  operation(
    'search',
    'DELETE',
    '/v1/search/history/{search_history_id}/',
    'can_delete_search_history',
    (call) => {
      call.core.tables.searchHistory.remove(ownHistory(call).id)
      return noContent()
    },
  ),
]

function ownHistory(call: Call<unknown>): Stored {
  const row = call.core.tables.searchHistory.require(call.params['search_history_id'] ?? '')
  if (row['user_id'] !== call.account.user.id)
    call.core.access.demand(call.account, 'read', 'search_history', row.id)
  return row
}
