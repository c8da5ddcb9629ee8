import { z } from 'zod'
import { type AssetId, JobId } from '@contract/ids.ts'
import type { FieldValues } from '../../core/clip.ts'
import { AppError } from '../../core/errors.ts'
import type { Lane } from '../../core/pacing/request-budget.ts'
import type { FieldDocument, MetadataApi, ViewDocument } from '../../ports/iconik-api.ts'
import { pathOf, type IconikHttp } from './http.ts'
import { pageOf, Field, MetadataValues, View } from './wire.ts'

const FIELDS_PER_PAGE = 500
/** Most objects that one bulk call takes. */
const BULK = 500

const toFieldDocument = (field: Field): FieldDocument => ({
  name: field.name,
  label: field.label,
  fieldType: field.field_type,
  description: field.description,
  options: field.options.map(({ label, value }) => ({ label: label || value, value })),
  required: field.required,
  readOnly: field.read_only,
  hideIfNotSet: field.hide_if_not_set,
  multi: field.multi,
  minValue: field.min_value,
  maxValue: field.max_value,
  useAsFacet: field.use_as_facet,
  sortable: field.sortable,
})

const toViewDocument = (view: View): ViewDocument => ({
  id: view.id,
  name: view.name,
  description: view.description,
  fields: view.view_fields.map(toFieldDocument),
})

/** The answer of a bulk call; iconik declares no body, some servers name the job. */
const Accepted = z.looseObject({ job_id: JobId.nullish() })

const toWireChanges = (
  changes: Record<string, { mode: 'overwrite' | 'append' | 'delete'; values: string[] }>,
) =>
  Object.fromEntries(
    Object.entries(changes).map(([name, { mode, values }]) => [
      name,
      { field_values: values.map((value) => ({ value })), mode },
    ]),
  )

const eachBody = (some: readonly { assetId: AssetId; values: FieldValues }[]) => ({
  object_ids: some.map(({ assetId }) => assetId),
  metadata_values_object_id_mapping: some.map(({ assetId, values }) => ({
    id: assetId,
    metadata_values: toWireValues(values),
  })),
})

const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

const toWireValues = (values: FieldValues) =>
  Object.fromEntries(
    Object.entries(values).map(([name, list]) => [name, { field_values: list.map((value) => ({ value })) }]),
  )

export function createMetadataApi(http: IconikHttp, lane: Lane): MetadataApi {
  return {
    async listFields(signal) {
      const all = new Map<string, FieldDocument>()
      for (let last: string | undefined; ;) {
        const query = { per_page: FIELDS_PER_PAGE, last_field_name: last }
        const { objects } = await http.json(
          { method: 'GET', path: '/API/metadata/v1/fields/', query, lane, signal },
          pageOf(Field),
        )
        const known = all.size
        for (const field of objects) all.set(field.name, toFieldDocument(field))
        if (objects.length < FIELDS_PER_PAGE || all.size === known) return [...all.values()]
        last = objects.at(-1)?.name
      }
    },
    async listViews(signal) {
      const call = { method: 'GET', path: '/API/metadata/v1/views/', lane, signal } as const
      return (await http.json(call, pageOf(View))).objects.map(toViewDocument)
    },
    async getView(id, signal) {
      const path = pathOf`/API/metadata/v1/views/${id}/`
      return toViewDocument(
        await http.json({ method: 'GET', path, query: { merge_fields: true }, lane, signal }, View),
      )
    },
    async getValues(objectType, objectId, viewId, signal) {
      const path = pathOf`/API/metadata/v1/${objectType}/${objectId}/views/${viewId}/`
      try {
        const answer = await http.json({ method: 'GET', path, lane, signal }, MetadataValues)
        const values: FieldValues = {}
        for (const [name, field] of Object.entries(answer.metadata_values ?? {}))
          values[name] = (field?.field_values ?? [])
            .filter(({ value }) => value !== null && value !== undefined)
            .map(({ value }) => asText(value))
        return { values, dateModified: answer.date_modified }
      } catch (error) {
        // iconik answers 404 as long as nothing is stored for the view.
        if (error instanceof AppError && error.code === 'api.not-found')
          return { values: {}, dateModified: null }
        throw error
      }
    },
    putValues(objectType, objectId, viewId, changes, signal) {
      const path = pathOf`/API/metadata/v1/${objectType}/${objectId}/views/${viewId}/`
      return http.send({
        method: 'PUT',
        path,
        body: { metadata_values: toWireChanges(changes) },
        lane,
        signal,
      })
    },
    async changeMany(viewId, assetIds, changes, signal) {
      const path = pathOf`/API/metadata/v1/assets/views/${viewId}/`
      const body = { object_ids: assetIds, metadata_values: toWireChanges(changes) }
      const answer = await http.jsonOrNothing({ method: 'PUT', path, body, lane, signal }, Accepted)
      return answer?.job_id ?? null
    },
    async changeEach(viewId, values, signal) {
      const path = pathOf`/API/metadata/v1/assets/views/${viewId}/`
      const body = eachBody(values)
      const answer = await http.jsonOrNothing({ method: 'POST', path, body, lane, signal }, Accepted)
      return answer?.job_id ?? null
    },
    async putSameValues(viewId, assetIds, values, signal) {
      const path = pathOf`/API/metadata/v1/assets/views/${viewId}/`
      for (let at = 0; at < assetIds.length; at += BULK) {
        const body = { object_ids: assetIds.slice(at, at + BULK), metadata_values: toWireValues(values) }
        await http.send({ method: 'PUT', path, body, lane, signal })
      }
    },
    async putValuesEach(viewId, values, signal) {
      const path = pathOf`/API/metadata/v1/assets/views/${viewId}/`
      for (let at = 0; at < values.length; at += BULK) {
        const body = eachBody(values.slice(at, at + BULK))
        await http.send({ method: 'POST', path, body, lane, signal })
      }
    },
  }
}
