import { z } from 'zod'
import type { Principal } from '../access.ts'
import { ApiError, notFound } from '../errors.ts'
import { created, noContent, ok, operation, type Call } from '../http/operation.ts'
import {
  demand,
  grantAll,
  guarded,
  permissionAsked,
  Permissions,
  revokeAll,
  type Guarded,
} from './acl-guard.ts'

const One = z.object({ permissions: Permissions })

/** One principal's rights on one object, under users/… and groups/… */
function operationsOf(kind: 'users' | 'groups') {
  const field = kind === 'users' ? 'user_id' : 'group_id'
  const path = `/v1/${kind}/{${field}}/acl/{object_type}/{object_key}/`
  const principal = (call: Call<unknown>): Principal => {
    const id = call.params[field] ?? ''
    if (!call.core.tables[kind].has(id)) throw notFound(kind === 'users' ? 'User' : 'Group', id)
    return kind === 'users' ? `u:${id}` : `g:${id}`
  }
  const granted = (call: Call<unknown>, object: Guarded) => {
    const who = principal(call)
    return call.core.access.entries(object.type, object.key).find((entry) => entry.principal === who)
  }
  const view = (call: Call<unknown>, object: Guarded, permissions: string[]) => ({
    [field]: call.params[field],
    object_type: object.type,
    object_key: object.key,
    permissions,
  })
  return [
    operation('acls', 'GET', path, 'can_read_acls', (call) => {
      const object = guarded(call)
      demand(call, 'read', object)
      const row = granted(call, object)
      if (!row) throw notFound('Access right on', object.key)
      return ok(view(call, object, row.permissions))
    }),
    operation(
      'acls',
      'PUT',
      path,
      'can_write_acls',
      (call) => {
        const object = guarded(call)
        const known = granted(call, object)
        grantAll(call, [object], [principal(call)], call.body.permissions, 'OVERWRITE')
        return (known ? ok : created)(view(call, object, call.body.permissions))
      },
      { schema: One },
    ),
    operation('acls', 'DELETE', path, 'can_delete_acls', (call) => {
      revokeAll(call, [guarded(call)], [principal(call)])
      return noContent()
    }),
    operation('acls', 'GET', `${path}{permission}/`, 'can_read_acls', (call) => {
      const object = guarded(call)
      demand(call, 'read', object)
      const asked = permissionAsked(call)
      const row = granted(call, object)
      if (!row?.permissions.includes(asked)) throw new ApiError(403, `${asked} is not granted`)
      return ok(view(call, object, row.permissions))
    }),
  ]
}

export const aclPrincipalOperations = [...operationsOf('users'), ...operationsOf('groups')]
