import type { AccountId } from '@contract/ids.ts'

/** What is remembered of an account. Never a secret. */
export interface AccountRecord {
  id: AccountId
  kind: 'local' | 'iconik'
  name: string
  userName: string
  /** Of an iconik account; a local workspace has a new address at each start. */
  url: string
  appId: string
  /** Of a local workspace; '' otherwise. */
  dataDir: string
  keptIn: 'keychain' | 'session'
  /** A token from a log-in with a password expires and is renewed; one that was made in iconik is not. */
  signedInBy: 'token' | 'password'
  /** Of a log-in, as far as the server said; milliseconds since 1970. */
  expiresMs: number | null
  /** The one that is opened at the next start. */
  isCurrent: boolean
}

export interface AccountStore {
  list(): AccountRecord[]
  /** Inserts or replaces by id. With isCurrent the others lose it. */
  put(record: AccountRecord): void
  delete(id: AccountId): void
  /** Nothing is opened at the next start. */
  clearCurrent(): void
}
