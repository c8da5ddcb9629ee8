export interface SecretStoreState {
  available: boolean
  /** Name of the backend as its user knows it. */
  backend: string
  /** Why it cannot be used; null when it can. */
  reason: string | null
}

/** The system keychain, or memory for this session. Never falls back to plain text by itself. */
export interface SecretStore {
  /** Tries the backend with a write, a read and a delete of a probe entry. Never throws. */
  state(): Promise<SecretStoreState>
  /** @returns null when there is no such secret. @throws AppError auth.keychain-unavailable (locked, no service). */
  get(account: string): Promise<string | null>
  /** Writes and reads back; resolves only when what was read equals what was written. */
  set(account: string, secret: string): Promise<void>
  /** Resolves when there is none any more. @throws AppError auth.keychain-unavailable */
  delete(account: string): Promise<void>
}
