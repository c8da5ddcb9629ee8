import { z } from 'zod'
import { notFound } from '../errors.ts'
import { created, noContent, ok, operation, present, type Actor, type Call } from '../http/operation.ts'
import { orderOf, pageEnvelope, pageOf } from '../http/paging.ts'
import { requireAsset } from './assets.ts'
import { filtersOf } from './filters.ts'
import { uuidText } from './schemas.ts'
import { defaultVersion } from './views/asset-view.ts'

const operationTypes = [
  'EXPORT',
  'TRANSCODE',
  'ANALYZE',
  'ADD_FORMAT',
  'DELETE_FORMAT',
  'RESTORE_FORMAT',
  'DELETE_FILESET',
  'DELETE_FILE',
  'RESTORE_FILESET',
  'MODIFY_FILESET',
  'APPROVE',
  'REJECT',
  'DOWNLOAD',
  'METADATA',
  'CUSTOM',
  'TRANSCRIPTION',
  'VERSION_CREATE',
  'VERSION_DELETE',
  'VERSION_UPDATE',
  'VERSION_PROMOTE',
  'RESTORE',
  'RESTORE_FROM_GLACIER',
  'ARCHIVE',
  'RESTORE_ARCHIVE',
  'DELETE',
  'TRANSFER',
  'UNLINK_SUBCLIP',
  'FACE_RECOGNITION',
] as const

const Entry = z.object({
  operation_type: z.enum(operationTypes),
  operation_description: z.string().nullish(),
  job_id: uuidText.nullish(),
  share_id: uuidText.nullish(),
  share_user_id: uuidText.nullish(),
})

/** Notes what was done to an asset. */
export function addHistory(
  call: Actor,
  assetId: string,
  entry: {
    operation_type: (typeof operationTypes)[number]
    operation_description?: string | null
    job_id?: string | null
    version_id?: string
  },
) {
  const asset = call.core.tables.assets.get(assetId)
  return call.core.tables.history.insert({
    operation_description: null,
    job_id: null,
    ...entry,
    version_id: entry.version_id ?? (asset ? defaultVersion(asset) : null),
    asset_id: assetId,
    user_id: call.account.user.id,
    system_domain_id: call.core.accounts.identity.systemDomainId,
  })
}

const entryOf = (call: Call<unknown>) => {
  const entry = call.core.tables.history.require(call.params['history_entity_id'] ?? '')
  if (entry['asset_id'] !== call.params['asset_id']) throw notFound('History entry', entry.id)
  return entry
}

const base = '/v1/assets/{asset_id}/history/'

export const historyOperations = [
  operation('assets', 'GET', base, 'can_read_assets_history', (call) => {
    const asset = requireAsset(call)
    const page = pageOf(call)
    const where = { ...filtersOf(call.query, ['operation_type', 'version_id', 'job_id']), asset_id: asset.id }
    const { history } = call.core.tables
    const rows = history.list({
      where,
      order: orderOf(call, [{ field: 'seq', descending: true }]),
      limit: page.perPage,
      offset: page.offset,
    })
    return ok(pageEnvelope(call, page, history.count({ where }), rows.map(present)))
  }),
  operation(
    'assets',
    'POST',
    base,
    'can_write_assets_history',
    (call) => {
      const asset = requireAsset(call)
      return created(present(addHistory(call, asset.id, call.body as never)))
    },
    { schema: Entry },
  ),
  operation('assets', 'GET', `${base}{history_entity_id}/`, 'can_read_assets_history', (call) => {
    requireAsset(call)
    return ok(present(entryOf(call)))
  }),
  operation('assets', 'DELETE', `${base}{history_entity_id}/`, 'can_delete_assets_history', (call) => {
    requireAsset(call, 'write')
    call.core.tables.history.remove(entryOf(call).id)
    return noContent()
  }),
]
