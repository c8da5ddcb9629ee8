import { z } from 'zod'
import { badRequest, notFound } from '../errors.ts'
import { dateNow, newId } from '../ids.ts'
import { accepted, created, flag, noContent, ok, operation, update, type Call } from '../http/operation.ts'
import { orderOf, pageEnvelope, pageOf } from '../http/paging.ts'
import type { Asset, AssetVersion } from '../store/tables.ts'
import { applyDefaultAcls } from './access-rules.ts'
import { filtersOf } from './filters.ts'
import { assetView, defaultVersion, searchDocument } from './views/asset-view.ts'
import { dateText, uuidText } from './schemas.ts'
import { purgeAsset, trashAsset, restoreAsset } from './trash.ts'

export const assetTypes = [
  'ASSET',
  'SEQUENCE',
  'NLE_PROJECT',
  'PLACEHOLDER',
  'CUSTOM',
  'LINK',
  'SUBCLIP',
  'POST',
] as const
const progressStates = ['N/A', 'REQUESTED', 'IN_PROGRESS', 'FAILED', 'DONE'] as const

const AssetInput = z.object({
  title: z.string().min(1).max(10_000),
  type: z.enum(assetTypes).optional(),
  status: z.enum(['ACTIVE', 'DELETED']).optional(),
  archive_status: z.enum(['NOT_ARCHIVED', 'ARCHIVING', 'FAILED_TO_ARCHIVE', 'ARCHIVED']).optional(),
  analyze_status: z.enum(progressStates).optional(),
  face_recognition_status: z.enum(progressStates).optional(),
  category: z.string().nullish(),
  external_id: z.string().nullish(),
  external_link: z.string().nullish(),
  site_name: z.string().nullish(),
  warning: z.string().nullish(),
  is_blocked: z.boolean().optional(),
  is_online: z.boolean().optional(),
  custom_keyframe: uuidText.nullish(),
  custom_poster: uuidText.nullish(),
  date_created: dateText.optional(),
  date_modified: dateText.optional(),
  original_asset_id: uuidText.nullish(),
  original_version_id: uuidText.nullish(),
  original_segment_id: uuidText.nullish(),
  time_start_milliseconds: z.int().nullish(),
  time_end_milliseconds: z.int().nullish(),
  person_ids: z.array(z.string()).nullish(),
})
const AssetCreate = AssetInput.extend({ collection_id: uuidText.nullish() })
const AssetUpdate = AssetInput.partial()
const BulkUpdate = z.object({
  objects: z
    .array(AssetUpdate.extend({ id: uuidText }))
    .min(1)
    .max(500),
})

/** Version 1 of a new asset, or the next one. */
export function newVersion(userId: string, versionNumber: number): AssetVersion {
  return {
    id: newId(),
    version_number: versionNumber,
    status: 'ACTIVE',
    analyze_status: 'N/A',
    archive_status: 'NOT_ARCHIVED',
    transcribe_status: 'N/A',
    is_online: false,
    created_by_user: userId,
    date_created: dateNow(),
  }
}

/** Puts an asset into the store with every key that iconik's answers have. */
export function insertAsset(call: Call<unknown>, values: Partial<Asset> & { title: string }): Asset {
  const userId = call.account.user.id
  const now = dateNow()
  const asset = call.core.tables.assets.insert({
    analyze_status: 'N/A',
    archive_status: 'NOT_ARCHIVED',
    category: null,
    custom_keyframe: null,
    custom_poster: null,
    date_deleted: null,
    date_imported: now,
    deleted_by_user: null,
    external_link: null,
    face_recognition_status: 'N/A',
    has_unconfirmed_persons: false,
    is_blocked: false,
    site_name: null,
    type: 'ASSET',
    status: 'ACTIVE',
    warning: null,
    ...values,
    date_created: values.date_created ?? now,
    date_modified: now,
    external_id: values.external_id ?? null,
    // A fresh asset is offline whatever was posted: it has no bytes yet.
    is_online: false,
    created_by_user: userId,
    updated_by_user: userId,
    versions: [newVersion(userId, 1)],
  })
  call.core.access.grant('assets', asset.id, `u:${userId}`, ['read', 'write', 'delete', 'change-acl'])
  call.core.search.touch('assets', asset.id)
  return asset
}

function createAsset(call: Call<z.infer<typeof AssetCreate>>) {
  const { core, query } = call
  const { collection_id: collectionId, ...values } = call.body
  if (collectionId && !core.tables.collections.has(collectionId))
    throw badRequest({ collection_id: 'The collection does not exist' })
  const assign = collectionId && flag(query, 'assign_to_collection', false)
  if (assign) core.access.demand(call.account, 'write', 'collections', collectionId)
  const asset = insertAsset(call, values as Partial<Asset> & { title: string })
  if (assign) core.contents.add(collectionId, 'assets', asset.id)
  if (flag(query, 'apply_default_acls', true)) applyDefaultAcls(call, 'assets', asset.id)
  if (collectionId && flag(query, 'apply_collection_acls', false))
    core.access.bind('assets', asset.id, collectionId)
  return created(assetView(core, asset))
}

/** The asset, after checking the caller's right to it. */
export function requireAsset(
  call: Call<unknown>,
  permission: 'read' | 'write' | 'delete' = 'read',
  id = call.params['asset_id'] ?? '',
): Asset {
  const asset = call.core.tables.assets.require(id)
  call.core.access.demand(call.account, permission, 'assets', asset.id)
  return asset
}

/** The version that a list is about: that of the path, which must exist, else the current one. */
export function versionAsked(call: Call<unknown>, asset: Asset): string {
  const { version_id: id } = call.params
  if (id === undefined) return defaultVersion(asset)
  if (!asset.versions.some((version) => version.id === id)) throw notFound('Version', id)
  return id
}

function changeAsset(call: Call<unknown>, id: string, values: z.infer<typeof AssetUpdate>): Asset {
  const asset = requireAsset(call, 'write', id)
  const changed = call.core.tables.assets.update(asset.id, {
    ...(values as Partial<Asset>),
    updated_by_user: call.account.user.id,
  })
  call.core.search.touch('assets', asset.id)
  return changed
}

const listAssets = (call: Call<unknown>) => {
  const { core } = call
  const page = pageOf(call)
  const where = filtersOf(call.query, [
    'id',
    'title',
    'type',
    'status',
    'external_id',
    'category',
    'archive_status',
    'analyze_status',
    'created_by_user',
    'is_blocked',
    'is_online',
    'original_asset_id',
    'site_name',
    'external_link',
  ])
  if (core.assumptions.listsHideTrashed && where['status'] === undefined) where['status'] = 'ACTIVE'
  const condition = core.access.readable(call.account, 'assets')
  const selection = { where, ...(condition && { condition }) }
  const objects = core.tables.assets.list({
    ...selection,
    order: orderOf(call, [{ field: 'seq', descending: true }]),
    limit: page.perPage,
    offset: page.offset,
  })
  return ok(
    pageEnvelope(
      call,
      page,
      core.tables.assets.count(selection),
      objects.map((asset) => searchDocument(call, asset)),
    ),
  )
}

function bulkUpdate(call: Call<z.infer<typeof BulkUpdate>>) {
  for (const { id, ...values } of call.body.objects) changeAsset(call, id, values)
  return accepted()
}

/** Removes what an upload that failed has left, files of it that were closed too: whoever made the asset needs no right to delete. */
function removeUpload(call: Call<unknown>) {
  const asset = requireAsset(call)
  if (asset.created_by_user !== call.account.user.id && !call.account.user.is_admin)
    throw notFound('Asset', asset.id)
  purgeAsset(call.core, asset.id)
  return noContent()
}

const one = '/v1/assets/{asset_id}/'

export const assetOperations = [
  operation('assets', 'GET', '/v1/assets/', 'can_read_assets', listAssets),
  operation('assets', 'POST', '/v1/assets/', 'can_create_assets', createAsset, { schema: AssetCreate }),
  ...update('assets', '/v1/assets/', 'can_write_assets', bulkUpdate, { schema: BulkUpdate }),
  operation('assets', 'GET', one, 'can_read_assets', (call) =>
    ok(
      assetView(call.core, requireAsset(call), {
        collections: flag(call.query, 'include_collections', false),
        users: flag(call.query, 'include_users', false),
        account: call.account,
      }),
    ),
  ),
  ...update(
    'assets',
    one,
    'can_write_assets',
    (call) => ok(assetView(call.core, changeAsset(call, call.params['asset_id'] ?? '', call.body))),
    {
      schema: AssetUpdate,
    },
  ),
  operation('assets', 'DELETE', one, 'can_delete_assets', (call) => {
    trashAsset(call, requireAsset(call, 'delete').id)
    return noContent()
  }),
  operation('assets', 'DELETE', '/v1/assets/{asset_id}/purge/', 'can_purge_assets', (call) => {
    purgeAsset(call.core, requireAsset(call, 'delete').id)
    return noContent()
  }),
  operation('assets', 'DELETE', '/v1/assets/{asset_id}/uploads/', 'can_create_assets', removeUpload),
  operation('assets', 'PUT', '/v1/assets/{asset_id}/restore/', 'can_write_assets', (call) => {
    restoreAsset(call, requireAsset(call, 'write').id)
    return noContent()
  }),
  operation('assets', 'POST', '/v1/assets/{asset_id}/views/', 'can_read_assets', (call) => {
    const asset = requireAsset(call)
    return ok(
      assetView(call.core, call.core.tables.assets.update(asset.id, { date_viewed: dateNow() }, false)),
    )
  }),
]
