import { z } from 'zod'
import { guardedType, permissions, type Permission, type Principal } from '../access.ts'
import { ApiError, badRequest, notFound } from '../errors.ts'
import { accepted, noContent, ok, created, operation, present, update, type Call } from '../http/operation.ts'
import { pageEnvelope, pageOf } from '../http/paging.ts'
import type { IndexedType } from '../search/search-index.ts'
import type { Core } from '../core.ts'
import { applyTemplate } from './assets.ts'
import { uuidText } from './schemas.ts'

const Permissions = z.array(z.enum(permissions)).max(4)
const principals = { user_ids: z.array(uuidText).nullish(), group_ids: z.array(uuidText).nullish() }
const Grant = z.object({
  object_keys: z.array(z.string()).min(1).max(500),
  permissions: Permissions,
  mode: z.enum(['APPEND', 'OVERWRITE']).optional(),
  ...principals,
})
const Revoke = z.object({ object_keys: z.array(z.string()).min(1).max(500), ...principals })
const OfContent = z.object({
  object_ids: z.array(z.string()).min(1).max(500),
  include_assets: z.boolean(),
  include_collections: z.boolean(),
  permissions: Permissions,
  mode: z.enum(['APPEND', 'OVERWRITE']).optional(),
  ...principals,
})
const One = z.object({ permissions: Permissions })
const Check = z.object({
  objects: z
    .array(z.object({ object_type: z.string(), object_keys: z.array(z.string()), permissions: Permissions }))
    .min(1),
})
const Keys = z.object({ object_keys: z.array(z.string()).max(1000) })

const tableOf = (core: Core, type: string) =>
  ({
    assets: core.tables.assets,
    collections: core.tables.collections,
    metadata_views: core.tables.views,
    saved_searches: core.tables.savedSearches,
    saved_search_groups: core.tables.savedSearchGroups,
    storages: core.tables.storages,
  })[type]

interface Guarded {
  type: string
  key: string
}

/** The object of the path; it must exist. */
function guarded(call: Call<unknown>, key = call.params['object_key'] ?? ''): Guarded {
  const type = guardedType(call.params['object_type'] ?? '')
  const table = tableOf(call.core, type)
  if (!table?.has(key)) throw notFound(`Object of ${type}`, key)
  return { type, key }
}

/** Rights of others may be seen by whoever may read the object, and changed by whoever has change-acl. */
const demand = (call: Call<unknown>, permission: Permission, { type, key }: Guarded) =>
  call.core.access.demand(call.account, permission, type, key)

function principalsFrom(
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
function reindex(core: Core, { type, key }: Guarded): void {
  if (['assets', 'collections', 'saved_searches', 'saved_search_groups'].includes(type))
    core.search.touch(type as IndexedType, key)
  if (type === 'assets')
    for (const segment of core.tables.segments.list({ where: { asset_id: key } }))
      core.search.touch('segments', segment.id)
}

function grantAll(
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
    reindex(call.core, object)
  }
}

const userRows = (call: Call<unknown>, { type, key }: Guarded) =>
  call.core.access
    .entries(type, key)
    .flatMap(({ principal, permissions: granted }) =>
      principal.startsWith('u:') ? [{ user_id: principal.slice(2), permissions: granted }] : [],
    )
const groupRows = (call: Call<unknown>, { type, key }: Guarded) =>
  call.core.access
    .entries(type, key)
    .flatMap(({ principal, permissions: granted }) =>
      principal.startsWith('g:') ? [{ group_id: principal.slice(2), permissions: granted }] : [],
    )

function show(call: Call<unknown>) {
  const object = guarded(call)
  demand(call, 'read', object)
  return ok({
    users_acl: userRows(call, object),
    groups_acl: groupRows(call, object),
    inherited_users_acl: [],
    inherited_groups_acl: [],
    propagating_users_acl: [],
    propagating_groups_acl: [],
  })
}

function contentObjects(call: Call<z.infer<typeof OfContent>>): Guarded[] {
  const { body, core } = call
  return body.object_ids.flatMap((id) => [
    ...(body.include_assets
      ? core.contents.descendants(id, 'assets').map((key) => ({ type: 'assets', key }))
      : []),
    ...(body.include_collections
      ? core.contents.descendants(id, 'collections').map((key) => ({ type: 'collections', key }))
      : []),
  ])
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

/** One principal's rights on one object, under users/… and groups/… */
function principalOperations(kind: 'users' | 'groups') {
  const field = kind === 'users' ? 'user_id' : 'group_id'
  const path = `/v1/${kind}/{${field}}/acl/{object_type}/{object_key}/`
  const principal = (call: Call<unknown>): Principal => {
    const id = call.params[field] ?? ''
    if (!call.core.tables[kind].has(id)) throw notFound(kind === 'users' ? 'User' : 'Group', id)
    return kind === 'users' ? `u:${id}` : `g:${id}`
  }
  const view = (call: Call<unknown>, object: Guarded) => {
    const row = call.core.access
      .entries(object.type, object.key)
      .find((entry) => entry.principal === principal(call))
    if (!row) throw notFound('Access right on', object.key)
    return {
      [field]: call.params[field],
      object_type: object.type,
      object_key: object.key,
      permissions: row.permissions,
    }
  }
  return [
    operation('acls', 'GET', path, 'can_read_acls', (call) => {
      const object = guarded(call)
      demand(call, 'read', object)
      return ok(view(call, object))
    }),
    operation(
      'acls',
      'PUT',
      path,
      'can_write_acls',
      (call) => {
        const object = guarded(call)
        const who = principal(call)
        const known = call.core.access
          .entries(object.type, object.key)
          .some((entry) => entry.principal === who)
        grantAll(call, [object], [who], call.body.permissions, 'OVERWRITE')
        return (known ? ok : created)({
          [field]: call.params[field],
          object_type: object.type,
          object_key: object.key,
          permissions: call.body.permissions,
        })
      },
      { schema: One },
    ),
    operation('acls', 'DELETE', path, 'can_delete_acls', (call) => {
      const object = guarded(call)
      demand(call, 'change-acl', object)
      call.core.access.revoke(object.type, object.key, principal(call))
      reindex(call.core, object)
      return noContent()
    }),
    operation('acls', 'GET', `${path}{permission}/`, 'can_read_acls', (call) => {
      const object = guarded(call)
      demand(call, 'read', object)
      const row = call.core.access
        .entries(object.type, object.key)
        .find((entry) => entry.principal === principal(call))
      if (!row?.permissions.includes(call.params['permission'] as Permission))
        throw new ApiError(403, `${call.params['permission']} is not granted`)
      return ok({})
    }),
  ]
}

const Template = z.object({
  name: z.string().min(1),
  users_acl: z.array(z.object({ user_id: uuidText, permissions: Permissions })).optional(),
  groups_acl: z.array(z.object({ group_id: uuidText, permissions: Permissions })).optional(),
})
const templates = '/v1/acl/templates/'
const template = `${templates}{template_id}/`
const objects = '/v1/acl/{object_type}/'
const object = `${objects}{object_key}/`

export const aclOperations = [
  operation('acls', 'POST', '/v1/acl/', 'can_read_acls', checkMany, { schema: Check }),
  operation('acls', 'GET', templates, 'can_read_acl_templates', (call) => {
    const page = pageOf(call)
    const rows = call.core.tables.aclTemplates.list({
      order: [{ field: 'name' }],
      limit: page.perPage,
      offset: page.offset,
    })
    return ok(pageEnvelope(call, page, call.core.tables.aclTemplates.count(), rows.map(present)))
  }),
  operation(
    'acls',
    'POST',
    templates,
    'can_write_acl_templates',
    (call) =>
      created(present(call.core.tables.aclTemplates.insert({ users_acl: [], groups_acl: [], ...call.body }))),
    { schema: Template },
  ),
  operation('acls', 'GET', template, 'can_read_acl_templates', (call) =>
    ok(present(call.core.tables.aclTemplates.require(call.params['template_id'] ?? ''))),
  ),
  ...update(
    'acls',
    template,
    'can_write_acl_templates',
    (call) => ok(present(call.core.tables.aclTemplates.update(call.params['template_id'] ?? '', call.body))),
    { schema: Template.partial() },
  ),
  operation('acls', 'DELETE', template, 'can_delete_acl_templates', (call) => {
    call.core.tables.aclTemplates.require(call.params['template_id'] ?? '')
    call.core.tables.aclTemplates.remove(call.params['template_id'] ?? '')
    return noContent()
  }),
  operation('acls', 'POST', `${template}{object_type}/{object_key}/`, null, (call) => {
    const target = guarded(call)
    demand(call, 'change-acl', target)
    applyTemplate(call, call.params['template_id'] ?? '', target.type, target.key)
    reindex(call.core, target)
    return ok({})
  }),
  operation(
    'acls',
    'PUT',
    objects,
    'can_write_acls',
    (call) => {
      const targets = call.body.object_keys.map((key) => guarded(call, key))
      grantAll(call, targets, principalsFrom(call, call.body), call.body.permissions, call.body.mode)
      return ok({ updated_object_keys: call.body.object_keys })
    },
    { schema: Grant },
  ),
  operation(
    'acls',
    'DELETE',
    objects,
    'can_delete_acls',
    (call) => {
      const who = principalsFrom(call, call.body)
      for (const target of call.body.object_keys.map((key) => guarded(call, key))) {
        demand(call, 'change-acl', target)
        for (const principal of who) call.core.access.revoke(target.type, target.key, principal)
        reindex(call.core, target)
      }
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
      grantAll(
        call,
        contentObjects(call),
        principalsFrom(call, call.body),
        call.body.permissions,
        call.body.mode,
      )
      return accepted()
    },
    { schema: OfContent },
  ),
  operation('acls', 'GET', object, 'can_read_acls', show),
  operation('acls', 'GET', `${object}permissions/`, null, (call) => {
    const target = guarded(call)
    return ok({ permissions: call.core.access.permissionsOf(call.account, target.type, target.key) })
  }),
  operation('acls', 'GET', `${object}{permission}/`, 'can_read_acls', (call) => {
    demand(call, call.params['permission'] as Permission, guarded(call))
    return ok({})
  }),
  operation(
    'acls',
    'POST',
    `${objects}{permission}/`,
    'can_read_acls',
    (call) => {
      const type = guardedType(call.params['object_type'] ?? '')
      const may = (key: string) =>
        call.core.access.may(call.account, call.params['permission'] as Permission, type, key)
      return ok({
        access_granted: call.body.object_keys.filter(may),
        access_denied: call.body.object_keys.filter((key) => !may(key)),
      })
    },
    { schema: Keys },
  ),
  ...principalOperations('users'),
  ...principalOperations('groups'),
]
