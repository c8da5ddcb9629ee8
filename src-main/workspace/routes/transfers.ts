import { z } from 'zod'
import { conflict } from '../errors.ts'
import { accepted, operation, type Call } from '../http/operation.ts'
import type { FileSet, Job, Storage } from '../store/tables.ts'
import { requireAsset } from './assets.ts'
import { contentOf } from './bulk-content.ts'

const Options = z.object({
  destination_directory_path: z.string().nullish(),
  delete_source_file_set_after_download: z.boolean().nullish(),
})
const Bulk = z.object({
  object_ids: z.array(z.string()).min(1).max(500),
  object_type: z.enum(['assets', 'collections', 'saved_searches']),
  format_name: z.string().nullish(),
  file_path: z.string().nullish(),
  overwrite: z.boolean().nullish(),
  delete_original: z.boolean().nullish(),
  allow_duplicate_transfers: z.boolean().nullish(),
})

const targetOf = (call: Call<unknown>): Storage =>
  call.core.tables.storages.require(call.params['storage_id'] ?? '')

/** Whether the storage has these components already. */
const isThere = (call: Call<unknown>, set: FileSet, storage: Storage): boolean =>
  call.core.tables.fileSets.count({
    where: { format_id: set.format_id, storage_id: storage.id, status: 'ACTIVE' },
  }) > 0

interface Wanted {
  directory?: string | null | undefined
  removeSource?: boolean | null | undefined
}

/** One TRANSFER job that copies a file set with its bytes to another storage. */
function transfer(
  call: Call<unknown>,
  set: FileSet,
  storage: Storage,
  wanted: Wanted,
  parentId?: string,
): Job {
  return call.core.jobs.create({
    title: `Copy ${set.name} to ${storage.name}`,
    type: 'TRANSFER',
    object_type: 'assets',
    object_id: set.asset_id,
    parent_id: parentId ?? null,
    created_by: call.account.user.id,
    metadata: { file_set_id: set.id, storage_id: storage.id },
    task: {
      kind: 'transfer',
      fileSetId: set.id,
      storageId: storage.id,
      userId: call.account.user.id,
      ...(wanted.directory && { directory: wanted.directory }),
      ...(wanted.removeSource && { removeSource: true }),
    },
  })
}

const wantedOf = (body: z.infer<typeof Options>): Wanted => ({
  directory: body.destination_directory_path,
  removeSource: body.delete_source_file_set_after_download,
})

function copySet(call: Call<z.infer<typeof Options>>) {
  const storage = targetOf(call)
  const set = call.core.tables.fileSets.require(call.params['file_set_id'] ?? '')
  requireAsset(call, 'write', set.asset_id)
  if (isThere(call, set, storage)) throw conflict(`Storage ${storage.id} has this format already`)
  return accepted({ job_id: transfer(call, set, storage, wantedOf(call.body)).id })
}

function copyFormat(call: Call<z.infer<typeof Options>>) {
  const storage = targetOf(call)
  const format = call.core.tables.formats.require(call.params['format_id'] ?? '')
  requireAsset(call, 'write', format.asset_id)
  const sets = call.core.tables.fileSets.list({ where: { format_id: format.id, status: 'ACTIVE' } })
  const first = sets.find((set) => set.storage_id !== storage.id)
  if (!first || sets.some((set) => set.storage_id === storage.id))
    throw conflict(`Storage ${storage.id} has this format already, or there is nothing to copy`)
  return accepted({ job_id: transfer(call, first, storage, wantedOf(call.body)).id })
}

/** One parent with a child for each asset that has something to copy. */
function copyMany(call: Call<z.infer<typeof Bulk>>) {
  const { body, core } = call
  const storage = targetOf(call)
  const assetIds =
    body.object_type === 'assets'
      ? body.object_ids
      : body.object_ids.flatMap((id) => contentOf(call, body.object_type, id).assets)
  const name = body.format_name ?? 'ORIGINAL'
  const sets = [...new Set(assetIds)].flatMap((id) => {
    const asset = requireAsset(call, 'write', id)
    const formats = core.tables.formats.list({ where: { asset_id: asset.id, status: 'ACTIVE', name } })
    return formats.flatMap((format) => {
      const set = core.tables.fileSets
        .list({ where: { format_id: format.id, status: 'ACTIVE' } })
        .find((row) => row.storage_id !== storage.id)
      const again = body.overwrite || body.allow_duplicate_transfers
      return set && (again || !isThere(call, set, storage)) ? [set] : []
    })
  })
  const parent = core.jobs.create({
    title: `Copy ${sets.length} assets to ${storage.name}`,
    type: 'TRANSFER',
    created_by: call.account.user.id,
    ...(sets.length === 0 ? { status: 'SKIPPED' } : { task: { kind: 'children' } }),
  })
  const wanted = { directory: body.file_path, removeSource: body.delete_original }
  for (const set of sets) transfer(call, set, storage, wanted, parent.id)
  return accepted({ job_id: parent.id })
}

const files = ['can_read_files', 'can_write_transfers']

export const transferOperations = [
  operation('files', 'POST', '/v1/file_sets/{file_set_id}/storages/{storage_id}/', files, copySet, {
    schema: Options,
  }),
  operation('files', 'POST', '/v2/file_sets/{file_set_id}/storages/{storage_id}/', files, copySet, {
    schema: Options,
  }),
  operation(
    'files',
    'POST',
    '/v1/formats/{format_id}/storages/{storage_id}/',
    ['can_read_formats', 'can_write_transfers'],
    copyFormat,
    { schema: Options },
  ),
  operation('files', 'POST', '/v1/storages/{storage_id}/bulk/', files, copyMany, { schema: Bulk }),
]
