import { z } from 'zod'
import { permissions } from '../access.ts'
import { badRequest, conflict, notFound } from '../errors.ts'
import { created, flag, noContent, ok, operation, present, update, type Call } from '../http/operation.ts'
import { link, perPageOf } from '../http/paging.ts'
import { fieldTypes } from '../metadata/check-value.ts'
import type { Category, MetadataField, View } from '../store/tables.ts'
import { demandView, isSeparator } from './metadata-values.ts'
import { uuidText } from './schemas.ts'

const Options = z.array(z.object({ label: z.string(), value: z.string() })).nullish()
const FieldInput = z.object({
  name: z.string().regex(/^[A-Za-z0-9_.-]{1,128}$/, 'Letters, digits, _, - and . only'),
  label: z.string().min(1),
  field_type: z.enum(fieldTypes),
  description: z.string().nullish(),
  external_id: z.string().nullish(),
  source_url: z.url().nullish(),
  options: Options,
  required: z.boolean().nullish(),
  read_only: z.boolean().nullish(),
  hide_if_not_set: z.boolean().nullish(),
  auto_set: z.boolean().nullish(),
  multi: z.boolean().optional(),
  representative: z.boolean().optional(),
  sortable: z.boolean().optional(),
  use_as_facet: z.boolean().optional(),
  is_block_field: z.boolean().optional(),
  is_warning_field: z.boolean().optional(),
  min_value: z.number().nullish(),
  max_value: z.number().nullish(),
})

const fieldDefaults = {
  description: null,
  external_id: null,
  source_url: null,
  options: null,
  required: false,
  read_only: false,
  hide_if_not_set: false,
  auto_set: false,
  multi: false,
  representative: false,
  sortable: false,
  use_as_facet: false,
  is_block_field: false,
  is_warning_field: false,
  min_value: null,
  max_value: null,
}

/** A field with every key that iconik shows; its key is the name, not an id. */
export const fieldView = (field: MetadataField): Record<string, unknown> => {
  const { id: _id, ...shown } = present(field)
  return { ...shown, mapped_field_name: `metadata.${field.name}` }
}

export const newField = (
  values: Partial<MetadataField> & { name: string; label: string; field_type: string },
): Omit<MetadataField, 'id'> => ({ ...fieldDefaults, ...values }) as Omit<MetadataField, 'id'>

function checkOptions(values: { options?: unknown; source_url?: unknown }): void {
  if (values.options && values.source_url)
    throw badRequest({ source_url: 'Either options or source_url, not both' })
}

function fieldOf(call: Call<unknown>): MetadataField {
  const name = call.params['field_name'] ?? ''
  const field = call.core.tables.fields.first({ where: { name } })
  if (!field) throw notFound('Metadata field', name)
  return field
}

function createField(call: Call<z.infer<typeof FieldInput>>) {
  checkOptions(call.body)
  if (call.core.tables.fields.first({ where: { name: call.body.name } }))
    throw conflict(`A field named ${call.body.name} exists already`)
  return created(
    fieldView(
      call.core.tables.fields.insert(
        newField(call.body as Partial<MetadataField> & { name: string; label: string; field_type: string }),
      ),
    ),
  )
}

function listFields(call: Call<unknown>) {
  const { query, core } = call
  const perPage = perPageOf(call, 500)
  const last = query.get('last_field_name')
  const all = core.tables.fields.list({ order: [{ field: 'name' }] })
  const rest = last === null ? all : all.slice(all.findIndex((field) => field.name === last) + 1)
  const shown = rest.slice(0, perPage)
  const nextName = rest.length > perPage ? shown.at(-1)?.name : undefined
  return ok({
    objects: shown.map(fieldView),
    per_page: perPage,
    total: all.length,
    pages: Math.max(1, Math.ceil(all.length / perPage)),
    first_url: link(call, { last_field_name: undefined, per_page: perPage }),
    next_url: nextName === undefined ? '' : link(call, { last_field_name: nextName, per_page: perPage }),
    prev_url: '',
  })
}

/** Views that show a field. */
const viewsWith = (call: Call<unknown>, name: string) =>
  call.core.tables.views.list().filter((view) => view.view_fields.some((entry) => entry.name === name))

function removeField(call: Call<unknown>) {
  const field = fieldOf(call)
  for (const view of viewsWith(call, field.name))
    call.core.tables.views.update(view.id, {
      view_fields: view.view_fields.filter((entry) => entry.name !== field.name),
    })
  call.core.tables.fields.remove(field.id)
  return noContent()
}

const ViewField = z.object({
  name: z.string().min(1),
  label: z.string().nullish(),
  options: Options,
  read_only: z.boolean().nullish(),
  required: z.boolean().nullish(),
  hide_if_not_set: z.boolean().nullish(),
  auto_set: z.boolean().nullish(),
  source_url: z.string().nullish(),
})
const ViewInput = z.object({
  name: z.string().min(1),
  description: z.string().nullish(),
  view_fields: z.array(ViewField).max(500),
})

/** A view; merged, each of its fields has all attributes of the field, those of the view first. */
function viewView(call: Call<unknown>, view: View, merge: boolean): Record<string, unknown> {
  if (!merge) return present(view)
  const view_fields = view.view_fields.flatMap((entry) => {
    if (isSeparator(entry.name)) return [{ label: '', field_type: 'string', ...entry }]
    const field = call.core.tables.fields.first({ where: { name: entry.name } })
    const own = Object.fromEntries(
      Object.entries(entry).filter(([, value]) => value !== null && value !== undefined),
    )
    return field ? [{ ...fieldView(field), ...own }] : []
  })
  return { ...present(view), view_fields }
}

function checkViewFields(call: Call<unknown>, fields: { name: string }[]): void {
  const unknown = fields.filter(
    ({ name }) => !isSeparator(name) && !call.core.tables.fields.first({ where: { name } }),
  )
  if (unknown.length > 0)
    throw badRequest({
      view_fields: `There are no fields named ${unknown.map(({ name }) => name).join(', ')}`,
    })
  const names = fields.map(({ name }) => name).filter((name) => !isSeparator(name))
  if (new Set(names).size < names.length)
    throw badRequest({ view_fields: 'A field may be in a view only once' })
}

const viewOf = (call: Call<unknown>, permission: 'read' | 'write' | 'delete' = 'read'): View => {
  const view = call.core.tables.views.require(call.params['view_id'] ?? '')
  demandView(call, permission, view)
  return view
}

const readable = (call: Call<unknown>, view: View): boolean => {
  try {
    demandView(call, 'read', view)
    return true
  } catch {
    return false
  }
}

const CategoryInput = z.object({
  name: z.string().regex(/^[\w-]+$/),
  label: z.string().min(1),
  view_ids: z.array(uuidText).optional(),
})

function categoryView(call: Call<unknown>, category: Category): Record<string, unknown> {
  const { id: _id, ...shown } = present(category)
  const views = category.view_ids
    .flatMap((id) => call.core.tables.views.get(id) ?? [])
    .filter((view) => readable(call, view))
  return { ...shown, views: views.map((view) => viewView(call, view, true)) }
}

function categoryOf(call: Call<unknown>): Category {
  const { object_type = '', name = '' } = call.params
  const category = call.core.tables.categories.first({ where: { object_type, name } })
  if (!category) throw notFound('Metadata category', `${object_type}/${name}`)
  return category
}

/** What views can be gathered for. */
const categorised = ['assets', 'collections', 'segments', 'custom_actions', 'search']

/** The kind of objects of the path, or ApiError 400 where it has no categories. */
function kindOf(call: Call<unknown>): string {
  const { object_type: kind = '' } = call.params
  if (!categorised.includes(kind))
    throw badRequest({ object_type: `Must be one of ${categorised.join(', ')}` })
  return kind
}

function createCategory(call: Call<z.infer<typeof CategoryInput>>) {
  const object_type = kindOf(call)
  if (call.core.tables.categories.first({ where: { object_type, name: call.body.name } }))
    throw conflict(`A category ${call.body.name} of ${object_type} exists already`)
  const view_ids = call.body.view_ids ?? []
  for (const id of view_ids) call.core.tables.views.require(id)
  return created(
    categoryView(call, call.core.tables.categories.insert({ ...call.body, view_ids, object_type })),
  )
}

const field = '/v1/fields/{field_name}/'
const view = '/v1/views/{view_id}/'
const category = '/v1/{object_type}/categories/{name}/'

export const metadataModelOperations = [
  operation('metadata', 'GET', '/v1/fields/', 'can_read_metadata_fields', listFields),
  operation('metadata', 'GET', '/v1/user/fields/', 'can_read_metadata_fields', listFields),
  operation('metadata', 'POST', '/v1/fields/', 'can_write_metadata_fields', createField, {
    schema: FieldInput,
  }),
  operation('metadata', 'GET', field, 'can_read_metadata_fields', (call) => ok(fieldView(fieldOf(call)))),
  ...update(
    'metadata',
    field,
    'can_write_metadata_fields',
    (call) => {
      const known = fieldOf(call)
      checkOptions({ ...known, ...call.body })
      const { name: _name, ...values } = call.body
      return ok(fieldView(call.core.tables.fields.update(known.id, values as Partial<MetadataField>)))
    },
    { schema: FieldInput.partial() },
  ),
  operation('metadata', 'DELETE', field, 'can_delete_metadata_fields', removeField),
  operation('metadata', 'GET', '/v1/views/', 'can_read_metadata_views', (call) =>
    ok({
      objects: call.core.tables.views
        .list({ order: [{ field: 'name' }] })
        .filter((row) => readable(call, row))
        .map((row) => viewView(call, row, flag(call.query, 'merge_fields', false))),
    }),
  ),
  operation(
    'metadata',
    'POST',
    '/v1/views/',
    'can_write_metadata_views',
    (call) => {
      checkViewFields(call, call.body.view_fields)
      const made = call.core.tables.views.insert({
        description: null,
        ...call.body,
        _created_by: call.account.user.id,
      } as Omit<View, 'id'>)
      call.core.access.grant('metadata_views', made.id, `u:${call.account.user.id}`, permissions)
      return created(viewView(call, made, true))
    },
    { schema: ViewInput },
  ),
  operation('metadata', 'GET', view, 'can_read_metadata_views', (call) =>
    ok(viewView(call, viewOf(call), flag(call.query, 'merge_fields', true))),
  ),
  ...update(
    'metadata',
    view,
    'can_write_metadata_views',
    (call) => {
      const known = viewOf(call, 'write')
      if (call.body.view_fields) checkViewFields(call, call.body.view_fields)
      return ok(viewView(call, call.core.tables.views.update(known.id, call.body as Partial<View>), true))
    },
    { schema: ViewInput.partial() },
  ),
  operation('metadata', 'DELETE', view, 'can_delete_metadata_views', (call) => {
    const known = viewOf(call, 'delete')
    for (const row of call.core.tables.categories.list())
      if (row.view_ids.includes(known.id))
        call.core.tables.categories.update(row.id, { view_ids: row.view_ids.filter((id) => id !== known.id) })
    call.core.tables.views.remove(known.id)
    call.core.access.removeObject('metadata_views', known.id)
    return noContent()
  }),
  operation('metadata', 'GET', '/v1/{object_type}/categories/', 'can_read_metadata_categories', (call) =>
    ok({
      objects: call.core.tables.categories
        .list({ where: { object_type: kindOf(call) } })
        .map((row) => categoryView(call, row)),
    }),
  ),
  operation(
    'metadata',
    'POST',
    '/v1/{object_type}/categories/',
    'can_write_metadata_categories',
    createCategory,
    { schema: CategoryInput },
  ),
  operation('metadata', 'GET', category, 'can_read_metadata_categories', (call) =>
    ok(categoryView(call, categoryOf(call))),
  ),
  operation('metadata', 'GET', `${category}views/`, 'can_read_metadata_categories', (call) =>
    ok(categoryView(call, categoryOf(call))),
  ),
  operation(
    'metadata',
    'PUT',
    category,
    'can_write_metadata_categories',
    (call) => {
      const known = categoryOf(call)
      for (const id of call.body.view_ids ?? []) call.core.tables.views.require(id)
      const { name: _name, ...values } = call.body
      return ok(categoryView(call, call.core.tables.categories.update(known.id, values as Partial<Category>)))
    },
    { schema: CategoryInput.partial() },
  ),
  operation('metadata', 'DELETE', category, 'can_delete_metadata_categories', (call) => {
    call.core.tables.categories.remove(categoryOf(call).id)
    return noContent()
  }),
]
