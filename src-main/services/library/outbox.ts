import type { AssetId } from '@contract/ids.ts'
import { type AppError, findAppError } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { IconikApi } from '../../ports/iconik-api.ts'
import type { LibraryStore, PendingEdit } from '../../ports/library-store.ts'
import type { EditSending } from './edit-sending.ts'
import { sendEditPart, takeBackShown } from './send-edit.ts'

/** Failures after which the same edit may well succeed later: it keeps its place. */
const isPassing = (error: AppError) => error.retry.when !== 'never' || error.code === 'cancelled'
/** Edits that are done stay so many deep, so that they can be undone. */
const DONE_KEPT = 20

export interface OutboxDependencies {
  store: LibraryStore
  api: IconikApi
  clock: Clock
  /** An edit got further, was held or ended. `touched` are the assets that this was about. */
  onProgress: (edit: PendingEdit, touched: AssetId[]) => void
}

/**
 * Sends edits in the order in which they were made; a small one may overtake a large one that it shares no asset with.
 * Large ones go in parts, and where they stand is written down after each. An edit is done when the server shows it, or
 * stays with the reason why not; one that may succeed later holds back those behind it.
 */
export class Outbox {
  readonly #sending: EditSending
  readonly #store: LibraryStore
  readonly #onProgress: OutboxDependencies['onProgress']
  #running: Promise<void> | null = null

  constructor({ store, api, clock, onProgress }: OutboxDependencies) {
    this.#store = store
    this.#sending = { store, api: api.inLane('person'), clock }
    this.#onProgress = onProgress
  }

  /** Sends what waits; a call while another runs waits for that one and then looks again. @throws AppError passing ones */
  async drain(signal: AbortSignal): Promise<void> {
    while (this.#running) await this.#running.catch(() => {})
    this.#running = this.#sendAll(signal)
    try {
      await this.#running
    } finally {
      this.#running = null
    }
  }

  async #sendAll(signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted()
      const edit = await this.#store.nextEdit()
      if (!edit) return
      try {
        const { state, sentCount, touched } = await sendEditPart(this.#sending, edit, signal)
        // It may have been stopped, or settled, while this part was under way.
        const now = await this.#store.edit(edit.id)
        if (now)
          await this.#store.updateEdit(
            edit.id,
            now.state === 'waiting' ? { state, sentCount } : { sentCount },
          )
        if (state === 'done') await this.#store.forgetDone(DONE_KEPT)
        this.#onProgress({ ...edit, state, sentCount }, touched)
      } catch (error) {
        const known = findAppError(error)
        if (!known || isPassing(known)) throw error
        await this.#store.updateEdit(edit.id, { state: 'failed', reason: known.message })
        await takeBackShown(this.#store, edit)
        this.#onProgress({ ...edit, state: 'failed', reason: known.message }, edit.assetIds)
      }
    }
  }
}
