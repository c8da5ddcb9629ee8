import { z } from 'zod'
import { ApiError, badRequest, notFound } from '../errors.ts'
import { dateNow } from '../ids.ts'
import { accepted, flag, ok, operation, type Actor, type Call } from '../http/operation.ts'
import { checkField, type StoredItem } from '../metadata/check-value.ts'
import type { MetadataField, MetadataValues, View, ViewField } from '../store/tables.ts'
import { contentOf } from './bulk-content.ts'
import { addHistory } from './history.ts'

const Item = z.looseObject({ value: z.unknown() })
const FieldValue = z.object({
  field_values: z.array(Item).nullish(),
  mode: z.enum(['overwrite', 'append', 'delete']).default('overwrite'),
})
const ValuesInput = z.object({ metadata_values: z.record(z.string(), FieldValue.nullable()) })
type Values = z.infer<typeof ValuesInput>['metadata_values']

export type ObjectType = 'assets' | 'collections' | 'segments'

/** The kind and id that a path of values means, and which of its objects it hangs on. */
function target(call: Call<unknown>): { type: ObjectType; id: string } {
  const { object_type: type = 'assets', object_id: id, asset_id: assetId } = call.params
  if (!['assets', 'collections', 'segments'].includes(type))
    throw badRequest({ object_type: `There is no metadata of ${type}` })
  if (assetId !== undefined) checkOwner(call, assetId, type, id)
  return { type: type as ObjectType, id: id ?? assetId ?? '' }
}

/** Under an asset's path the version and the segment must be that asset's. */
function checkOwner(call: Call<unknown>, assetId: string, type: string, id: string | undefined): void {
  const { tables } = call.core
  const asset = tables.assets.require(assetId)
  if (type === 'segments' && id !== undefined && tables.segments.require(id)['asset_id'] !== assetId)
    throw notFound('Segment', id)
  const { version_id: versionId } = call.params
  if (versionId !== undefined && !asset.versions.some((version) => version.id === versionId))
    throw notFound('Version', versionId)
}

/** The object must exist and the caller must have the right to it. Segments follow their asset. */
function demand(call: Call<unknown>, permission: 'read' | 'write', type: ObjectType, id: string): void {
  const { tables, access } = call.core
  if (type === 'segments') {
    const segment = tables.segments.require(id)
    return access.demand(call.account, permission, 'assets', String(segment['asset_id']))
  }
  const table = type === 'assets' ? tables.assets : tables.collections
  access.demand(call.account, permission, type, table.require(id).id)
}

function viewOf(call: Call<unknown>, permission: 'read' | 'write' = 'read'): View {
  const view = call.core.tables.views.require(call.params['view_id'] ?? '')
  demandView(call, permission, view)
  return view
}

/** A view without access rights is open to all who have the role; with rights, to whom they name. */
export function demandView(call: Call<unknown>, permission: 'read' | 'write' | 'delete', view: View): void {
  const { access } = call.core
  const restricted = access
    .entries('metadata_views', view.id)
    .some((entry) => entry.principal !== `u:${String(view['_created_by'])}`)
  if (restricted) access.demand(call.account, permission, 'metadata_views', view.id)
}

export const isSeparator = (name: string) => /^__.*__$/.test(name)

const fieldOf = (call: Actor, entry: ViewField): MetadataField | undefined => {
  const field = call.core.tables.fields.first({ where: { name: entry.name } })
  return (
    field && {
      ...field,
      required: entry.required ?? field.required,
      read_only: entry.read_only ?? field.read_only,
      options: entry.options ?? field.options,
      label: entry.label ?? field.label,
    }
  )
}

function emptyValues(type: ObjectType, id: string): MetadataValues {
  const now = dateNow()
  return {
    id: `${type}/${id}`,
    object_type: type,
    object_id: id,
    values: {},
    date_created: now,
    date_modified: now,
  }
}

/** Applies sent values to stored ones by their mode. */
export function applyValues(
  stored: MetadataValues['values'],
  sent: Values,
  clears: boolean,
): MetadataValues['values'] {
  const next = { ...stored }
  for (const [name, field] of Object.entries(sent)) {
    const items = (field?.field_values ?? []) as StoredItem[]
    const before = next[name]?.field_values ?? []
    const mode = field?.mode ?? 'overwrite'
    const same = (left: StoredItem, right: StoredItem) =>
      JSON.stringify(left.value) === JSON.stringify(right.value)
    const after =
      mode === 'append'
        ? [...before, ...items.filter((item) => !before.some((known) => same(known, item)))]
        : mode === 'delete'
          ? before.filter((known) => items.length > 0 && !items.some((item) => same(known, item)))
          : items
    if (after.length === 0 && clears) delete next[name]
    else next[name] = { field_values: after, date_created: next[name]?.['date_created'] ?? dateNow() }
  }
  return next
}

/** Writes values of one object. Without a view nothing is checked, as iconik's administrators may. */
export function writeValues(
  call: Actor,
  type: ObjectType,
  id: string,
  view: View | undefined,
  sent: Values,
): MetadataValues {
  const { core } = call
  const key = `${type}/${id}`
  const stored = core.tables.values.get(key)
  const next = applyValues(stored?.values ?? {}, sent, core.assumptions.emptyListClearsField)
  if (view && core.assumptions.validateMetadata) validate(call, view, sent, stored?.values ?? {}, next)
  const saved = stored
    ? core.tables.values.update(key, { values: next })
    : core.tables.values.insert({ ...emptyValues(type, id), values: next })
  if (type === 'assets' && core.tables.assets.has(id)) {
    core.tables.assets.update(id, { updated_by_user: call.account.user.id })
    addHistory(call, id, {
      operation_type: 'METADATA',
      operation_description: view ? `Changed metadata of view ${view.name}` : 'Changed metadata',
    })
  } else if (type === 'collections' && core.tables.collections.has(id)) core.tables.collections.update(id, {})
  core.search.touch(type, id)
  return saved
}

function validate(
  call: Actor,
  view: View,
  sent: Values,
  before: MetadataValues['values'],
  after: MetadataValues['values'],
): void {
  const errors: Record<string, string> = {}
  const fields = new Map(view.view_fields.map((entry) => [entry.name, fieldOf(call, entry)]))
  for (const name of Object.keys(sent)) {
    const field = fields.get(name)
    if (!field) errors[name] = `The field does not belong to the view ${view.name}`
    else {
      const problem = checkField(field, after[name]?.field_values ?? [], before[name]?.field_values ?? [])
      if (problem) errors[name] = problem
    }
  }
  for (const [name, field] of fields)
    if (
      field?.required &&
      field.field_type !== 'boolean' &&
      (after[name]?.field_values.length ?? 0) === 0 &&
      name in sent
    )
      errors[name] ??= 'The field is required'
  if (Object.keys(errors).length > 0) throw new ApiError(400, errors)
}

function shown(call: Call<unknown>, stored: MetadataValues, view: View | undefined) {
  const asText = flag(call.query, 'reencode_values_to_string', false)
  const names = view ? view.view_fields.map((entry) => entry.name) : Object.keys(stored.values)
  const values = Object.fromEntries(
    names.flatMap((name) => {
      const field = stored.values[name]
      if (!field) return []
      const items = asText
        ? field.field_values.map((item) => ({ ...item, value: String(item.value) }))
        : field.field_values
      return [[name, { ...field, field_values: items }]]
    }),
  )
  const asset = stored.object_type === 'assets' ? call.core.tables.assets.get(stored.object_id) : undefined
  return {
    object_id: stored.object_id,
    object_type: stored.object_type,
    version_id: call.params['version_id'] ?? asset?.versions[0]?.id,
    metadata_values: values,
    date_created: stored['date_created'],
    date_modified: stored['date_modified'],
  }
}

function read(call: Call<unknown>, view: View | undefined) {
  const { type, id } = target(call)
  if (view) demand(call, 'read', type, id)
  const stored = call.core.tables.values.get(`${type}/${id}`)
  const holds = stored && (!view || view.view_fields.some((entry) => stored.values[entry.name]))
  if (!stored || !holds) {
    if (call.core.assumptions.metadataMissingIs404) throw notFound('Metadata of', `${type} ${id}`)
    return ok(shown(call, emptyValues(type, id), view))
  }
  return ok(shown(call, stored, view))
}

function write(call: Call<z.infer<typeof ValuesInput>>, view: View | undefined) {
  const { type, id } = target(call)
  if (view) demand(call, 'write', type, id)
  return ok(shown(call, writeValues(call, type, id, view, call.body.metadata_values), view))
}

const SameForAll = z.object({
  object_ids: z.array(z.string()).min(1).max(1000),
  metadata_values: ValuesInput.shape.metadata_values,
})
const EachItsOwn = z.object({
  object_ids: z.array(z.string()).optional(),
  metadata_values_object_id_mapping: z
    .array(z.object({ id: z.string(), metadata_values: ValuesInput.shape.metadata_values }))
    .min(1)
    .max(1000),
})
const OfContent = z.object({
  object_ids: z.array(z.string()).min(1).max(500),
  include_assets: z.boolean(),
  include_collections: z.boolean(),
  metadata_values: ValuesInput.shape.metadata_values,
})

/** Starts a job for a bulk change. What cannot be valid is refused at once, so that a person learns of it. */
function bulk(call: Call<unknown>, changes: { id: string; metadata_values: Values }[]) {
  const { type } = target({ ...call, params: { ...call.params, object_id: '-' } })
  const view = viewOf(call, 'write')
  for (const { id } of changes) demand(call, 'write', type, id)
  const first = changes[0]
  if (first && call.core.assumptions.validateMetadata)
    validate(call, view, first.metadata_values, {}, applyValues({}, first.metadata_values, true))
  const job = call.core.jobs.create({
    title: `Metadata of ${changes.length} ${type}`,
    type: 'METADATA',
    created_by: call.account.user.id,
    task: { kind: 'bulk-metadata', objectType: type, viewId: view.id, changes, userId: call.account.user.id },
  })
  return accepted({ job_id: job.id })
}

function bulkOfContent(call: Call<z.infer<typeof OfContent>>) {
  const { body } = call
  const kind = call.params['object_type']
  viewOf(call, 'write')
  const inside = body.object_ids.map((id) => contentOf(call, kind ?? '', id))
  const jobs = (['assets', 'collections'] as const).flatMap((type) => {
    const included = type === 'assets' ? body.include_assets : body.include_collections
    const ids = new Set(included ? inside.flatMap((content) => content[type]) : [])
    if (ids.size === 0) return []
    const changes = [...ids].map((id) => ({ id, metadata_values: body.metadata_values }))
    return [bulk({ ...call, params: { ...call.params, object_type: type } }, changes)]
  })
  return jobs[0] ?? accepted()
}

const readRole = 'can_read_metadata_values'
const writeRole = 'can_write_metadata_values'

export const metadataValueOperations = [
  operation('metadata', 'GET', '/v1/{object_type}/{object_id}/views/{view_id}/', readRole, (call) =>
    read(call, viewOf(call)),
  ),
  operation(
    'metadata',
    'PUT',
    '/v1/{object_type}/{object_id}/views/{view_id}/',
    writeRole,
    (call) => write(call, viewOf(call, 'write')),
    { schema: ValuesInput },
  ),
  operation(
    'metadata',
    'GET',
    '/v1/assets/{asset_id}/{object_type}/{object_id}/views/{view_id}/',
    readRole,
    (call) => read(call, viewOf(call)),
  ),
  operation(
    'metadata',
    'PUT',
    '/v1/assets/{asset_id}/{object_type}/{object_id}/views/{view_id}/',
    writeRole,
    (call) => write(call, viewOf(call, 'write')),
    { schema: ValuesInput },
  ),
  operation(
    'metadata',
    'GET',
    '/v1/assets/{asset_id}/versions/{version_id}/views/{view_id}/',
    readRole,
    (call) => read(call, viewOf(call)),
  ),
  operation(
    'metadata',
    'GET',
    '/v1/assets/{asset_id}/{object_type}/{object_id}/versions/{version_id}/views/{view_id}/',
    readRole,
    (call) => read(call, viewOf(call)),
  ),
  operation('metadata', 'GET', '/v1/{object_type}/{object_id}/', null, (call) => read(call, undefined), {
    access: 'admin',
  }),
  operation('metadata', 'PUT', '/v1/{object_type}/{object_id}/', null, (call) => write(call, undefined), {
    access: 'admin',
    schema: ValuesInput,
  }),
  operation(
    'metadata',
    'PUT',
    '/v1/{object_type}/views/{view_id}/',
    writeRole,
    (call) =>
      bulk(
        call,
        call.body.object_ids.map((id) => ({ id, metadata_values: call.body.metadata_values })),
      ),
    { schema: SameForAll },
  ),
  operation(
    'metadata',
    'POST',
    '/v1/{object_type}/views/{view_id}/',
    writeRole,
    (call) => bulk(call, call.body.metadata_values_object_id_mapping),
    { schema: EachItsOwn },
  ),
  operation('metadata', 'PUT', '/v1/{object_type}/content/views/{view_id}/', writeRole, bulkOfContent, {
    schema: OfContent,
  }),
]
