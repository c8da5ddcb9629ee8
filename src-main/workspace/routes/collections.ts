import { z } from 'zod'
import { badRequest, conflict, notFound } from '../errors.ts'
import { accepted, created, flag, noContent, ok, operation, update, type Call } from '../http/operation.ts'
import { orderOf, pageEnvelope, pageOf } from '../http/paging.ts'
import type { MemberType } from '../store/contents.ts'
import type { Asset, Collection } from '../store/tables.ts'
import { applyDefaultAcls } from './access-rules.ts'
import { filtersOf } from './filters.ts'
import { uuidText } from './schemas.ts'
import { mergedSettings } from './settings.ts'
import { purgeCollection, restoreCollection, trashCollection } from './trash.ts'
import { collectionView, searchDocument } from './views/asset-view.ts'

const CollectionInput = z.object({
  title: z.string().min(1).max(10_000),
  parent_id: uuidText.nullish(),
  is_root: z.boolean().optional(),
  status: z.enum(['ACTIVE', 'HIDDEN', 'DELETED']).optional(),
  category: z.string().nullish(),
  external_id: z.string().nullish(),
  storage_id: uuidText.nullish(),
  custom_keyframe: uuidText.nullish(),
  custom_poster: uuidText.nullish(),
  keyframe_asset_ids: z.array(uuidText).max(3).optional(),
})
const CollectionUpdate = CollectionInput.partial()
const Member = z.object({ object_id: uuidText, object_type: z.enum(['assets', 'collections']) })

/** The collection of the path, after checking the caller's right to it. */
export function requireCollection(
  call: Call<unknown>,
  permission: 'read' | 'write' | 'delete' = 'read',
): Collection {
  const collection = call.core.tables.collections.require(call.params['collection_id'] ?? '')
  call.core.access.demand(call.account, permission, 'collections', collection.id)
  return collection
}

export function insertCollection(call: Call<unknown>, values: z.infer<typeof CollectionInput>): Collection {
  const { core } = call
  const { parent_id: parentId } = values
  if (parentId && !core.tables.collections.has(parentId))
    throw badRequest({ parent_id: 'The collection does not exist' })
  const collection = core.tables.collections.insert({
    category: null,
    custom_keyframe: null,
    custom_poster: null,
    custom_order_status: 'DISABLED',
    keyframe_asset_ids: [],
    keyframes: [],
    date_deleted: null,
    deleted_by_user: null,
    status: 'ACTIVE',
    ...values,
    external_id: values.external_id ?? null,
    storage_id: values.storage_id ?? null,
    parent_id: parentId ?? null,
    is_root: parentId ? false : (values.is_root ?? true),
    created_by_user: call.account.user.id,
  } as Omit<Collection, 'id'>)
  if (parentId) core.contents.add(parentId, 'collections', collection.id)
  core.access.grant('collections', collection.id, `u:${call.account.user.id}`, [
    'read',
    'write',
    'delete',
    'change-acl',
  ])
  core.search.touch('collections', collection.id)
  return collection
}

function createCollection(call: Call<z.infer<typeof CollectionInput>>) {
  const { parent_id: parentId } = call.body
  if (parentId) call.core.access.demand(call.account, 'write', 'collections', parentId)
  const collection = insertCollection(call, call.body)
  const { query, core } = call
  const restrictedBy = flag(query, 'restrict_collection_acls', false) ? parentId : null
  if (flag(query, 'apply_default_acls', true))
    applyDefaultAcls(call, 'collections', collection.id, restrictedBy)
  const always = mergedSettings(call, call.account.user.id)['collections_get_parent_acls'] === true
  if (parentId && flag(query, 'apply_collection_acls', always))
    core.access.bind('collections', collection.id, parentId)
  return created(collectionView(call, collection))
}

/** Everything below a collection learns of a change of its ancestors. */
function touchBelow(call: Call<unknown>, id: string): void {
  for (const type of ['assets', 'collections'] as const)
    for (const below of call.core.contents.descendants(id, type)) call.core.search.touch(type, below)
}

function changeCollection(call: Call<z.infer<typeof CollectionUpdate>>) {
  const { core } = call
  const collection = requireCollection(call, 'write')
  const { parent_id: parentId } = call.body
  if (parentId !== undefined && parentId !== collection.parent_id) move(call, collection, parentId)
  const changed = core.tables.collections.update(collection.id, {
    ...(call.body as Partial<Collection>),
    ...(parentId !== undefined && { is_root: parentId === null }),
  })
  core.search.touch('collections', collection.id)
  return ok(collectionView(call, changed))
}

/** Puts a collection under another parent; it leaves the old one unless `change_parent_mode` says otherwise. */
function move(call: Call<unknown>, collection: Collection, parentId: string | null): void {
  const { contents, tables } = call.core
  if (parentId !== null) {
    if (!tables.collections.has(parentId)) throw badRequest({ parent_id: 'The collection does not exist' })
    if (parentId === collection.id || contents.ancestors(parentId).includes(collection.id))
      throw badRequest({ parent_id: 'A collection cannot be inside itself' })
    call.core.access.demand(call.account, 'write', 'collections', parentId)
    contents.add(parentId, 'collections', collection.id)
  }
  if ((call.query.get('change_parent_mode') ?? 'move') === 'move' && collection.parent_id) {
    contents.remove(collection.parent_id, collection.id)
    call.core.access.unbind('collections', collection.id, collection.parent_id)
  }
  touchBelow(call, collection.id)
}

const listCollections = (call: Call<unknown>) => {
  const { core } = call
  const page = pageOf(call)
  const where = filtersOf(call.query, [
    'id',
    'title',
    'status',
    'is_root',
    'parent_id',
    'external_id',
    'category',
    'storage_id',
    'created_by_user',
  ])
  if (core.assumptions.listsHideTrashed && where['status'] === undefined)
    where['status'] = ['ACTIVE', 'HIDDEN']
  const condition = core.access.readable(call.account, 'collections')
  const selection = { where, ...(condition && { condition }) }
  const objects = core.tables.collections.list({
    ...selection,
    order: orderOf(call, [{ field: 'title' }]),
    limit: page.perPage,
    offset: page.offset,
  })
  return ok(
    pageEnvelope(
      call,
      page,
      core.tables.collections.count(selection),
      objects.map((doc) => collectionView(call, doc)),
    ),
  )
}

interface Listed {
  type: MemberType
  position: number
  doc: Asset | Collection
}

/** Reads `filter=field,eq,value;…`. */
function parseFilter(text: string | null): { field: string; value: string }[] {
  return (text ?? '')
    .split(';')
    .filter(Boolean)
    .map((part) => {
      const [field = '', operator = '', ...value] = part.split(',')
      if (!/^\w[\w.]*$/.test(field) || operator !== 'eq')
        throw badRequest({ filter: 'Must be field,eq,value, several joined by ;' })
      return { field, value: value.join(',') }
    })
}

function listContents(call: Call<unknown>) {
  const { core, query } = call
  const collection = requireCollection(call)
  const page = pageOf(call)
  const types = query.get('object_types')?.split(',') ?? ['assets', 'collections']
  const ids = query.get('object_ids')?.split(',')
  const filters = parseFilter(query.get('filter'))
  const externalId = query.get('external_id')
  const members = core.contents
    .members(collection.id)
    .filter((member) => types.includes(member.object_type) && (!ids || ids.includes(member.object_id)))
  const [order] = orderOf(call, [])
  const wanted =
    filters.length > 0 || externalId !== null || order !== undefined || !call.account.user.is_admin
  const load = (member: (typeof members)[number]): Listed[] => {
    const doc =
      member.object_type === 'assets'
        ? core.tables.assets.get(member.object_id)
        : core.tables.collections.get(member.object_id)
    if (
      !doc ||
      doc.status === 'DELETED' ||
      !core.access.may(call.account, 'read', member.object_type, doc.id)
    )
      return []
    if (externalId !== null && doc.external_id !== externalId) return []
    if (!filters.every(({ field, value }) => memberValue(call, doc, field) === value)) return []
    return [{ type: member.object_type, position: member.position, doc }]
  }
  // Without filter or order only the page itself is loaded; a trashed member then shortens its page, not the rest.
  const all = wanted ? members.flatMap(load) : undefined
  if (all && order)
    all.sort((left, right) => compareBy(left.doc, right.doc, order.field) * (order.descending ? -1 : 1))
  const shown = all
    ? all.slice(page.offset, page.offset + page.perPage)
    : members.slice(page.offset, page.offset + page.perPage).flatMap(load)
  const objects = shown.map(({ type, doc, position }) => ({
    ...(type === 'assets'
      ? searchDocument(call, doc as Asset, {
          keyframes: true,
          proxies: flag(query, 'generate_signed_proxy_url', false),
        })
      : collectionView(call, doc as Collection)),
    position,
  }))
  return ok(pageEnvelope(call, page, all?.length ?? members.length, objects))
}

/** A value to filter members by; `original_name` and `size` are those of its files. */
function memberValue(call: Call<unknown>, doc: Asset | Collection, field: string): string | undefined {
  if (['original_name', 'size', 'files.original_name', 'files.size', 'checksum'].includes(field)) {
    const name = field.replace('files.', '')
    return call.core.tables.files.list({ where: { asset_id: doc.id } }).map((file) => String(file[name]))[0]
  }
  const value = doc[field]
  return value === undefined || value === null ? undefined : String(value)
}

const compareBy = (left: Record<string, unknown>, right: Record<string, unknown>, field: string): number =>
  String(left[field] ?? '').localeCompare(String(right[field] ?? ''), 'en', {
    numeric: true,
    sensitivity: 'base',
  })

function addMember(call: Call<z.infer<typeof Member>>) {
  const { core, body } = call
  const collection = requireCollection(call, 'write')
  const table = body.object_type === 'assets' ? core.tables.assets : core.tables.collections
  if (!table.has(body.object_id)) throw notFound(table.what, body.object_id)
  core.access.demand(call.account, 'read', body.object_type, body.object_id)
  if (body.object_type === 'collections') {
    if (body.object_id === collection.id || core.contents.ancestors(collection.id).includes(body.object_id))
      throw badRequest({ object_id: 'A collection cannot be inside itself' })
    touchBelow(call, body.object_id)
  }
  core.contents.add(collection.id, body.object_type, body.object_id)
  if (flag(call.query, 'index_immediately', false)) core.search.reindex(body.object_type, body.object_id)
  else core.search.touch(body.object_type, body.object_id)
  return created({ ...body, collection_id: collection.id, date_created: collection.date_modified })
}

function removeMember(call: Call<unknown>) {
  const collection = requireCollection(call, 'write')
  const { object_type: type = '', object_id: id = '' } = call.params
  if (type !== 'assets' && type !== 'collections')
    throw badRequest({ object_type: 'Must be assets or collections' })
  if (!call.core.contents.remove(collection.id, id))
    throw notFound(`Member of collection ${collection.id}:`, id)
  call.core.access.unbind(type, id, collection.id)
  if (type === 'collections') {
    const child = call.core.tables.collections.get(id)
    if (child?.parent_id === collection.id)
      call.core.tables.collections.update(id, { parent_id: null, is_root: true })
    touchBelow(call, id)
  }
  call.core.search.touch(type, id)
  return noContent()
}

const Position = z.object({
  position: z.int().nonnegative().optional(),
  before_object_id: uuidText.nullish(),
  after_object_id: uuidText.nullish(),
})

function placeMember(call: Call<z.infer<typeof Position>>) {
  const collection = requireCollection(call, 'write')
  const { object_type: type = '', object_id: id = '' } = call.params
  const members = call.core.contents.members(collection.id)
  if (!members.some((member) => member.object_id === id && member.object_type === type))
    throw notFound(`Member of collection ${collection.id}:`, id)
  if (collection['custom_order_status'] !== 'ENABLED')
    throw conflict('The collection has no custom order; enable it first')
  const others = members.filter((member) => member.object_id !== id).map((member) => member.object_id)
  const placeOf = (other: string, key: string): number => {
    const at = others.indexOf(other)
    if (at < 0) throw badRequest({ [key]: `Is not in collection ${collection.id}` })
    return at
  }
  const { before_object_id: before, after_object_id: after, position = 0 } = call.body
  const at = before
    ? placeOf(before, 'before_object_id')
    : after
      ? placeOf(after, 'after_object_id') + 1
      : Math.min(position, others.length)
  call.core.contents.arrange(collection.id, others.toSpliced(at, 0, id))
  return ok({})
}

function setCustomOrder(call: Call<unknown>, status: 'ENABLED' | 'DISABLED') {
  const collection = requireCollection(call, 'write')
  const { contents } = call.core
  if (status === 'ENABLED')
    contents.arrange(
      collection.id,
      contents.members(collection.id).map((member) => member.object_id),
    )
  call.core.tables.collections.update(collection.id, { custom_order_status: status })
  return status === 'ENABLED' ? accepted() : ok({})
}

/** Titles from the root down to this collection, as a path; slashes in titles become underscores. */
export function collectionPath(call: Call<unknown>, collection: Collection): string {
  const titles: string[] = []
  for (
    let at: Collection | undefined = collection;
    at && titles.length < 100;
    at = at.parent_id ? call.core.tables.collections.get(at.parent_id) : undefined
  )
    titles.unshift(at.title.replaceAll(/[/\\]/g, '_'))
  return titles.join('/')
}

function contentInfo(call: Call<unknown>) {
  const { core } = call
  const collection = requireCollection(call)
  const seen = (type: MemberType) =>
    core.contents
      .descendants(collection.id, type)
      .filter((id) => core.access.may(call.account, 'read', type, id))
  const assets = seen('assets')
  const sizes = core.db.all<{ storage_id: string; size: number }>(
    `SELECT doc ->> '$.storage_id' AS storage_id, sum(doc ->> '$.size') AS size FROM files
     WHERE asset_id IN (SELECT value FROM json_each(?)) GROUP BY 1`,
    JSON.stringify(assets),
  )
  return {
    id: collection.id,
    title: collection.title,
    assets_count: assets.length,
    collections_count: seen('collections').length,
    total_size: sizes.reduce((sum, row) => sum + (row.size ?? 0), 0),
    total_duration_milliseconds:
      core.db.get<{ ms: number | null }>(
        `SELECT sum(doc ->> '$._duration_ms') AS ms FROM formats WHERE asset_id IN (SELECT value FROM json_each(?))`,
        JSON.stringify(assets),
      )?.ms ?? 0,
    storage_info: sizes.map((row) => ({
      id: row.storage_id,
      name: core.tables.storages.get(row.storage_id)?.name ?? '',
      size: row.size ?? 0,
    })),
  }
}

/** Copies a collection and the collections below it into this one; assets are shared, not copied. */
function copyInto(call: Call<z.infer<typeof Member>>) {
  const target = requireCollection(call, 'write')
  if (call.body.object_type !== 'collections') throw badRequest({ object_type: 'Must be collections' })
  const source = call.core.tables.collections.require(call.body.object_id)
  call.core.access.demand(call.account, 'read', 'collections', source.id)
  if (source.id === target.id || call.core.contents.ancestors(target.id).includes(source.id))
    throw badRequest({ object_id: 'A collection cannot be copied into itself' })
  const copy = (from: Collection, parentId: string): Collection => {
    const made = insertCollection(call, {
      title: from.title,
      parent_id: parentId,
      category: from['category'] as string | null,
    })
    for (const member of call.core.contents.members(from.id)) {
      if (!call.core.access.may(call.account, 'read', member.object_type, member.object_id)) continue
      const below =
        member.object_type === 'collections' ? call.core.tables.collections.get(member.object_id) : undefined
      if (below) copy(below, made.id)
      else {
        call.core.contents.add(made.id, 'assets', member.object_id)
        call.core.search.touch('assets', member.object_id)
      }
    }
    return made
  }
  return created(collectionView(call, copy(source, target.id)))
}

const one = '/v1/collections/{collection_id}/'

export const collectionOperations = [
  operation('assets', 'GET', '/v1/collections/', 'can_read_collections', listCollections),
  operation('assets', 'POST', '/v1/collections/', 'can_create_collections', createCollection, {
    schema: CollectionInput,
  }),
  operation('assets', 'GET', one, 'can_read_collections', (call) =>
    ok(collectionView(call, requireCollection(call))),
  ),
  ...update('assets', one, 'can_write_collections', changeCollection, { schema: CollectionUpdate }),
  operation('assets', 'DELETE', one, 'can_delete_collections', (call) => {
    trashCollection(call, requireCollection(call, 'delete').id)
    return noContent()
  }),
  operation('assets', 'DELETE', `${one}purge/`, 'can_purge_collections', (call) => {
    purgeCollection(call.core, requireCollection(call, 'delete').id)
    return accepted()
  }),
  operation('assets', 'PUT', `${one}restore/`, 'can_write_collections', (call) => {
    restoreCollection(call, requireCollection(call, 'write').id)
    return accepted()
  }),
  operation('assets', 'GET', `${one}contents/`, 'can_read_collections', listContents),
  operation('assets', 'POST', `${one}contents/`, 'can_write_collections', addMember, { schema: Member }),
  operation('assets', 'POST', `${one}contents/ordering/custom/`, 'can_write_collections', (call) =>
    setCustomOrder(call, 'ENABLED'),
  ),
  operation('assets', 'DELETE', `${one}contents/ordering/custom/`, 'can_write_collections', (call) =>
    setCustomOrder(call, 'DISABLED'),
  ),
  operation(
    'assets',
    'DELETE',
    `${one}contents/{object_type}/{object_id}/`,
    'can_write_collections',
    removeMember,
  ),
  operation(
    'assets',
    'PUT',
    `${one}contents/{object_type}/{object_id}/`,
    'can_write_collections',
    placeMember,
    { schema: Position },
  ),
  operation('assets', 'GET', `${one}ancestors/`, 'can_read_collections', (call) => {
    const above = call.core.contents
      .ancestors(requireCollection(call).id)
      .filter((id) => call.core.access.may(call.account, 'read', 'collections', id))
      .flatMap((id) => call.core.tables.collections.get(id) ?? [])
    return ok({
      objects: above.map((doc) => collectionView(call, doc)),
      page: 1,
      pages: 1,
      per_page: above.length,
      total: above.length,
    })
  }),
  operation('assets', 'GET', `${one}full/path/`, 'can_read_collections', (call) =>
    ok(collectionPath(call, requireCollection(call))),
  ),
  operation('assets', 'GET', `${one}content/info/`, 'can_read_collections', (call) => {
    const { id: _id, ...info } = contentInfo(call)
    return ok(info)
  }),
  operation('assets', 'GET', `${one}size/`, 'can_read_collections', (call) => {
    const { id, title, total_size: size } = contentInfo(call)
    return ok({ id, size, title })
  }),
  operation('assets', 'POST', `${one}subcollections/`, 'can_write_collections', copyInto, { schema: Member }),
  operation(
    'assets',
    'POST',
    `${one}keyframes/`,
    'can_write_collections',
    (call) => {
      const collection = requireCollection(call, 'write')
      call.core.tables.collections.update(collection.id, { keyframe_asset_ids: call.body.asset_ids })
      call.core.search.touch('collections', collection.id)
      return accepted()
    },
    { schema: z.object({ asset_ids: z.array(uuidText).max(3) }) },
  ),
]
