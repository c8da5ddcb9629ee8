import type { Clock } from '../../ports/clock.ts'
import type { IconikApi } from '../../ports/iconik-api.ts'
import type { LibraryStore } from '../../ports/library-store.ts'

/** What it takes to send an edit of the outbox. */
export interface EditSending {
  store: LibraryStore
  api: IconikApi
  clock: Clock
}
