import { noContent, ok, operation, update, type Call } from '../http/operation.ts'
import { ApiError, notFound } from '../errors.ts'
import { defaultFor } from './storages.ts'

type Values = Record<string, unknown>

/** What every workspace starts with; what an administrator sets comes over it. */
function systemDefaults(call: Call<unknown>): Values {
  return {
    system_domain_id: call.core.accounts.identity.systemDomainId,
    default_upload_storage_id: defaultFor(call.core, 'FILES')?.id ?? null,
    required_metadata_views: [],
    acl_template_id: null,
    collections_get_parent_acls: false,
    lock_mapped_collections: false,
    append_asset_uuid_to_downloads: false,
    use_asset_name_on_download: false,
    date_format: 'YYYY-MM-DD',
    datetime_format: 'YYYY-MM-DD HH:mm',
    delete_grace_period: call.core.assumptions.deleteGraceHours,
    features: [],
    is_plg_domain: false,
  }
}

const stored = (call: Call<unknown>, name: string): Values => call.core.settings.get<Values>(name) ?? {}
const system = (call: Call<unknown>): Values => ({ ...systemDefaults(call), ...stored(call, 'system') })

/** System settings, then those of the person's groups, then their own. */
export function mergedSettings(call: Call<unknown>, userId: string): Values {
  const user = call.core.tables.users.require(userId)
  const ofGroups = user.groups.map((id) => stored(call, `group/${id}`))
  return Object.assign({}, system(call), ...ofGroups, stored(call, `user/${userId}`)) as Values
}

/** Keeps what was sent; keys that only the system may set are left alone. */
function keep(call: Call<Values>, name: string): Values {
  const { system_domain_id: _domain, system_name: _system, ...values } = call.body
  const next = { ...stored(call, name), ...values }
  call.core.settings.set(name, next)
  return next
}

function ownSettings(call: Call<unknown>): string {
  const userId = call.params['user_id'] ?? ''
  if (userId !== call.account.user.id && !call.account.user.is_admin)
    throw new ApiError(403, 'Only an administrator may see the settings of others')
  return call.core.tables.users.require(userId).id
}

/** The call itself, where it names the domain of the workspace; else ApiError 404. */
function ownDomain<Body>(call: Call<Body>): Call<Body> {
  const id = call.params['system_domain_id'] ?? ''
  if (id !== call.core.accounts.identity.systemDomainId) throw notFound('System domain', id)
  return call
}

const groupOf = (call: Call<unknown>) => call.core.tables.groups.require(call.params['group_id'] ?? '').id

export const settingsOperations = [
  operation('settings', 'GET', '/v1/merged/current/', null, (call) =>
    ok(mergedSettings(call, call.account.user.id)),
  ),
  operation('settings', 'GET', '/v1/merged/{user_id}/', null, (call) =>
    ok(mergedSettings(call, ownSettings(call))),
  ),
  operation('settings', 'GET', '/v1/system/current/', null, (call) => ok(system(call))),
  operation('settings', 'GET', '/v1/system/{system_domain_id}/', null, (call) => ok(system(ownDomain(call)))),
  ...update<Values>(
    'settings',
    '/v1/system/{system_domain_id}/',
    null,
    (call) => {
      keep(ownDomain(call), 'system')
      return ok(system(call))
    },
    { access: 'admin' },
  ),
  ...update<Values>(
    'settings',
    '/v1/system/current/',
    null,
    (call) => {
      keep(call, 'system')
      return ok(system(call))
    },
    { access: 'admin' },
  ),
  operation('settings', 'GET', '/v1/user/{user_id}/', null, (call) =>
    ok(stored(call, `user/${ownSettings(call)}`)),
  ),
  ...update<Values>('settings', '/v1/user/{user_id}/', null, (call) =>
    ok(keep(call, `user/${ownSettings(call)}`)),
  ),
  operation('settings', 'GET', '/v1/group/{group_id}/', null, (call) =>
    ok({ group_id: groupOf(call), ...stored(call, `group/${groupOf(call)}`) }),
  ),
  operation('settings', 'DELETE', '/v1/user/{user_id}/', null, (call) => {
    call.core.settings.remove(`user/${ownSettings(call)}`)
    return noContent()
  }),
  operation('settings', 'DELETE', '/v1/group/{group_id}/', 'can_write_groups', (call) => {
    call.core.settings.remove(`group/${groupOf(call)}`)
    return noContent()
  }),
  ...update<Values>('settings', '/v1/group/{group_id}/', 'can_write_groups', (call) =>
    ok({ group_id: groupOf(call), ...keep(call, `group/${groupOf(call)}`) }),
  ),
]
