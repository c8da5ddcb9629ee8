import { z } from 'zod'
import { badRequest, notFound } from '../errors.ts'
import { dateNow } from '../ids.ts'
import { created, flag, noContent, ok, operation, present, update, type Call } from '../http/operation.ts'
import { keysetEnvelope, keysetOf } from '../http/paging.ts'
import type { Core } from '../core.ts'
import type { FileSet } from '../store/tables.ts'
import { requireAsset, versionAsked } from './assets.ts'
import { addHistory } from './history.ts'
import { uuidText } from './schemas.ts'
import { defaultFor } from './storages.ts'
import { removeBytes } from './trash.ts'
import { fileView, readUrl } from './views/file-view.ts'

const FileSetInput = z.object({
  name: z.string(),
  format_id: uuidText,
  base_dir: z.string(),
  component_ids: z.array(uuidText),
  storage_id: uuidText.optional(),
  version_id: uuidText.optional(),
  status: z.enum(['ACTIVE', 'ARCHIVED', 'DELETED']).optional(),
  is_archive: z.boolean().optional(),
  archive_file_set_id: uuidText.nullish(),
  original_storage_id: uuidText.nullish(),
})

export const fileSetView = (call: Call<unknown>, set: FileSet): Record<string, unknown> => ({
  ...present(set),
  file_count: call.core.tables.files.count({ where: { file_set_id: set.id } }),
})

/** Adds a file set to a format. ApiError 400 where format, version or storage do not fit. */
export function insertFileSet(
  call: Call<unknown>,
  assetId: string,
  values: Partial<FileSet> & { format_id: string; name: string },
): FileSet {
  const { tables } = call.core
  const format = tables.formats.get(values.format_id)
  if (!format || format.asset_id !== assetId) throw badRequest({ format_id: 'The asset has no such format' })
  const storageId = values.storage_id ?? defaultFor(call.core, 'FILES')?.id
  if (storageId === undefined || !tables.storages.has(storageId))
    throw badRequest({ storage_id: 'The storage does not exist' })
  return tables.fileSets.insert({
    status: 'ACTIVE',
    is_archive: false,
    archive_file_set_id: null,
    date_deleted: null,
    deleted_by_user: null,
    base_dir: '',
    component_ids: [],
    ...values,
    original_storage_id: values['original_storage_id'] ?? storageId,
    storage_id: storageId,
    version_id: values.version_id ?? format.version_id,
    asset_id: assetId,
  } as Omit<FileSet, 'id'>)
}

export function requireFileSet(call: Call<unknown>): FileSet {
  const set = call.core.tables.fileSets.require(call.params['file_set_id'] ?? '')
  if (call.params['asset_id'] !== undefined && set.asset_id !== call.params['asset_id'])
    throw notFound('File set', set.id)
  return set
}

/** Removes a file set with its rows; the bytes too unless `keepSource`. */
export function removeFileSet(core: Core, set: FileSet, keepSource: boolean): void {
  for (const file of core.tables.files.removeWhere({ file_set_id: set.id }))
    if (!keepSource) removeBytes(core, file)
  core.tables.fileSets.remove(set.id)
  core.search.touch('assets', set.asset_id)
}

function deleteFileSet(call: Call<unknown>) {
  requireAsset(call, 'delete')
  const set = requireFileSet(call)
  addHistory(call, set.asset_id, {
    operation_type: 'DELETE_FILESET',
    operation_description: `Deleted file set ${set.name}`,
  })
  if (
    flag(call.query, 'immediately', false) ||
    flag(call.query, 'keep_source', false) ||
    set.status === 'DELETED'
  ) {
    removeFileSet(call.core, set, flag(call.query, 'keep_source', false))
    return noContent()
  }
  return ok(
    fileSetView(
      call,
      call.core.tables.fileSets.update(set.id, {
        status: 'DELETED',
        date_deleted: dateNow(),
        deleted_by_user: call.account.user.id,
      }),
    ),
  )
}

function listFileSets(call: Call<unknown>) {
  const asset = requireAsset(call)
  const paging = keysetOf(call)
  const where: Record<string, string> = { asset_id: asset.id, status: 'ACTIVE' }
  if (call.params['version_id'] || !flag(call.query, 'include_all_versions', false))
    where['version_id'] = versionAsked(call, asset)
  const rows = call.core.tables.fileSets.list({
    where,
    limit: paging.perPage + 1,
    ...(paging.lastId !== undefined && { afterId: paging.lastId }),
  })
  return ok(
    keysetEnvelope(call, paging, call.core.tables.fileSets.count({ where }), rows, (set) =>
      fileSetView(call, set),
    ),
  )
}

function listFilesOfSet(call: Call<unknown>) {
  const set = requireFileSet(call)
  requireAsset(call, 'read', set.asset_id)
  const paging = keysetOf(call)
  const where = { file_set_id: set.id }
  const signed = flag(call.query, 'generate_signed_url', false)
  const rows = call.core.tables.files.list({
    where,
    limit: paging.perPage + 1,
    ...(paging.lastId !== undefined && { afterId: paging.lastId }),
  })
  return ok(
    keysetEnvelope(call, paging, call.core.tables.files.count({ where }), rows, (file) => ({
      ...fileView(call, file),
      ...(signed && { url: readUrl(call, file) }),
    })),
  )
}

const base = '/v1/assets/{asset_id}/file_sets/'
const one = `${base}{file_set_id}/`

export const fileSetOperations = [
  operation('files', 'GET', base, 'can_read_files', listFileSets),
  operation(
    'files',
    'GET',
    '/v1/assets/{asset_id}/versions/{version_id}/file_sets/',
    'can_read_files',
    listFileSets,
  ),
  operation(
    'files',
    'POST',
    base,
    'can_write_files',
    (call) => {
      const set = insertFileSet(
        call,
        requireAsset(call, 'write').id,
        call.body as Partial<FileSet> & { format_id: string; name: string },
      )
      return created(fileSetView(call, set))
    },
    { schema: FileSetInput },
  ),
  operation('files', 'GET', one, 'can_read_files', (call) => {
    requireAsset(call)
    return ok(fileSetView(call, requireFileSet(call)))
  }),
  ...update(
    'files',
    one,
    'can_write_files',
    (call) => {
      requireAsset(call, 'write')
      const set = requireFileSet(call)
      return ok(fileSetView(call, call.core.tables.fileSets.update(set.id, call.body as Partial<FileSet>)))
    },
    { schema: FileSetInput.partial() },
  ),
  operation('files', 'DELETE', one, 'can_delete_files', deleteFileSet),
  operation('files', 'DELETE', `${one}purge/`, 'can_delete_files', (call) => {
    requireAsset(call, 'delete')
    removeFileSet(call.core, requireFileSet(call), false)
    return noContent()
  }),
  operation('files', 'PUT', `${one}restore/`, 'can_write_files', (call) => {
    requireAsset(call, 'write')
    const set = requireFileSet(call)
    addHistory(call, set.asset_id, {
      operation_type: 'RESTORE_FILESET',
      operation_description: `Restored file set ${set.name}`,
    })
    return ok(
      fileSetView(
        call,
        call.core.tables.fileSets.update(set.id, {
          status: 'ACTIVE',
          date_deleted: null,
          deleted_by_user: null,
        }),
      ),
    )
  }),
  operation('files', 'GET', `${one}files/`, 'can_read_files', listFilesOfSet),
  operation('files', 'GET', '/v1/file_sets/{file_set_id}/files/', 'can_read_files', listFilesOfSet),
]
