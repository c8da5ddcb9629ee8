import { z } from 'zod'
import { notFound } from '../errors.ts'
import { created, ok, operation, type Call } from '../http/operation.ts'
import type { IndexedType } from '../search/search-index.ts'
import { requireAsset } from './assets.ts'
import { contentOf } from './bulk-content.ts'
import { requireCollection } from './collections.ts'

const ids = z.array(z.string()).min(1).max(500)
const Assets = z.object({ asset_ids: z.array(z.string()).max(500).nullish() })
const OfAssets = z.object({ asset_ids: ids })
const Collections = z.object({ collection_ids: ids })
const Segments = z.object({ segment_ids: ids })
const Bulk = z.object({
  object_type: z.enum(['assets', 'collections', 'saved_searches']),
  object_ids: ids,
  include_assets: z.boolean().optional(),
  include_collections: z.boolean().optional(),
})

/** Reads objects into the search index anew, as after any change; the job that is answered with has ended already. */
function reindex(call: Call<unknown>, objects: readonly { type: IndexedType; id: string }[]) {
  for (const { type, id } of objects) call.core.search.touch(type, id)
  const { id, status } = call.core.jobs.create({
    title: `Index ${objects.length} objects`,
    type: 'REINDEX',
    status: 'FINISHED',
    created_by: call.account.user.id,
  })
  return { id, status, job_id: id }
}

const as = (type: IndexedType, list: readonly string[]) => list.map((id) => ({ type, id }))

function segmentsOf(call: Call<unknown>, assetId: string): string[] {
  return call.core.tables.segments.list({ where: { asset_id: assetId } }).map((segment) => segment.id)
}

function bulk(call: Call<z.infer<typeof Bulk>>) {
  const { body, core } = call
  if (body.object_type === 'assets') return ok(reindex(call, as('assets', body.object_ids)))
  const found = body.object_ids.map((id) => contentOf(call, body.object_type, id))
  return ok(
    reindex(
      call,
      [
        ...(body.object_type === 'collections' ? as('collections', body.object_ids) : []),
        ...(body.include_assets
          ? as(
              'assets',
              found.flatMap((content) => content.assets),
            )
          : []),
        ...(body.include_collections
          ? as(
              'collections',
              found.flatMap((content) => content.collections),
            )
          : []),
      ].filter(({ id }) => core.tables.assets.has(id) || core.tables.collections.has(id)),
    ),
  )
}

/** The assets that have files on a storage, or on any: storages and files are found by way of them. */
function assetsOnStorages(call: Call<unknown>, storageId?: string): string[] {
  const where = storageId === undefined ? {} : { storage_id: storageId }
  return [...new Set(call.core.tables.files.list({ where }).flatMap((file) => file.asset_id || []))]
}

const storageOf = (call: Call<unknown>) =>
  call.core.tables.storages.require(call.params['storage_id'] ?? '').id

/** The asset of a file that the path names, which must be where the path says. */
function assetOfFile(call: Call<unknown>): string[] {
  const file = call.core.tables.files.require(call.params['file_id'] ?? '')
  const { asset_id: assetId, storage_id: storageId } = call.params
  if (
    (assetId !== undefined && file.asset_id !== assetId) ||
    (storageId !== undefined && file.storage_id !== storageId)
  )
    throw notFound('File', file.id)
  return file.asset_id ? [file.asset_id] : []
}

/** A member of a collection carries where it belongs in its own entry. */
function memberOf(call: Call<unknown>) {
  const collection = requireCollection(call)
  const { object_type: type = '', object_id: id = '' } = call.params
  const member = call.core.contents
    .members(collection.id)
    .find((row) => row.object_type === type && row.object_id === id)
  if (!member) throw notFound(`Member ${type}`, id)
  return [{ type: member.object_type, id: member.object_id }]
}

const storages = 'can_reindex_storages'
const assets = 'can_reindex_assets'
const collections = 'can_reindex_collections'
const segments = 'can_reindex_segments'

export const reindexOperations = [
  operation(
    'assets',
    'POST',
    '/v1/assets/reindex/',
    assets,
    (call) => {
      const all = call.body.asset_ids ?? call.core.tables.assets.list().map((asset) => asset.id)
      return created(reindex(call, as('assets', all)))
    },
    { schema: Assets },
  ),
  operation('assets', 'POST', '/v1/assets/{asset_id}/reindex/', assets, (call) =>
    created(reindex(call, as('assets', [requireAsset(call).id]))),
  ),
  operation(
    'assets',
    'POST',
    '/v1/assets/segments/reindex/',
    segments,
    (call) =>
      created(
        reindex(
          call,
          as(
            'segments',
            call.body.asset_ids.flatMap((id) => segmentsOf(call, id)),
          ),
        ),
      ),
    { schema: OfAssets },
  ),
  operation('assets', 'POST', '/v1/assets/{asset_id}/segments/reindex/', segments, (call) =>
    created(reindex(call, as('segments', segmentsOf(call, requireAsset(call).id)))),
  ),
  operation('assets', 'POST', '/v1/assets/{asset_id}/segments/{segment_id}/reindex/', segments, (call) => {
    const segment = call.core.tables.segments.require(call.params['segment_id'] ?? '')
    requireAsset(call)
    return created(reindex(call, as('segments', [segment.id])))
  }),
  operation(
    'assets',
    'POST',
    '/v1/segments/reindex/',
    segments,
    (call) => created(reindex(call, as('segments', call.body.segment_ids))),
    { schema: Segments },
  ),
  operation(
    'assets',
    'POST',
    '/v1/collections/reindex/',
    collections,
    (call) => created(reindex(call, as('collections', call.body.collection_ids))),
    { schema: Collections },
  ),
  operation('assets', 'POST', '/v1/collections/{collection_id}/reindex/', collections, (call) =>
    created(reindex(call, as('collections', [requireCollection(call).id]))),
  ),
  operation('assets', 'POST', '/v1/collections/{collection_id}/reindex/contents/', collections, (call) => {
    const { id } = requireCollection(call)
    const { contents } = call.core
    return created(
      reindex(call, [
        ...as('collections', [id, ...contents.descendants(id, 'collections')]),
        ...as('assets', contents.descendants(id, 'assets')),
      ]),
    )
  }),
  operation(
    'assets',
    'POST',
    '/v1/collections/{collection_id}/contents/{object_type}/{object_id}/reindex/',
    collections,
    (call) => created(reindex(call, memberOf(call))),
  ),
  operation('files', 'POST', '/v1/assets/{asset_id}/files/{file_id}/reindex/', storages, (call) => {
    requireAsset(call)
    return created(reindex(call, as('assets', assetOfFile(call))))
  }),
  operation('files', 'POST', '/v1/storages/reindex/', storages, (call) =>
    created(reindex(call, as('assets', assetsOnStorages(call)))),
  ),
  operation('files', 'POST', '/v1/storages/files/reindex/', storages, (call) =>
    created(reindex(call, as('assets', assetsOnStorages(call)))),
  ),
  ...['/v1/storages/{storage_id}/reindex/', '/v1/storages/{storage_id}/files/reindex/'].map((path) =>
    operation('files', 'POST', path, storages, (call) =>
      created(reindex(call, as('assets', assetsOnStorages(call, storageOf(call))))),
    ),
  ),
  operation('files', 'POST', '/v1/storages/{storage_id}/files/{file_id}/reindex/', storages, (call) => {
    storageOf(call)
    return created(reindex(call, as('assets', assetOfFile(call))))
  }),
  operation('assets', 'POST', '/v1/reindex/bulk/', assets, bulk, { schema: Bulk }),
  operation(
    'search',
    'POST',
    '/v1/search/saved/{search_id}/reindex/',
    'can_reindex_saved_searches',
    (call) => {
      const saved = call.core.tables.savedSearches.require(call.params['search_id'] ?? '')
      call.core.access.demand(call.account, 'read', 'saved_searches', saved.id)
      return ok(reindex(call, as('saved_searches', [saved.id])))
    },
  ),
  operation(
    'search',
    'POST',
    '/v1/search/saved/groups/{group_id}/reindex/',
    'can_reindex_saved_searches',
    (call) => {
      const group = call.core.tables.savedSearchGroups.require(call.params['group_id'] ?? '')
      call.core.access.demand(call.account, 'read', 'saved_search_groups', group.id)
      return ok(reindex(call, as('saved_search_groups', [group.id])))
    },
  ),
]
