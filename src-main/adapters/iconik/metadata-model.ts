import { z } from 'zod'
import { ViewId } from '@contract/ids.ts'
import { AppError } from '../../core/errors.ts'
import type { Lane } from '../../core/pacing/request-budget.ts'
import type { FieldDocument } from '../../ports/iconik-api.ts'
import type { MetadataModelApi, RawView } from '../../ports/metadata-model-api.ts'
import { pathOf, type IconikHttp } from './http.ts'
import { pageOf } from './wire.ts'

const Entry = z.looseObject({ name: z.string() })
const View = z.looseObject({
  id: ViewId,
  name: z.string().nullish(),
  description: z.string().nullish(),
  view_fields: z.array(Entry).nullish(),
})
const Category = z.looseObject({
  name: z.string(),
  label: z.string().nullish(),
  view_ids: z.array(ViewId).nullish(),
  views: z.array(z.looseObject({ id: ViewId })).nullish(),
})

const toRawView = (view: z.infer<typeof View>): RawView => ({
  id: view.id,
  name: view.name ?? '',
  description: view.description ?? null,
  entries: view.view_fields ?? [],
})

const fieldBody = (field: FieldDocument) => ({
  label: field.label ?? field.name,
  field_type: field.fieldType,
  description: field.description ?? '',
  // Only drop-downs have options; elsewhere an empty list would be refused.
  ...(field.fieldType === 'drop_down' ? { options: field.options } : {}),
  required: field.required,
  read_only: field.readOnly,
  hide_if_not_set: field.hideIfNotSet,
  multi: field.multi,
  sortable: field.sortable,
  use_as_facet: field.useAsFacet,
  // A bound is a number or absent; null is not described.
  ...(field.minValue === null ? {} : { min_value: field.minValue }),
  ...(field.maxValue === null ? {} : { max_value: field.maxValue }),
})

const Bounds = z.looseObject({ min_value: z.number().nullish(), max_value: z.number().nullish() })

/** Nothing but null says that a bound is to go; it is sent only where there is one. */
const boundsToGo = (before: z.infer<typeof Bounds>, { minValue, maxValue }: FieldDocument) => ({
  ...(minValue === null && typeof before.min_value === 'number' ? { min_value: null } : {}),
  ...(maxValue === null && typeof before.max_value === 'number' ? { max_value: null } : {}),
})

const viewBody = ({ name, description, entries }: Omit<RawView, 'id'>) => ({
  name,
  description: description ?? '',
  view_fields: entries,
})

const FIELDS = '/API/metadata/v1/fields/'
const VIEWS = '/API/metadata/v1/views/'
const fieldPath = (name: string) => pathOf`/API/metadata/v1/fields/${name}/`
const viewPath = (id: ViewId) => pathOf`/API/metadata/v1/views/${id}/`
const categoriesPath = (objectType: string) => pathOf`/API/metadata/v1/${objectType}/categories/`
const categoryPath = (objectType: string, name: string) =>
  pathOf`/API/metadata/v1/${objectType}/categories/${name}/`

export function createMetadataModelApi(http: IconikHttp, lane: Lane): MetadataModelApi {
  const rawViews = async (signal?: AbortSignal): Promise<RawView[]> => {
    const call = { method: 'GET', path: VIEWS, lane, signal } as const
    return (await http.json(call, pageOf(View))).objects.map(toRawView)
  }
  return {
    createField: (field, signal) =>
      http.send({
        method: 'POST',
        path: FIELDS,
        body: { name: field.name, ...fieldBody(field) },
        lane,
        signal,
      }),
    async updateField(field, signal) {
      const path = fieldPath(field.name)
      const before = await http.json({ method: 'GET', path, lane, signal }, Bounds)
      const body = { ...fieldBody(field), ...boundsToGo(before, field) }
      await http.send({ method: 'PATCH', path, body, lane, signal })
    },
    deleteField: (name, signal) => http.send({ method: 'DELETE', path: fieldPath(name), lane, signal }),
    rawViews,
    async rawView(id, signal) {
      // Alone, a view comes merged with its fields; in the list it is as it was written.
      const view = (await rawViews(signal)).find((each) => each.id === id)
      if (!view) throw new AppError('api.not-found', 'The view is not there any more.')
      return view
    },
    async createView(view, signal) {
      return (await http.json({ method: 'POST', path: VIEWS, body: viewBody(view), lane, signal }, View)).id
    },
    updateView: (view, signal) =>
      http.send({ method: 'PATCH', path: viewPath(view.id), body: viewBody(view), lane, signal }),
    deleteView: (id, signal) => http.send({ method: 'DELETE', path: viewPath(id), lane, signal }),
    async categories(objectType, signal) {
      const call = { method: 'GET', path: categoriesPath(objectType), lane, signal } as const
      return (await http.json(call, pageOf(Category))).objects.map(
        ({ name, label, view_ids: ids, views }) => ({
          name,
          label: label || name,
          viewIds: ids ?? (views ?? []).map(({ id }) => id),
        }),
      )
    },
    createCategory: (objectType, { name, label, viewIds }, signal) =>
      http.send({
        method: 'POST',
        path: categoriesPath(objectType),
        body: { name, label, view_ids: viewIds },
        lane,
        signal,
      }),
    updateCategory: (objectType, { name, label, viewIds }, signal) =>
      http.send({
        method: 'PUT',
        path: categoryPath(objectType, name),
        body: { name, label, view_ids: viewIds },
        lane,
        signal,
      }),
    deleteCategory: (objectType, name, signal) =>
      http.send({ method: 'DELETE', path: categoryPath(objectType, name), lane, signal }),
  }
}
