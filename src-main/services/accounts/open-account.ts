import type { AccountId } from '@contract/ids.ts'
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
 * @throws AppError auth.rejected, network.*, api.*
 */
export async function openAccount(
  connect: ConnectIconik,
  target: Target,
  signal?: AbortSignal,
): Promise<OpenSession & { domainName: string }> {
  const { authToken } = target
  const api = connect({ url: target.url, appId: target.appId, authToken: () => authToken })
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
