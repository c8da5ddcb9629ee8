/** A token that came from a log-in. */
export interface LoginToken {
  appId: string
  authToken: string
  /** Milliseconds since 1970 from when it is worth nothing; null when the server did not say. */
  expiresMs: number | null
}

/** One of the places that a person's e-mail address belongs to. */
export interface LoginDomain {
  /** iconik's system domain id. */
  id: string
  name: string
  /** How a one-time code reaches the person; null when none is asked for. */
  code: 'app' | 'mail' | null
}

/** A person whose password was taken and who still has to choose a domain or type a code. */
export interface LoginAttempt {
  domains: LoginDomain[]
  /** Has a code sent by mail. @throws AppError auth.rejected when the attempt is too old, network.*, api.* */
  sendCode(domainId: string, signal?: AbortSignal): Promise<void>
  /** @throws AppError auth.rejected for a wrong code or an attempt that is too old, api.invalid when a code is missing */
  choose(domainId: string, code: string | null, signal?: AbortSignal): Promise<LoginToken>
}

/** Signing in with e-mail and password (iconik's log-in calls), for people who have no administrator to make a token. */
export interface PasswordLogin {
  /**
   * @param who.url https address of iconik; http on this machine only
   * @throws AppError auth.rejected when the address or the password is wrong, network.*, api.*
   */
  begin(
    who: { url: string; email: string; password: string },
    signal?: AbortSignal,
  ): Promise<{ token: LoginToken } | { attempt: LoginAttempt }>
  /** Gets a token that lasts longer for one that is still good. @throws AppError auth.rejected, network.*, api.* */
  renew(target: { url: string; appId: string; authToken: string }): Promise<LoginToken>
  /** Makes a token worthless. @throws AppError auth.rejected when it was already, network.*, api.* */
  revoke(target: { url: string; appId: string; authToken: string }, signal?: AbortSignal): Promise<void>
}
