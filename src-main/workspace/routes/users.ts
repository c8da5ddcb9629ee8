import { z } from 'zod'
import { ApiError, badRequest, conflict, notFound } from '../errors.ts'
import { created, noContent, ok, operation, present, update, type Call } from '../http/operation.ts'
import { orderOf, pageEnvelope, pageOf } from '../http/paging.ts'
import { roleNames } from '../roles.ts'
import type { Group, User } from '../store/tables.ts'
import { filtersOf } from './filters.ts'
import { uuidText } from './schemas.ts'

const UserInput = z.object({
  email: z.email(),
  first_name: z.string().min(1),
  last_name: z.string().optional(),
  type: z.enum(['POWER', 'STANDARD', 'BROWSE_ONLY', 'BROWSE_API_ONLY']),
  status: z.enum(['INACTIVE', 'ACTIVE', 'BLOCKED', 'DELETED']).optional(),
  is_admin: z.boolean().optional(),
  groups: z.array(uuidText).optional(),
  primary_group: uuidText.nullish(),
  phone: z.string().nullish(),
  photo: z.string().nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  password: z.string().min(8).optional(),
})
const OwnUpdate = UserInput.omit({ is_admin: true, groups: true, type: true, status: true }).partial()

const userView = (user: User): Record<string, unknown> => {
  const { password: _password, ...shown } = present(user) as Record<string, unknown>
  return {
    photo: null,
    photo_small: null,
    photo_big: null,
    phone: null,
    primary_group: null,
    last_web_login: null,
    ...shown,
  }
}

function checkGroups(call: Call<unknown>, groups: readonly string[] | undefined): void {
  for (const id of groups ?? [])
    if (!call.core.tables.groups.has(id)) throw badRequest({ groups: `Group ${id} does not exist` })
}

function createUser(call: Call<z.infer<typeof UserInput>>) {
  const { core, body } = call
  if (core.tables.users.first({ where: { email: body.email.toLowerCase() } }))
    throw conflict(`A user with the address ${body.email} exists already`)
  if (body.is_admin && !call.account.user.is_admin)
    throw new ApiError(403, 'Only an administrator may make administrators')
  checkGroups(call, body.groups)
  const { password, ...values } = body
  const { systemDomainId } = call.account
  const user = core.tables.users.insert({
    status: 'ACTIVE',
    is_admin: false,
    groups: [],
    last_name: '',
    ...values,
    email: body.email.toLowerCase(),
    system_domain_id: systemDomainId,
    system_domains: [systemDomainId],
    system_name: 'Local workspace',
  } as Omit<User, 'id'>)
  if (password) core.passwords.set(user.id, password)
  core.db.afterCommit(() => core.accounts.forget())
  return created(userView(user))
}

function changeUser(call: Call<Partial<z.infer<typeof UserInput>>>, id: string) {
  const { core } = call
  const known = core.tables.users.require(id)
  const { is_admin: admin } = call.body
  if (admin !== undefined && admin !== known.is_admin && !call.account.user.is_admin)
    throw new ApiError(403, 'Only an administrator may make or unmake administrators')
  checkGroups(call, call.body.groups)
  const { password, ...values } = call.body
  if (password) core.passwords.set(id, password)
  const user = core.tables.users.update(id, values as Partial<User>)
  core.db.afterCommit(() => core.accounts.forget())
  return ok(userView(user))
}

function listUsers(call: Call<unknown>) {
  const page = pageOf(call)
  const { query, core } = call
  const where = filtersOf(query, ['email', 'first_name', 'last_name', 'status', 'is_admin', 'type'])
  if (query.has('ids')) where['id'] = (query.get('ids') ?? '').split(',')
  const words = query.get('query')?.replaceAll('*', '').trim()
  const groups = query.get('groups')?.split(',')
  const parts = [
    words && {
      sql: "instr(lower(coalesce(d.doc ->> '$.first_name', '') || ' ' || coalesce(d.doc ->> '$.last_name', '') || ' ' || d.email), lower(?)) > 0",
      values: [words],
    },
    groups && {
      sql: "EXISTS (SELECT 1 FROM json_each(d.doc, '$.groups') g WHERE g.value IN (SELECT value FROM json_each(?)))",
      values: [JSON.stringify(groups)],
    },
  ].filter((part) => typeof part === 'object')
  const condition =
    parts.length > 0
      ? { sql: parts.map((part) => part.sql).join(' AND '), values: parts.flatMap((part) => part.values) }
      : undefined
  const selection = { where, ...(condition && { condition }) }
  const rows = core.tables.users.list({
    ...selection,
    order: orderOf(call, []),
    limit: page.perPage,
    offset: page.offset,
  })
  return ok(pageEnvelope(call, page, core.tables.users.count(selection), rows.map(userView)))
}

const GroupInput = z.object({
  name: z.string().min(1),
  alias: z.string().nullish(),
  description: z.string().nullish(),
  roles: z.array(z.string()).optional(),
  external_id: z.string().nullish(),
})

function checkRoles(roles: readonly string[] | undefined): void {
  const unknown = (roles ?? []).filter(
    (role) => !(roleNames as readonly string[]).includes(role) && !/^can_\w+$/.test(role),
  )
  if (unknown.length > 0) throw badRequest({ roles: `Unknown roles: ${unknown.join(', ')}` })
}

function listGroups(call: Call<unknown>) {
  const page = pageOf(call)
  const where = filtersOf(call.query, ['name', 'external_id'])
  const rows = call.core.tables.groups.list({
    where,
    order: orderOf(call, [{ field: 'name' }]),
    limit: page.perPage,
    offset: page.offset,
  })
  return ok(pageEnvelope(call, page, call.core.tables.groups.count({ where }), rows.map(present)))
}

function setMembership(call: Call<unknown>, member: boolean) {
  const group = call.core.tables.groups.require(call.params['group_id'] ?? '')
  const user = call.core.tables.users.require(call.params['user_id'] ?? '')
  const others = user.groups.filter((id) => id !== group.id)
  const changed = call.core.tables.users.update(user.id, { groups: member ? [...others, group.id] : others })
  call.core.db.afterCommit(() => call.core.accounts.forget())
  return (member ? created : ok)(userView(changed))
}

const rolesOf = (call: Call<unknown>, user: User) =>
  ok({ objects: [...call.core.accounts.rolesOf(user)].sort() })
const group = '/v1/groups/{group_id}/'
const user = '/v1/users/{user_id}/'

export const userOperations = [
  operation('users', 'GET', '/v1/users/current/', null, (call) => ok(userView(call.account.user))),
  ...update(
    'users',
    '/v1/users/current/',
    null,
    (call) => changeUser(call as Call<Partial<z.infer<typeof UserInput>>>, call.account.user.id),
    { schema: OwnUpdate },
  ),
  operation('users', 'GET', '/v1/users/current/roles/', null, (call) => rolesOf(call, call.account.user)),
  operation('users', 'GET', '/v1/users/', 'can_read_users', listUsers),
  operation('users', 'GET', '/v1/users/basic/', null, listUsers),
  operation('users', 'POST', '/v1/users/', 'can_create_users', createUser, { schema: UserInput }),
  operation('users', 'GET', user, 'can_read_users', (call) =>
    ok(userView(call.core.tables.users.require(call.params['user_id'] ?? ''))),
  ),
  ...update('users', user, 'can_write_users', (call) => changeUser(call, call.params['user_id'] ?? ''), {
    schema: UserInput.partial(),
  }),
  operation('users', 'DELETE', user, 'can_delete_users', (call) => {
    const row = call.core.tables.users.require(call.params['user_id'] ?? '')
    if (row.id === call.account.user.id) throw badRequest('Nobody can delete themselves')
    call.core.tables.users.update(row.id, { status: 'DELETED' })
    call.core.db.afterCommit(() => call.core.accounts.forget())
    return noContent()
  }),
  operation('users', 'GET', `${user}roles/`, 'can_read_users', (call) =>
    rolesOf(call, call.core.tables.users.require(call.params['user_id'] ?? '')),
  ),
  operation('users', 'GET', `${user}roles/{role}/`, 'can_read_users', (call) => {
    const { user_id: id = '', role = '' } = call.params
    if (!call.core.accounts.rolesOf(call.core.tables.users.require(id)).has(role))
      throw notFound(`Role of user ${id}:`, role)
    return ok({})
  }),
  operation('users', 'GET', '/v1/groups/', 'can_read_groups', listGroups),
  operation('users', 'GET', '/v1/groups/basic/', null, listGroups),
  operation(
    'users',
    'POST',
    '/v1/groups/',
    'can_write_groups',
    (call) => {
      checkRoles(call.body.roles)
      return created(
        present(
          call.core.tables.groups.insert({
            alias: null,
            description: null,
            external_id: null,
            roles: [],
            ...call.body,
          } as Omit<Group, 'id'>),
        ),
      )
    },
    { schema: GroupInput },
  ),
  operation('users', 'GET', group, 'can_read_groups', (call) =>
    ok(present(call.core.tables.groups.require(call.params['group_id'] ?? ''))),
  ),
  ...update(
    'users',
    group,
    'can_write_groups',
    (call) => {
      checkRoles(call.body.roles)
      const changed = call.core.tables.groups.update(
        call.params['group_id'] ?? '',
        call.body as Partial<Group>,
      )
      call.core.db.afterCommit(() => call.core.accounts.forget())
      return ok(present(changed))
    },
    { schema: GroupInput.partial() },
  ),
  operation('users', 'DELETE', group, 'can_delete_groups', (call) => {
    const row = call.core.tables.groups.require(call.params['group_id'] ?? '')
    for (const member of call.core.tables.users.list({
      condition: {
        sql: "EXISTS (SELECT 1 FROM json_each(d.doc, '$.groups') WHERE value = ?)",
        values: [row.id],
      },
    }))
      call.core.tables.users.update(member.id, { groups: member.groups.filter((id) => id !== row.id) })
    call.core.tables.groups.remove(row.id)
    call.core.db.afterCommit(() => call.core.accounts.forget())
    return noContent()
  }),
  operation('users', 'POST', `${group}users/{user_id}/`, 'can_write_groups', (call) =>
    setMembership(call, true),
  ),
  operation('users', 'DELETE', `${group}users/{user_id}/`, 'can_delete_groups', (call) =>
    setMembership(call, false),
  ),
]
