import { z } from 'zod'
import { badRequest, notFound } from '../errors.ts'
import { accepted, flag, noContent, ok, operation, update, type Call } from '../http/operation.ts'
import type { Asset, AssetVersion } from '../store/tables.ts'
import { newVersion, requireAsset } from './assets.ts'
import { addHistory } from './history.ts'
import { uuidText } from './schemas.ts'
import { segmentTypes } from './segments.ts'
import { removeBytes } from './trash.ts'
import { defaultVersion } from './views/asset-view.ts'

const CreateVersion = z.object({
  copy_segments: z.boolean().nullish(),
  include_segment_types: z.array(z.enum(segmentTypes)).nullish(),
  source_version_id: uuidText.nullish(),
})
/** A next version made from what is there already; it takes comments of the version before it, or not. */
const FromElsewhere = z.object({
  copy_previous_version_segments: z.boolean().nullish(),
  include_segment_types: z.array(z.enum(segmentTypes)).nullish(),
})
const progressStates = ['N/A', 'REQUESTED', 'IN_PROGRESS', 'FAILED', 'DONE'] as const
const VersionUpdate = z.object({
  status: z.enum(['ACTIVE', 'IN_PROGRESS', 'FAILED', 'DELETING', 'DELETED']).optional(),
  analyze_status: z.enum(progressStates).optional(),
  archive_status: z.enum(['NOT_ARCHIVED', 'ARCHIVING', 'FAILED_TO_ARCHIVE', 'ARCHIVED']).optional(),
  transcribe_status: z.enum(progressStates).optional(),
  transcribed_languages: z.array(z.string()).optional(),
  is_online: z.boolean().optional(),
})

const versionsView = (call: Call<unknown>, asset: Asset) => ({
  asset_id: asset.id,
  system_domain_id: call.core.accounts.identity.systemDomainId,
  versions: asset.versions,
})

function addVersion(call: Call<z.infer<typeof CreateVersion>>): { asset: Asset; version: AssetVersion } {
  const asset = requireAsset(call, 'write')
  const source = call.body.source_version_id ?? defaultVersion(asset)
  if (!asset.versions.some((row) => row.id === source))
    throw badRequest({ source_version_id: 'The asset has no such version' })
  const version = newVersion(
    call.account.user.id,
    Math.max(0, ...asset.versions.map((row) => row.version_number)) + 1,
  )
  const changed = call.core.tables.assets.update(asset.id, {
    versions: [...asset.versions, version],
    _default_version_id: version.id,
    updated_by_user: call.account.user.id,
  })
  if (call.body.copy_segments)
    copySegments(call, asset.id, source, version.id, call.body.include_segment_types ?? undefined)
  addHistory(call, asset.id, {
    operation_type: 'VERSION_CREATE',
    operation_description: `Created version ${version.version_number}`,
    version_id: version.id,
  })
  call.core.search.touch('assets', asset.id)
  return { asset: changed, version }
}

function copySegments(
  call: Call<unknown>,
  assetId: string,
  from: string,
  to: string,
  types: string[] | undefined,
): void {
  const { segments } = call.core.tables
  for (const segment of segments.list({ where: { asset_id: assetId, version_id: from } })) {
    if (types && types.length > 0 && !types.includes(String(segment['segment_type']))) continue
    const { id: _id, ...values } = segment
    call.core.search.touch('segments', segments.insert({ ...values, version_id: to }).id)
  }
}

function versionOf(call: Call<unknown>, asset: Asset): AssetVersion {
  const version = asset.versions.find((row) => row.id === call.params['version_id'])
  if (!version) throw notFound('Version', call.params['version_id'] ?? '')
  return version
}

/** Removes versions with all that belongs to them. The last one cannot go. */
function dropVersions(call: Call<unknown>, asset: Asset, gone: readonly AssetVersion[]): void {
  const ids = new Set(gone.map((version) => version.id))
  const rest = asset.versions.filter((version) => !ids.has(version.id))
  if (rest.length === 0)
    throw badRequest(`Asset ${asset.id} would be left without a version; delete the asset instead`)
  const { tables } = call.core
  for (const versionId of ids) {
    const where = { asset_id: asset.id, version_id: versionId }
    for (const row of [
      ...tables.files.removeWhere(where),
      ...tables.proxies.removeWhere(where),
      ...tables.keyframes.removeWhere(where),
    ])
      removeBytes(call.core, row)
    tables.fileSets.removeWhere(where)
    tables.formats.removeWhere(where)
    for (const segment of tables.segments.removeWhere(where)) call.core.search.touch('segments', segment.id)
    addHistory(call, asset.id, {
      operation_type: 'VERSION_DELETE',
      operation_description: 'Deleted a version',
      version_id: versionId,
    })
  }
  tables.assets.update(asset.id, { versions: rest })
  call.core.search.touch('assets', asset.id)
}

const createFrom = (body: z.infer<typeof FromElsewhere>): z.infer<typeof CreateVersion> => ({
  copy_segments: body.copy_previous_version_segments,
  include_segment_types: body.include_segment_types,
})

/** Makes the current version of another asset the next version of this one; the other asset is emptied and goes. */
function versionFromAsset(call: Call<z.infer<typeof FromElsewhere>>) {
  const source = requireAsset(call, 'delete', call.params['source_asset_id'] ?? '')
  if (source.id === call.params['asset_id']) throw badRequest({ source_asset_id: 'Must be another asset' })
  const { version, asset } = addVersion({ ...call, body: createFrom(call.body) })
  const { tables, search, contents } = call.core
  const from = defaultVersion(source)
  for (const table of [
    tables.formats,
    tables.fileSets,
    tables.files,
    tables.proxies,
    tables.keyframes,
  ] as const)
    for (const row of table.list({ where: { asset_id: source.id, version_id: from } }))
      (table as typeof tables.files).update(row.id, { asset_id: asset.id, version_id: version.id })
  if (source.is_online)
    tables.assets.update(asset.id, {
      is_online: true,
      versions: asset.versions.map((row) => (row.id === version.id ? { ...row, is_online: true } : row)),
    })
  tables.assets.remove(source.id)
  tables.values.remove(`assets/${source.id}`)
  contents.removeObject(source.id)
  search.touch('assets', source.id)
  return accepted(finishedJob(call, asset.id, `Version from asset ${source.title}`))
}

/** A next version that takes comments and the like from a version that is named; its files are still to come. */
function versionFromVersion(call: Call<z.infer<typeof FromElsewhere>>) {
  const source = call.params['source_version_id'] ?? ''
  if (!requireAsset(call).versions.some((version) => version.id === source)) throw notFound('Version', source)
  const { asset } = addVersion({
    ...call,
    body: { ...createFrom(call.body), source_version_id: source },
  })
  return accepted(finishedJob(call, asset.id, 'Version from version'))
}

const finishedJob = (call: Call<unknown>, assetId: string, title: string) => ({
  job_id: call.core.jobs.create({
    title,
    type: 'COPY',
    status: 'FINISHED',
    object_type: 'assets',
    object_id: assetId,
    created_by: call.account.user.id,
  }).id,
})

const base = '/v1/assets/{asset_id}/versions/'
const one = `${base}{version_id}/`
const write = 'can_write_versions'
const remove = 'can_delete_versions'

export const versionOperations = [
  operation('assets', 'POST', base, write, (call) => ok(versionsView(call, addVersion(call).asset)), {
    schema: CreateVersion,
  }),
  operation('assets', 'POST', `${base}from/assets/{source_asset_id}/`, write, versionFromAsset, {
    schema: FromElsewhere,
  }),
  operation('assets', 'POST', `${base}from/versions/{source_version_id}/`, write, versionFromVersion, {
    schema: FromElsewhere,
  }),
  operation('assets', 'DELETE', `${base}old/`, remove, (call) => {
    const asset = requireAsset(call, 'delete')
    const current = defaultVersion(asset)
    const old = asset.versions.filter((version) => version.id !== current)
    if (old.length > 0) dropVersions(call, asset, old)
    return noContent()
  }),
  ...update(
    'assets',
    one,
    write,
    (call) => {
      const asset = requireAsset(call, 'write')
      const version = versionOf(call, asset)
      const changed = { ...version, ...(call.body as Partial<AssetVersion>) }
      call.core.tables.assets.update(asset.id, {
        versions: asset.versions.map((row) => (row.id === version.id ? changed : row)),
      })
      addHistory(call, asset.id, { operation_type: 'VERSION_UPDATE', version_id: version.id })
      return ok(changed)
    },
    { schema: VersionUpdate },
  ),
  operation('assets', 'PUT', `${one}promote/`, write, (call) => {
    const asset = requireAsset(call, 'write')
    const version = versionOf(call, asset)
    const changed = call.core.tables.assets.update(asset.id, { _default_version_id: version.id })
    addHistory(call, asset.id, { operation_type: 'VERSION_PROMOTE', version_id: version.id })
    call.core.search.touch('assets', asset.id)
    return ok(versionsView(call, changed))
  }),
  operation('assets', 'DELETE', one, remove, (call) => {
    const asset = requireAsset(call, 'delete')
    const version = versionOf(call, asset)
    if (flag(call.query, 'hard_delete', true)) dropVersions(call, asset, [version])
    else
      call.core.tables.assets.update(asset.id, {
        versions: asset.versions.map((row) => (row.id === version.id ? { ...row, status: 'DELETED' } : row)),
      })
    return noContent()
  }),
]
