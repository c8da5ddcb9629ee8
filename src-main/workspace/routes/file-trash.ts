import { noContent, ok, operation, present, type Call } from '../http/operation.ts'
import { orderOf, pageEnvelope, pageOf } from '../http/paging.ts'
import type { FileSet, Format } from '../store/tables.ts'
import { fileSetView, removeFileSet } from './file-sets.ts'
import { purgeFormat } from './formats.ts'
import { Ids } from './schemas.ts'

type Kind = 'file_sets' | 'formats'
const tableOf = (call: Call<unknown>, kind: Kind) =>
  kind === 'file_sets' ? call.core.tables.fileSets : call.core.tables.formats

/** Rows in the trash whose asset the caller may write, among those asked for or all. */
function trashed(call: Call<unknown>, kind: Kind, ids?: readonly string[]): (FileSet | Format)[] {
  return tableOf(call, kind)
    .list({ where: { status: 'DELETED', ...(ids && { id: [...ids] }) } })
    .filter((row) => {
      if (ids === undefined) return call.core.access.may(call.account, 'delete', 'assets', row.asset_id)
      call.core.access.demand(call.account, 'delete', 'assets', row.asset_id)
      return true
    })
}

function purge(call: Call<unknown>, kind: Kind, ids?: readonly string[]) {
  for (const row of trashed(call, kind, ids))
    if (kind === 'file_sets') removeFileSet(call.core, row as FileSet, false)
    else purgeFormat(call, row as Format)
  return noContent()
}

function restore(call: Call<{ ids: string[] }>, kind: Kind) {
  for (const row of trashed(call, kind, call.body.ids)) {
    tableOf(call, kind).update(row.id, { status: 'ACTIVE', date_deleted: null, deleted_by_user: null })
    call.core.search.touch('assets', row.asset_id)
  }
  return noContent()
}

function list(call: Call<unknown>, kind: Kind) {
  const page = pageOf(call)
  const readable = call.core.access.readable(call.account, 'assets', 'd.asset_id')
  const selection = { where: { status: 'DELETED' }, ...(readable && { condition: readable }) }
  const table = tableOf(call, kind)
  const rows = table.list({
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
      rows.map((row) => (kind === 'file_sets' ? fileSetView(call, row as FileSet) : present(row))),
    ),
  )
}

const operationsOf = (kind: Kind, roles: { read: string; write: string; purge: string }) => {
  const base = `/v1/delete_queue/${kind}/`
  return [
    operation('files', 'GET', base, roles.read, (call) => list(call, kind)),
    operation('files', 'DELETE', base, roles.write, (call) => restore(call, kind), { schema: Ids }),
    operation('files', 'POST', `${base}purge/`, roles.purge, (call) => purge(call, kind, call.body.ids), {
      schema: Ids,
    }),
    operation('files', 'POST', `${base}purge/all/`, roles.purge, (call) => purge(call, kind)),
  ]
}

export const fileTrashOperations = [
  ...operationsOf('file_sets', {
    read: 'can_read_files',
    write: 'can_write_files',
    purge: 'can_purge_files',
  }),
  ...operationsOf('formats', {
    read: 'can_read_formats',
    write: 'can_write_formats',
    purge: 'can_purge_formats',
  }),
]
