import { z } from 'zod'
import { guardedType, type InheritedEntry, type Permission, type Principal } from '../access.ts'
import { accepted, ok, operation, type Call } from '../http/operation.ts'
import {
  demand,
  grantAll,
  guarded,
  permissionAsked,
  Permissions,
  principalLists,
  principalsFrom,
  revokeAll,
  type Guarded,
} from './acl-guard.ts'
import { contentOf } from './bulk-content.ts'

const ObjectKeys = z.array(z.string()).min(1).max(500)
const mode = z.enum(['APPEND', 'OVERWRITE']).optional()
const Grant = z.object({ object_keys: ObjectKeys, permissions: Permissions, mode, ...principalLists })
const Grants = z.object({ objects: z.array(Grant).min(1).max(500) })
const Revoke = z.object({ object_keys: ObjectKeys, ...principalLists })
const ofContent = {
  object_ids: z.array(z.string()).min(1).max(500),
  include_assets: z.boolean(),
  include_collections: z.boolean(),
  ...principalLists,
}
const GrantContent = z.object({ ...ofContent, permissions: Permissions, mode })
const RevokeContent = z.object(ofContent)
const Check = z.object({
  objects: z
    .array(z.object({ object_type: z.string(), object_keys: z.array(z.string()), permissions: Permissions }))
    .min(1),
})
const Keys = z.object({ object_keys: z.array(z.string()).max(1000) })

interface Shown {
  principal: Principal
  permissions: Permission[]
}

/** Users and groups apart, as iconik lists them. */
function rowsOf<T extends Shown>(entries: T[], more: (entry: T) => Record<string, unknown> = () => ({})) {
  const of = (start: 'u:' | 'g:', field: string) =>
    entries
      .filter(({ principal }) => principal.startsWith(start))
      .map((entry) => ({
        [field]: entry.principal.slice(2),
        permissions: entry.permissions,
        ...more(entry),
      }))
  return { users: of('u:', 'user_id'), groups: of('g:', 'group_id') }
}

const fromCollection = ({ collectionId }: InheritedEntry) => ({
  object_type: 'collections',
  object_key: collectionId,
})

function show(call: Call<unknown>) {
  const { access } = call.core
  const object = guarded(call)
  demand(call, 'read', object)
  const own = rowsOf(access.entries(object.type, object.key))
  const inherited = rowsOf(access.inherited(object.type, object.key), fromCollection)
  const propagating = rowsOf(access.propagating(object.type, object.key), fromCollection)
  return ok({
    users_acl: own.users,
    groups_acl: own.groups,
    inherited_users_acl: inherited.users,
    inherited_groups_acl: inherited.groups,
    propagating_users_acl: propagating.users,
    propagating_groups_acl: propagating.groups,
  })
}

/** What is in the named collections or found by the named saved searches. */
function contentObjects(
  call: Call<{ object_ids: string[]; include_assets: boolean; include_collections: boolean }>,
): Guarded[] {
  const { body } = call
  const found = body.object_ids.map((id) => contentOf(call, call.params['object_type'] ?? '', id))
  const of = (type: 'assets' | 'collections'): Guarded[] =>
    [...new Set(found.flatMap((content) => content[type]))].map((key) => ({ type, key }))
  return [
    ...(body.include_assets ? of('assets') : []),
    ...(body.include_collections ? of('collections') : []),
  ]
}

function checkMany(call: Call<z.infer<typeof Check>>) {
  const granted: string[] = []
  const denied: string[] = []
  for (const { object_type: type, object_keys: keys, permissions: wanted } of call.body.objects)
    for (const key of keys)
      (wanted.every((permission) => call.core.access.may(call.account, permission, guardedType(type), key))
        ? granted
        : denied
      ).push(key)
  return ok({ access_granted: granted, access_denied: denied })
}

function grant(call: Call<unknown>, body: z.infer<typeof Grant>): { updated_object_keys: string[] } {
  const targets = body.object_keys.map((key) => guarded(call, key))
  grantAll(call, targets, principalsFrom(call, body), body.permissions, body.mode)
  return { updated_object_keys: body.object_keys }
}

const objects = '/v1/acl/{object_type}/'
const object = `${objects}{object_key}/`

export const aclOperations = [
  operation('acls', 'POST', '/v1/acl/', 'can_read_acls', checkMany, { schema: Check }),
  operation('acls', 'PUT', objects, 'can_write_acls', (call) => ok(grant(call, call.body)), {
    schema: Grant,
  }),
  operation(
    'acls',
    'PUT',
    `${objects}bulk/`,
    'can_write_acls',
    (call) => ok(call.body.objects.map((one) => grant(call, one))),
    { schema: Grants },
  ),
  operation(
    'acls',
    'DELETE',
    objects,
    'can_delete_acls',
    (call) => {
      const targets = call.body.object_keys.map((key) => guarded(call, key))
      revokeAll(call, targets, principalsFrom(call, call.body))
      return ok({})
    },
    { schema: Revoke },
  ),
  operation(
    'acls',
    'PUT',
    `${objects}content/`,
    'can_write_acls',
    (call) => {
      const { body } = call
      grantAll(call, contentObjects(call), principalsFrom(call, body), body.permissions, body.mode)
      return accepted()
    },
    { schema: GrantContent },
  ),
  operation(
    'acls',
    'DELETE',
    `${objects}content/`,
    'can_delete_acls',
    (call) => {
      revokeAll(call, contentObjects(call), principalsFrom(call, call.body))
      return ok({})
    },
    { schema: RevokeContent },
  ),
  operation('acls', 'GET', object, 'can_read_acls', show),
  operation('acls', 'GET', `${object}permissions/`, null, (call) => {
    const target = guarded(call)
    return ok({ permissions: call.core.access.permissionsOf(call.account, target.type, target.key) })
  }),
  operation('acls', 'GET', `${object}{permission}/`, 'can_read_acls', (call) => {
    demand(call, permissionAsked(call), guarded(call))
    return ok({})
  }),
  operation(
    'acls',
    'POST',
    `${objects}{permission}/`,
    'can_read_acls',
    (call) => {
      const type = guardedType(call.params['object_type'] ?? '')
      const asked = permissionAsked(call)
      const may = (key: string) => call.core.access.may(call.account, asked, type, key)
      return ok({
        access_granted: call.body.object_keys.filter(may),
        access_denied: call.body.object_keys.filter((key) => !may(key)),
      })
    },
    { schema: Keys },
  ),
]
