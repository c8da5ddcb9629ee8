import type { Credentials } from '@contract/accounts.ts'
import type { AccountId } from '@contract/ids.ts'
import { parseAccountAddress } from '../../core/account-address.ts'
import type { OpenSession } from '../../ports/account-session.ts'
import type { ConnectIconik } from '../../ports/connect-iconik.ts'

export interface Target {
  kind: 'local' | 'iconik'
  url: string
  appId: string
  authToken: string
}

/**
 * Proves that the credentials work, and learns who they belong to.
 *
 * @param token read at each call, so that it may be renewed while the session lives
 * @throws AppError auth.rejected, network.*, api.*
 */
export async function openAccount(
  connect: ConnectIconik,
  target: Target,
  signal?: AbortSignal,
  token: { readonly value: string } = { value: target.authToken },
): Promise<OpenSession & { domainName: string }> {
  const api = connect({ url: target.url, appId: target.appId, authToken: () => token.value })
  const person = api.inLane('person')
  await person.auth.check(signal)
  const [user, roles] = await Promise.all([person.auth.currentUser(signal), person.auth.roles(signal)])
  return {
    accountId: user.systemDomainId as AccountId,
    kind: target.kind,
    url: target.url,
    userId: user.id,
    userName: user.name || user.email,
    roles: new Set(roles),
    domainName: user.systemName || new URL(target.url).host,
    api,
  }
}

/** Where credentials lead. @throws AppError api.invalid when the address is none, or not safe */
export function targetOf(credentials: Credentials) {
  return {
    kind: 'iconik' as const,
    url: parseAccountAddress(credentials.url),
    appId: credentials.appId,
    authToken: credentials.authToken,
  }
}
