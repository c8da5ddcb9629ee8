import type { AccountId } from '@contract/ids.ts'
import type { IconikApi } from './iconik-api.ts'

/** A signed-in account, for as long as it stays the current one. */
export interface OpenSession {
  /** iconik's system domain id: what the journal and the mirror keep apart by. */
  accountId: AccountId
  kind: 'local' | 'iconik'
  url: string
  userId: string
  userName: string
  roles: ReadonlySet<string>
  api: IconikApi
}

/** Who is signed in, for services that work for the current account. */
export interface AccountSession {
  current(): OpenSession | null
  /** The account that is chosen, signed in or not (its server may be away); null when none is. */
  accountId(): AccountId | null
  /** @throws AppError auth.required */
  require(): OpenSession
  /** Called after each change: signed in, switched, signed out, rejected. @returns stops it */
  onChange(listener: (session: OpenSession | null) => void): () => void
  /** The server refused the token of this session in the middle of work: it ends, and the person is asked. */
  rejected(session: OpenSession): void
}
