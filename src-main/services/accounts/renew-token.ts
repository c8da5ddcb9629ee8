import { AppError } from '../../core/errors.ts'
import type { AccountRecord, AccountStore } from '../../ports/account-store.ts'
import type { LoginToken, PasswordLogin } from '../../ports/password-login.ts'
import type { KeptTokens } from './kept-tokens.ts'

/** A token that may be replaced by a renewed one while a session uses it. */
export interface TokenHolder {
  value: string
}

/**
 * Gets a token that lasts longer and keeps it where the old one was. The session goes on with it from its next call; the
 * old one stays good until it expires.
 *
 * @throws AppError auth.rejected, network.*, api.*, auth.keychain-unavailable; cancelled when the account was left meanwhile
 */
export async function renewToken(
  deps: { store: AccountStore; tokens: KeptTokens; passwordLogin: PasswordLogin },
  record: AccountRecord,
  token: TokenHolder,
): Promise<LoginToken> {
  const { url, appId } = record
  const renewed = await deps.passwordLogin.renew({ url, appId, authToken: token.value })
  const known = () => deps.store.list().find(({ id }) => id === record.id)
  // What was signed out of leaves nothing in the keychain.
  if (!known()) throw new AppError('cancelled', 'The account was left while its token was renewed.')
  await deps.tokens.keep(record, renewed.authToken)
  token.value = renewed.authToken
  const now = known()
  if (now) deps.store.put({ ...now, expiresMs: renewed.expiresMs })
  else await deps.tokens.forget(record)
  return renewed
}
