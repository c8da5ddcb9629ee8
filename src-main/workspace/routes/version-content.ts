import { dateNow } from '../ids.ts'
import { flag, noContent, ok, operation, type Call } from '../http/operation.ts'
import { requireAsset, versionAsked } from './assets.ts'
import { purgeFormat } from './formats.ts'
import { removeBytes } from './trash.ts'

/** Rows of one version, or of all of them where the path says so. */
function selected(call: Call<unknown>): { asset_id: string; version_id?: string } {
  const asset = requireAsset(call, 'delete')
  return call.params['version_id'] === undefined
    ? { asset_id: asset.id }
    : { asset_id: asset.id, version_id: versionAsked(call, asset) }
}

const deleted = (call: Call<unknown>) => ({
  status: 'DELETED',
  date_deleted: dateNow(),
  deleted_by_user: call.account.user.id,
})

/** The rows go; the bytes stay on the storage, as when one file is deleted. */
function removeFiles(call: Call<unknown>) {
  const where = selected(call)
  call.core.tables.files.removeWhere(where)
  call.core.search.touch('assets', where.asset_id)
  return noContent()
}

function trashFileSets(call: Call<unknown>) {
  const where = selected(call)
  for (const set of call.core.tables.fileSets.list({ where: { ...where, status: 'ACTIVE' } }))
    call.core.tables.fileSets.update(set.id, deleted(call))
  call.core.search.touch('assets', where.asset_id)
  return ok({})
}

function removeFormats(call: Call<unknown>) {
  const where = selected(call)
  const immediately = flag(call.query, 'immediately', false)
  for (const format of call.core.tables.formats.list({ where }))
    if (immediately) purgeFormat(call, format)
    else call.core.tables.formats.update(format.id, deleted(call))
  call.core.search.touch('assets', where.asset_id)
  return immediately ? noContent() : ok({})
}

function removePreviews(call: Call<unknown>, kind: 'proxies' | 'keyframes') {
  const where = selected(call)
  const keepPoster = kind === 'keyframes' && flag(call.query, 'keep_poster', false)
  for (const row of call.core.tables[kind].list({ where })) {
    if (keepPoster && row['type'] === 'POSTER') continue
    removeBytes(call.core, row)
    call.core.tables[kind].remove(row.id)
  }
  call.core.search.touch('assets', where.asset_id)
  return noContent()
}

export const versionContentOperations = ['all', '{version_id}'].flatMap((version) => {
  const base = `/v1/assets/{asset_id}/versions/${version}/`
  return [
    operation('files', 'DELETE', `${base}files/`, 'can_delete_files', removeFiles),
    operation('files', 'DELETE', `${base}file_sets/`, 'can_delete_files', trashFileSets),
    operation('files', 'DELETE', `${base}formats/`, 'can_delete_formats', removeFormats),
    operation('files', 'DELETE', `${base}proxies/`, 'can_delete_proxies', (call) =>
      removePreviews(call, 'proxies'),
    ),
    operation('files', 'DELETE', `${base}keyframes/`, 'can_write_keyframes', (call) =>
      removePreviews(call, 'keyframes'),
    ),
  ]
})
