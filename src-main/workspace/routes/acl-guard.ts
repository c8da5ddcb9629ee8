import { z } from 'zod'
import { guardedType, permissions, type Permission, type Principal } from '../access.ts'
import type { Core } from '../core.ts'
import { badRequest, missingRole, notFound } from '../errors.ts'
import type { Call } from '../http/operation.ts'
import type { IndexedType } from '../search/search-index.ts'
import { uuidText } from './schemas.ts'

export const Permissions = z.array(z.enum(permissions)).max(4)
export const principalLists = {
  user_ids: z.array(uuidText).nullish(),
  group_ids: z.array(uuidText).nullish(),
}

const tableOf = (core: Core, type: string) =>
  ({
    assets: core.tables.assets,
    collections: core.tables.collections,
    metadata_views: core.tables.views,
    saved_searches: core.tables.savedSearches,
    saved_search_groups: core.tables.savedSearchGroups,
    storages: core.tables.storages,
    acl_templates: core.tables.aclTemplates,
  })[type]

/** An object that has rights of its own. */
export interface Guarded {
  type: string
  key: string
}

/** The object of the path; it must exist. */
export function guarded(call: Call<unknown>, key = call.params['object_key'] ?? ''): Guarded {
  const type = guardedType(call.params['object_type'] ?? '')
  if (!tableOf(call.core, type)?.has(key)) throw notFound(`Object of ${type}`, key)
  return { type, key }
}

/** The permission that the path names, or ApiError 400. */
export function permissionAsked(call: Call<unknown>): Permission {
  const asked = permissions.find((name) => name === call.params['permission'])
  if (!asked) throw badRequest({ permission: `Must be one of ${permissions.join(', ')}` })
  return asked
}

/**
 * Rights of others may be seen by whoever may read the object, and changed by whoever has change-acl. Those of a
 * template are no rights to the template: its roles decide.
 */
export function demand(call: Call<unknown>, permission: Permission, { type, key }: Guarded): void {
  if (type !== 'acl_templates') return call.core.access.demand(call.account, permission, type, key)
  const role = permission === 'read' ? 'can_read_acl_templates' : 'can_write_acl_templates'
  if (!call.account.roles.has(role)) throw missingRole(role)
}

/** Users and groups of a body as one list. ApiError 400 where one does not exist or there is none. */
export function principalsFrom(
  call: Call<unknown>,
  body: { user_ids?: string[] | null | undefined; group_ids?: string[] | null | undefined },
): Principal[] {
  for (const id of body.user_ids ?? [])
    if (!call.core.tables.users.has(id)) throw badRequest({ user_ids: `User ${id} does not exist` })
  for (const id of body.group_ids ?? [])
    if (!call.core.tables.groups.has(id)) throw badRequest({ group_ids: `Group ${id} does not exist` })
  const all: Principal[] = [
    ...(body.user_ids ?? []).map((id) => `u:${id}` as const),
    ...(body.group_ids ?? []).map((id) => `g:${id}` as const),
  ]
  if (all.length === 0) throw badRequest({ user_ids: 'Either user_ids or group_ids must be given' })
  return all
}

/** Search results follow the rights to read. */
export function searchAgain(core: Core, type: string, id: string): void {
  if (['assets', 'collections', 'saved_searches', 'saved_search_groups'].includes(type))
    core.search.touch(type as IndexedType, id)
  if (type === 'assets')
    for (const segment of core.tables.segments.list({ where: { asset_id: id } }))
      core.search.touch('segments', segment.id)
}

export function grantAll(
  call: Call<unknown>,
  objects: Guarded[],
  who: Principal[],
  wanted: Permission[],
  mode: 'APPEND' | 'OVERWRITE' | undefined,
): void {
  for (const object of objects) {
    demand(call, 'change-acl', object)
    for (const principal of who)
      call.core.access.grant(
        object.type,
        object.key,
        principal,
        wanted,
        mode === 'APPEND' ? 'append' : 'overwrite',
      )
    searchAgain(call.core, object.type, object.key)
  }
}

export function revokeAll(call: Call<unknown>, objects: Guarded[], who: Principal[]): void {
  for (const object of objects) {
    demand(call, 'change-acl', object)
    for (const principal of who) call.core.access.revoke(object.type, object.key, principal)
    searchAgain(call.core, object.type, object.key)
  }
}
