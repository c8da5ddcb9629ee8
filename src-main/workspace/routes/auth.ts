import { ApiError } from '../errors.ts'
import { created, noContent, ok, operation, present, type Call } from '../http/operation.ts'
import { keysetEnvelope, keysetOf } from '../http/paging.ts'
import type { Stored } from '../store/documents.ts'

/** A token object; the secret is in it only where it has just been made. */
export function tokenView(call: Call<unknown>, row: Stored, secret?: string): Record<string, unknown> {
  const user = call.core.tables.users.get(String(row['user_id']))
  const domain = String(row['system_domain_id'])
  return {
    ...present(row),
    ...(secret !== undefined && { token: secret }),
    is_admin: user?.is_admin ?? false,
    is_super_admin: false,
    system_domain_status: 'ACTIVE',
    system_domain_type: 'REGULAR',
    system_domain_warning_message: null,
    system_domains: (user?.['system_domains'] as string[] | undefined) ?? [domain],
    auth_system_domains: [],
  }
}

function another(call: Call<unknown>) {
  const { core, account } = call
  const made = core.accounts.issue(account.appId, account.user.id, account.systemDomainId, {
    lifetimeS: core.assumptions.tokenLifetimeS,
  })
  return tokenView(call, made.row, made.token)
}

/** A fresh token in the place of the caller's, which stays valid until it expires by itself. */
function refresh(call: Call<unknown>) {
  return ok(another(call))
}

function ownToken(call: Call<unknown>): Stored {
  const row = call.core.tables.tokens.require(call.params['token_id'] ?? '')
  if (row['user_id'] !== call.account.user.id && !call.account.user.is_admin)
    throw new ApiError(403, 'The token belongs to somebody else')
  return row
}

export const authOperations = [
  operation('auth', 'GET', '/v1/auth/token/', null, (call) =>
    ok(tokenView(call, call.core.tables.tokens.require(call.account.tokenId))),
  ),
  operation('auth', 'POST', '/v1/auth/token/', null, (call) => created(another(call))),
  operation('auth', 'PUT', '/v1/auth/token/', null, refresh),
  operation('auth', 'DELETE', '/v1/auth/token/', null, (call) => {
    call.core.accounts.revoke(call.account.tokenId)
    return noContent()
  }),
  operation('auth', 'GET', '/v1/auth/token/{token_id}/', null, (call) => ok(tokenView(call, ownToken(call)))),
  operation('auth', 'DELETE', '/v1/auth/token/{token_id}/', null, (call) => {
    call.core.accounts.revoke(ownToken(call).id)
    return ok({})
  }),
  operation('auth', 'GET', '/v1/auth/tokens/', null, (call) => {
    const paging = keysetOf(call)
    const where = { user_id: call.account.user.id }
    const rows = call.core.tables.tokens.list({
      where,
      limit: paging.perPage + 1,
      ...(paging.lastId !== undefined && { afterId: paging.lastId }),
    })
    return ok(
      keysetEnvelope(call, paging, call.core.tables.tokens.count({ where }), rows, (row) =>
        tokenView(call, row),
      ),
    )
  }),
]
