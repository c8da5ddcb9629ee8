import { z } from 'zod'
import type { Core } from '../core.ts'
import { dateNow } from '../ids.ts'
import { accepted, noContent, ok, operation, type Actor, type Call } from '../http/operation.ts'
import { orderOf, pageEnvelope, pageOf } from '../http/paging.ts'
import type { Stowed } from '../store/tables.ts'
import { Ids } from './schemas.ts'
import { collectionView, searchDocument } from './views/asset-view.ts'

/** Moves an asset to the trash: it answers with DELETED and leaves the search. */
export function trashAsset(call: Actor, id: string): void {
  call.core.tables.assets.update(id, {
    status: 'DELETED',
    date_deleted: dateNow(),
    deleted_by_user: call.account.user.id,
  })
  call.core.search.touch('assets', id)
}

export function restoreAsset(call: Actor, id: string): void {
  call.core.tables.assets.update(id, { status: 'ACTIVE', date_deleted: null, deleted_by_user: null })
  call.core.search.touch('assets', id)
}

/** Removes the bytes of a row and what is open of its upload. */
export function removeBytes(core: Core, row: Stowed): void {
  // Posters of seeded assets come from a pool that many share.
  if (row['_shared'] === true) return
  core.bytes.remove(row.storage_id, row._key)
  for (const upload of core.urls.side.uploads.of(row.storage_id, row._key))
    core.urls.side.uploads.end(upload.id)
}

/** Removes an asset with everything that hangs on it, bytes included. */
export function purgeAsset(core: Core, id: string): void {
  const { tables } = core
  const where = { asset_id: id }
  for (const row of [
    ...tables.files.removeWhere(where),
    ...tables.proxies.removeWhere(where),
    ...tables.keyframes.removeWhere(where),
  ])
    removeBytes(core, row)
  tables.fileSets.removeWhere(where)
  tables.formats.removeWhere(where)
  for (const segment of tables.segments.removeWhere(where)) core.search.touch('segments', segment.id)
  tables.history.removeWhere(where)
  tables.relations.removeWhere(where)
  tables.relations.removeWhere({ related_to_asset_id: id })
  tables.values.remove(`assets/${id}`)
  core.contents.removeObject(id)
  core.access.removeObject('assets', id)
  tables.assets.remove(id)
  core.search.touch('assets', id)
}

export function trashCollection(call: Actor, id: string): void {
  call.core.tables.collections.update(id, {
    status: 'DELETED',
    date_deleted: dateNow(),
    deleted_by_user: call.account.user.id,
  })
  call.core.search.touch('collections', id)
}

export function restoreCollection(call: Actor, id: string): void {
  call.core.tables.collections.update(id, { status: 'ACTIVE', date_deleted: null, deleted_by_user: null })
  call.core.search.touch('collections', id)
}

/** Removes a collection for good. What it held stays where else it is. */
export function purgeCollection(core: Core, id: string): void {
  const members = core.contents.members(id)
  core.tables.values.remove(`collections/${id}`)
  core.contents.removeObject(id)
  core.access.removeObject('collections', id)
  core.tables.collections.remove(id)
  core.search.touch('collections', id)
  for (const member of members) core.search.touch(member.object_type, member.object_id)
}

const kinds = {
  assets: {
    table: (core: Core) => core.tables.assets,
    trash: trashAsset,
    restore: restoreAsset,
    purge: purgeAsset,
    view: searchDocument as (call: Call<unknown>, doc: never) => unknown,
    roles: {
      read: 'can_read_assets',
      write: 'can_write_assets',
      remove: 'can_delete_assets',
      purge: 'can_purge_assets',
    },
  },
  collections: {
    table: (core: Core) => core.tables.collections,
    trash: trashCollection,
    restore: restoreCollection,
    purge: purgeCollection,
    view: collectionView as (call: Call<unknown>, doc: never) => unknown,
    roles: {
      read: 'can_read_collections',
      write: 'can_write_collections',
      remove: 'can_delete_collections',
      purge: 'can_purge_collections',
    },
  },
} as const
type Kind = keyof typeof kinds

function each(call: Call<{ ids: string[] }>, kind: Kind, act: (id: string) => void) {
  const { table } = kinds[kind]
  for (const id of call.body.ids) {
    if (!table(call.core).has(id)) continue
    call.core.access.demand(call.account, 'delete', kind, id)
    act(id)
  }
  return noContent()
}

const trashed = (core: Core, kind: Kind) =>
  kinds[kind]
    .table(core)
    .list({ where: { status: 'DELETED' } })
    .map((doc) => doc.id)

function allOf(call: Call<unknown>, kind: Kind, act: (id: string) => void) {
  for (const id of trashed(call.core, kind))
    if (call.core.access.may(call.account, 'delete', kind, id)) act(id)
  return noContent()
}

function listTrash(call: Call<unknown>, kind: Kind) {
  const page = pageOf(call)
  const table = kinds[kind].table(call.core)
  const condition = call.core.access.readable(call.account, kind)
  const selection = { where: { status: 'DELETED' }, ...(condition && { condition }) }
  const objects = table.list({
    ...selection,
    order: orderOf(call, [{ field: 'date_deleted', descending: true }]),
    limit: page.perPage,
    offset: page.offset,
  })
  return ok(
    pageEnvelope(
      call,
      page,
      table.count(selection),
      objects.map((doc) => kinds[kind].view(call, doc as never)),
    ),
  )
}

const operationsOf = (kind: Kind) => {
  const { roles } = kinds[kind]
  const base = `/v1/delete_queue/${kind}/`
  return [
    operation('assets', 'GET', base, roles.read, (call) => listTrash(call, kind)),
    operation(
      'assets',
      'POST',
      base,
      roles.remove,
      (call) => each(call, kind, (id) => kinds[kind].trash(call, id)),
      { schema: Ids },
    ),
    operation(
      'assets',
      'DELETE',
      base,
      roles.write,
      (call) => each(call, kind, (id) => kinds[kind].restore(call, id)),
      { schema: Ids },
    ),
    operation(
      'assets',
      'POST',
      `${base}purge/`,
      roles.purge,
      (call) => each(call, kind, (id) => kinds[kind].purge(call.core, id)),
      { schema: Ids },
    ),
    operation('assets', 'POST', `${base}purge/all/`, roles.purge, (call) =>
      allOf(call, kind, (id) => kinds[kind].purge(call.core, id)),
    ),
    operation('assets', 'POST', `${base}restore/all/`, roles.write, (call) =>
      allOf(call, kind, (id) => kinds[kind].restore(call, id)),
    ),
  ]
}

const BulkDelete = z.object({
  object_type: z.enum(['assets', 'collections', 'saved_searches']),
  object_ids: z.array(z.string()).min(1).max(500),
  content_only: z.boolean().default(true),
})

/** Trashes in a job: assets themselves; of collections their contents, and themselves too unless `content_only`. */
function bulkDelete(call: Call<z.infer<typeof BulkDelete>>) {
  const { core, body } = call
  for (const id of body.object_ids)
    if (body.object_type !== 'saved_searches')
      core.access.demand(call.account, 'delete', body.object_type, id)
  const job = core.jobs.create({
    title: `Delete ${body.object_ids.length} ${body.object_type}`,
    type: 'DELETE',
    created_by: call.account.user.id,
    task: { kind: 'bulk-delete', ...body, userId: call.account.user.id },
  })
  return accepted({ job_id: job.id })
}

export const trashOperations = [
  ...operationsOf('assets'),
  ...operationsOf('collections'),
  operation(
    'assets',
    'POST',
    '/v1/delete_queue/purge/all/',
    ['can_purge_assets', 'can_purge_collections'],
    (call) => {
      allOf(call, 'assets', (id) => purgeAsset(call.core, id))
      return allOf(call, 'collections', (id) => purgeCollection(call.core, id))
    },
  ),
  operation('assets', 'POST', '/v1/delete_queue/bulk/', 'can_delete_assets', bulkDelete, {
    schema: BulkDelete,
  }),
]
