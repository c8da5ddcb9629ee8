import { z } from 'zod'
import { badRequest, notFound } from '../errors.ts'
import { dateNow, newId, isUuid } from '../ids.ts'
import { created, noContent, ok, operation, present, update, flag, type Call } from '../http/operation.ts'
import { keysetEnvelope, keysetOf } from '../http/paging.ts'
import type { Component, Format } from '../store/tables.ts'
import { requireAsset, versionAsked } from './assets.ts'
import { addHistory } from './history.ts'
import { removeFileSet, fileSetView } from './file-sets.ts'
import { uuidText } from './schemas.ts'
import { storageMethods } from './storages.ts'
import { defaultVersion } from './views/asset-view.ts'

const componentTypes = [
  'VIDEO',
  'AUDIO',
  'IMAGE',
  'TEXT',
  'OTHER',
  'NON_MEDIA',
  'EXIF',
  'IPTC',
  'XMP',
  'GENERAL',
  'MANIFEST',
] as const
const texts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String))

const ComponentInput = z.object({
  name: z.string().min(1),
  type: z.enum(componentTypes),
  metadata: texts.optional(),
})
const FormatInput = z.object({
  name: z.string().min(1),
  status: z.enum(['ACTIVE', 'DELETED']).optional(),
  storage_methods: z.array(z.string()).optional(),
  metadata: z.array(texts).optional(),
  components: z.array(ComponentInput).optional(),
  version_id: uuidText.optional(),
  user_id: uuidText.nullish(),
  is_online: z.boolean().optional(),
  archive_status: z.enum(['NOT_ARCHIVED', 'ARCHIVING', 'FAILED_TO_ARCHIVE', 'ARCHIVED']).nullish(),
})

export interface FormatValues {
  name: string
  version_id?: string | undefined
  storage_methods?: string[] | undefined
  metadata?: Record<string, string>[] | undefined
  components?: { name: string; type: string; metadata?: Record<string, string> | undefined }[] | undefined
  [key: string]: unknown
}

/** Adds a format to an asset, under its current version unless another is named. */
export function insertFormat(call: Call<unknown>, assetId: string, values: FormatValues): Format {
  const asset = call.core.tables.assets.require(assetId)
  const versionId = values.version_id ?? defaultVersion(asset)
  if (!asset.versions.some((version) => version.id === versionId))
    throw badRequest({ version_id: 'The asset has no such version' })
  const format = call.core.tables.formats.insert({
    status: 'ACTIVE',
    archive_status: 'NOT_ARCHIVED',
    date_deleted: null,
    deleted_by_user: null,
    warnings: [],
    is_online: false,
    ...values,
    user_id: (values['user_id'] as string | undefined) ?? call.account.user.id,
    asset_id: assetId,
    version_id: versionId,
    storage_methods: values.storage_methods ?? [],
    metadata: values.metadata ?? [],
    components: (values.components ?? []).map((component) => ({
      ...component,
      metadata: component.metadata ?? {},
      id: newId(),
    })),
  } as Omit<Format, 'id'>)
  addHistory(call, assetId, {
    operation_type: 'ADD_FORMAT',
    operation_description: `Added format ${format.name}`,
    version_id: versionId,
  })
  call.core.search.touch('assets', assetId)
  return format
}

/** A format by its id, or by its name where that is given instead. */
export function requireFormat(call: Call<unknown>): Format {
  const { asset_id: assetId = '', format_id: key = '' } = call.params
  const { formats } = call.core.tables
  const format = isUuid(key)
    ? formats.get(key)
    : formats.list({ where: { asset_id: assetId, name: key } }).findLast((row) => row.status === 'ACTIVE')
  if (!format || format.asset_id !== assetId) throw notFound('Format', key)
  return format
}

function listFormats(call: Call<unknown>) {
  const asset = requireAsset(call)
  const paging = keysetOf(call)
  const where: Record<string, string> = { asset_id: asset.id, status: 'ACTIVE' }
  if (call.params['version_id'] || !flag(call.query, 'include_all_versions', false))
    where['version_id'] = versionAsked(call, asset)
  const rows = call.core.tables.formats.list({
    where,
    limit: paging.perPage + 1,
    ...(paging.lastId !== undefined && { afterId: paging.lastId }),
  })
  return ok(keysetEnvelope(call, paging, call.core.tables.formats.count({ where }), rows, present))
}

function removeFormat(call: Call<unknown>) {
  requireAsset(call, 'delete')
  const format = requireFormat(call)
  addHistory(call, format.asset_id, {
    operation_type: 'DELETE_FORMAT',
    operation_description: `Deleted format ${format.name}`,
  })
  if (flag(call.query, 'immediately', false) || format.status === 'DELETED') {
    purgeFormat(call, format)
    return noContent()
  }
  call.core.tables.formats.update(format.id, {
    status: 'DELETED',
    date_deleted: dateNow(),
    deleted_by_user: call.account.user.id,
  })
  call.core.search.touch('assets', format.asset_id)
  return ok(present(call.core.tables.formats.require(format.id)))
}

export function purgeFormat(call: Call<unknown>, format: Format): void {
  for (const set of call.core.tables.fileSets.list({ where: { format_id: format.id } }))
    removeFileSet(call.core, set, false)
  call.core.tables.formats.remove(format.id)
  call.core.search.touch('assets', format.asset_id)
}

const componentOf = (call: Call<unknown>) => {
  const format = requireFormat(call)
  const component = format.components.find((row) => row.id === call.params['component_id'])
  if (!component) throw notFound('Component', call.params['component_id'] ?? '')
  return { format, component }
}

const setComponents = (call: Call<unknown>, format: Format, components: Component[]) =>
  call.core.tables.formats.update(format.id, { components })

const base = '/v1/assets/{asset_id}/formats/'
const one = `${base}{format_id}/`

export const formatOperations = [
  operation('files', 'GET', base, 'can_read_formats', listFormats),
  operation(
    'files',
    'GET',
    '/v1/assets/{asset_id}/versions/{version_id}/formats/',
    'can_read_formats',
    listFormats,
  ),
  operation(
    'files',
    'POST',
    base,
    'can_write_formats',
    (call) => created(present(insertFormat(call, requireAsset(call, 'write').id, call.body as FormatValues))),
    {
      schema: FormatInput,
    },
  ),
  operation('files', 'GET', one, 'can_read_formats', (call) => {
    requireAsset(call)
    return ok(present(requireFormat(call)))
  }),
  ...update(
    'files',
    one,
    'can_write_formats',
    (call) => {
      requireAsset(call, 'write')
      const format = requireFormat(call)
      const { components, ...values } = call.body
      const changes = {
        ...values,
        ...(components && {
          components: components.map((row) => ({ ...row, metadata: row.metadata ?? {}, id: newId() })),
        }),
      } as Partial<Format>
      call.core.search.touch('assets', format.asset_id)
      return ok(present(call.core.tables.formats.update(format.id, changes)))
    },
    { schema: FormatInput.partial() },
  ),
  operation('files', 'DELETE', one, 'can_delete_formats', removeFormat),
  operation('files', 'DELETE', `${one}purge/`, 'can_delete_formats', (call) => {
    requireAsset(call, 'delete')
    purgeFormat(call, requireFormat(call))
    return noContent()
  }),
  operation('files', 'PUT', `${one}restore/`, 'can_write_formats', (call) => {
    requireAsset(call, 'write')
    const format = requireFormat(call)
    addHistory(call, format.asset_id, {
      operation_type: 'RESTORE_FORMAT',
      operation_description: `Restored format ${format.name}`,
    })
    return ok(
      present(
        call.core.tables.formats.update(format.id, {
          status: 'ACTIVE',
          date_deleted: null,
          deleted_by_user: null,
        }),
      ),
    )
  }),
  operation('files', 'GET', `${one}components/`, 'can_read_formats', (call) => {
    requireAsset(call)
    return ok({ objects: requireFormat(call).components })
  }),
  operation(
    'files',
    'POST',
    `${one}components/`,
    'can_create_formats',
    (call) => {
      requireAsset(call, 'write')
      const format = requireFormat(call)
      const component = { ...call.body, metadata: call.body.metadata ?? {}, id: newId() } as Component
      setComponents(call, format, [...format.components, component])
      return ok(component)
    },
    { schema: ComponentInput },
  ),
  operation('files', 'GET', `${one}components/{component_id}/`, 'can_read_formats', (call) => {
    requireAsset(call)
    return ok(componentOf(call).component)
  }),
  operation(
    'files',
    'PUT',
    `${one}components/{component_id}/`,
    'can_create_formats',
    (call) => {
      requireAsset(call, 'write')
      const { format, component } = componentOf(call)
      const changed = { ...component, ...(call.body as Partial<Component>) }
      setComponents(
        call,
        format,
        format.components.map((row) => (row.id === component.id ? changed : row)),
      )
      return ok(changed)
    },
    { schema: ComponentInput.partial() },
  ),
  operation('files', 'DELETE', `${one}components/{component_id}/`, 'can_delete_formats', (call) => {
    requireAsset(call, 'write')
    const { format, component } = componentOf(call)
    return ok({
      objects: setComponents(
        call,
        format,
        format.components.filter((row) => row.id !== component.id),
      ).components,
    })
  }),
  operation('files', 'GET', `${one}file_sets/`, 'can_read_files', (call) => listSets(call)),
  operation('files', 'GET', `${one}storages/{storage_id}/file_sets/`, 'can_read_files', (call) =>
    listSets(call),
  ),
  operation('files', 'GET', `${one}file_sets/sources/`, 'can_read_files', listSources),
  operation('files', 'GET', `${one}file_sets/sources/{storage_method}/`, 'can_read_files', listSources),
]

/** Where a format's files could be copied from, of one storage method if the path names it. */
function listSources(call: Call<unknown>) {
  requireAsset(call)
  const method = call.params['storage_method']?.toUpperCase()
  if (method !== undefined && !storageMethods.includes(method))
    throw badRequest({ storage_method: `Must be one of ${storageMethods.join(', ')}` })
  const sets = call.core.tables.fileSets.list({
    where: { format_id: requireFormat(call).id, status: 'ACTIVE' },
  })
  const objects = sets
    .map((set) => ({ set, storage: call.core.tables.storages.get(set.storage_id) }))
    .filter(({ storage }) => method === undefined || storage?.method === method)
    .map(({ set, storage }) => ({
      file_set_id: set.id,
      storage_id: set.storage_id,
      storage_method: storage?.method,
      storage_name: storage?.name,
      storage_status: storage?.status,
    }))
  return ok({ objects })
}

function listSets(call: Call<unknown>) {
  requireAsset(call)
  const paging = keysetOf(call)
  const where: Record<string, string> = { format_id: requireFormat(call).id, status: 'ACTIVE' }
  if (call.params['storage_id'])
    where['storage_id'] = call.core.tables.storages.require(call.params['storage_id']).id
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
