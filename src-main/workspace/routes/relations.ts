import { z } from 'zod'
import type { Core } from '../core.ts'
import { badRequest, conflict, notFound } from '../errors.ts'
import { created, noContent, ok, operation, present, update, type Call } from '../http/operation.ts'
import { pageEnvelope, pageOf } from '../http/paging.ts'
import type { Stored } from '../store/documents.ts'
import { requireAsset } from './assets.ts'
import { uuidText } from './schemas.ts'
import { searchDocument } from './views/asset-view.ts'

const TypeInput = z.object({
  name: z.string().min(1),
  source_label: z.string().min(1),
  destination_label: z.string().min(1),
  is_directional: z.boolean().optional(),
  description: z.string().nullish(),
})
const RelationInput = z.object({
  relation_type: z.string().min(1),
  related_to_asset_id: uuidText,
  description: z.string().nullish(),
})
const Described = z.object({ description: z.string().nullish() })

/** Types that every workspace knows. */
const systemRelationTypes = [
  { name: 'derived', source_label: 'Derived from', destination_label: 'Source of', is_directional: true },
  { name: 'related', source_label: 'Related to', destination_label: 'Related to', is_directional: false },
]

export function createSystemRelationTypes(core: Core): void {
  for (const type of systemRelationTypes)
    if (!core.tables.relationTypes.first({ where: { name: type.name } }))
      core.tables.relationTypes.insert({ description: null, ...type, is_system: true })
}

const typeView = (row: Stored) => {
  const { id: _id, ...shown } = present(row)
  return shown
}

function typeOf(call: Call<unknown>, name = call.params['relation_type'] ?? ''): Stored {
  const row = call.core.tables.relationTypes.first({ where: { name } })
  if (!row) throw notFound('Relation type', name)
  return row
}

/** Relates two assets, once per type; a second time the first is given back. */
function relate(call: Call<unknown>, assetId: string, values: z.infer<typeof RelationInput>) {
  const { tables } = call.core
  if (!tables.relationTypes.first({ where: { name: values.relation_type } }))
    throw badRequest({ relation_type: `There is no relation type ${values.relation_type}` })
  if (!tables.assets.has(values.related_to_asset_id))
    throw badRequest({ related_to_asset_id: 'The asset does not exist' })
  call.core.access.demand(call.account, 'read', 'assets', values.related_to_asset_id)
  if (values.related_to_asset_id === assetId)
    throw badRequest({ related_to_asset_id: 'An asset cannot be related to itself' })
  const known = tables.relations.first({
    where: {
      asset_id: assetId,
      related_to_asset_id: values.related_to_asset_id,
      relation_type: values.relation_type,
    },
  })
  if (known) return ok(present(known))
  const made = tables.relations.insert({ description: null, ...values, asset_id: assetId })
  call.core.search.touch('assets', assetId)
  return created(present(made))
}

/** A relation within the asset that it leads to: the asset itself says who it is. */
const relationView = (row: Stored) => {
  const { id: _id, asset_id: _asset, ...shown } = present(row)
  return shown
}

/** Assets that are related to this one, from either side where the type has no direction. */
function related(call: Call<unknown>, type?: string) {
  const asset = requireAsset(call)
  if (type !== undefined) typeOf(call, type)
  const page = pageOf(call)
  const { tables, access } = call.core
  const where = type === undefined ? {} : { relation_type: type }
  const undirected = new Set(
    tables.relationTypes
      .list()
      .filter((row) => row['is_directional'] === false)
      .map((row) => row['name']),
  )
  const outward = tables.relations
    .list({ where: { ...where, asset_id: asset.id } })
    .map((row) => ({ row, other: String(row['related_to_asset_id']) }))
  const inward = tables.relations
    .list({ where: { ...where, related_to_asset_id: asset.id } })
    .filter((row) => undirected.has(row['relation_type']))
    .map((row) => ({ row, other: String(row['asset_id']) }))
  const all = [...outward, ...inward].flatMap(({ row, other }) => {
    const found = tables.assets.get(other)
    return found && access.may(call.account, 'read', 'assets', other)
      ? [{ ...searchDocument(call, found, { keyframes: true }), relations: [relationView(row)] }]
      : []
  })
  return ok(pageEnvelope(call, page, all.length, all.slice(page.offset, page.offset + page.perPage)))
}

function unrelate(call: Call<unknown>) {
  const asset = requireAsset(call, 'write')
  const { relation_type = '', related_to_asset_id = '' } = call.params
  if (
    call.core.tables.relations.removeWhere({ asset_id: asset.id, relation_type, related_to_asset_id })
      .length === 0
  )
    throw notFound('Relation to', related_to_asset_id)
  call.core.search.touch('assets', asset.id)
  return noContent()
}

const types = '/v1/assets/relation_types/'
const base = '/v1/assets/{asset_id}/relations/'
const pair = `${base}{relation_type}/{related_to_asset_id}/`
const read = 'can_read_asset_relations'
const create = 'can_create_asset_relations'

export const relationOperations = [
  operation('assets', 'GET', types, read, (call) =>
    ok({ objects: call.core.tables.relationTypes.list().map(typeView) }),
  ),
  operation(
    'assets',
    'POST',
    types,
    'can_write_asset_relation_types',
    (call) => {
      if (call.core.tables.relationTypes.first({ where: { name: call.body.name } }))
        throw conflict(`A relation type ${call.body.name} exists already`)
      return created(
        typeView(
          call.core.tables.relationTypes.insert({
            is_directional: true,
            description: null,
            ...call.body,
            is_system: false,
          }),
        ),
      )
    },
    { schema: TypeInput },
  ),
  operation('assets', 'GET', `${types}{relation_type}/`, read, (call) => ok(typeView(typeOf(call)))),
  ...update(
    'assets',
    `${types}{relation_type}/`,
    'can_write_asset_relation_types',
    (call) => {
      const { name: _name, ...values } = call.body
      return ok(typeView(call.core.tables.relationTypes.update(typeOf(call).id, values)))
    },
    { schema: TypeInput.partial() },
  ),
  operation('assets', 'DELETE', `${types}{relation_type}/`, 'can_delete_asset_relation_types', (call) => {
    const row = typeOf(call)
    if (row['is_system']) throw badRequest(`The relation type ${String(row['name'])} belongs to the system`)
    call.core.tables.relationTypes.remove(row.id)
    return noContent()
  }),
  operation('assets', 'GET', base, read, (call) => related(call)),
  operation(
    'assets',
    'POST',
    base,
    create,
    (call) => relate(call, requireAsset(call, 'write').id, call.body),
    { schema: RelationInput },
  ),
  operation('assets', 'GET', `${base}{relation_type}/`, read, (call) =>
    related(call, call.params['relation_type']),
  ),
  operation(
    'assets',
    'POST',
    pair,
    create,
    (call) => {
      const relation_type = String(typeOf(call)['name'])
      const { id: related_to_asset_id } = call.core.tables.assets.require(
        call.params['related_to_asset_id'] ?? '',
      )
      return relate(call, requireAsset(call, 'write').id, {
        relation_type,
        related_to_asset_id,
        description: call.body.description,
      })
    },
    { schema: Described },
  ),
  operation('assets', 'POST', `${pair}reverse/`, create, (call) => {
    const asset = requireAsset(call, 'write')
    const { relation_type = '', related_to_asset_id: other = '' } = call.params
    const [row] = call.core.tables.relations.removeWhere({
      asset_id: asset.id,
      relation_type,
      related_to_asset_id: other,
    })
    if (!row) throw notFound('Relation to', other)
    relate(call, requireAsset(call, 'write', other).id, {
      relation_type,
      related_to_asset_id: asset.id,
      description: row['description'] as string | null,
    })
    call.core.search.touch('assets', asset.id)
    const made = call.core.tables.relations.first({
      where: { asset_id: other, relation_type, related_to_asset_id: asset.id },
    })
    return ok(made ? present(made) : {})
  }),
  operation('assets', 'DELETE', pair, 'can_delete_asset_relations', unrelate),
]
