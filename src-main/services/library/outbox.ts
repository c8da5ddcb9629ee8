import type { AssetId, ViewId } from '@contract/ids.ts'
import { type AppError, findAppError } from '../../core/errors.ts'
import { applyChanges, conflictsOf } from '../../core/library/field-edits.ts'
import type { IconikApi } from '../../ports/iconik-api.ts'
import type { LibraryStore, PendingEdit } from '../../ports/library-store.ts'

/** Failures after which the same edit may well succeed later: it keeps its place. */
const isPassing = (error: AppError) => error.retry.when !== 'never' || error.code === 'cancelled'

/**
 * Sends edits in the order in which they were made. An edit leaves the outbox when the server has taken it, or stays with
 * the reason why not; one that may succeed later holds back those behind it.
 */
export class Outbox {
  readonly #store: LibraryStore
  readonly #api: IconikApi
  readonly #onSent: (assetIds: AssetId[], edit: PendingEdit) => void
  #running: Promise<void> | null = null

  constructor(store: LibraryStore, api: IconikApi, onSent: (assetIds: AssetId[], edit: PendingEdit) => void) {
    this.#store = store
    this.#api = api.inLane('person')
    this.#onSent = onSent
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
      const [edit] = await this.#store.edits('waiting', 1)
      if (!edit) return
      try {
        const isSent = await this.#send(edit, signal)
        if (!isSent) continue
        await this.#store.removeEdit(edit.id)
        this.#onSent(edit.assetIds, edit)
      } catch (error) {
        const known = findAppError(error)
        if (!known || isPassing(known)) throw error
        await this.#store.updateEdit(edit.id, { state: 'failed', reason: known.message })
        this.#onSent(edit.assetIds, edit)
      }
    }
  }

  /** @returns false when the edit was held as a conflict instead */
  async #send(edit: PendingEdit, signal: AbortSignal): Promise<boolean> {
    if (edit.kind === 'rename') return this.#sendRename(edit, signal)
    const { viewId, assetIds } = edit
    if (viewId === null) return true
    const [only] = assetIds
    if (assetIds.length === 1 && only) return this.#sendOne(edit, viewId, only, signal)
    return this.#sendMany(edit, viewId, signal)
  }

  async #sendRename({ assetIds, changes }: PendingEdit, signal: AbortSignal): Promise<boolean> {
    const title = changes['title']?.values[0]
    for (const id of assetIds) if (title) await this.#api.assets.update(id, { title }, signal)
    return true
  }

  async #sendOne(edit: PendingEdit, viewId: ViewId, assetId: AssetId, signal: AbortSignal): Promise<boolean> {
    const before = await this.#api.metadata.getValues('assets', assetId, viewId, signal)
    const theirs = edit.base ? conflictsOf(edit.base, edit.changes, before.values) : {}
    if (Object.keys(theirs).length > 0) {
      await this.#store.keep('values', `${assetId} ${viewId}`, before.values)
      await this.#store.updateEdit(edit.id, { state: 'conflict', theirs })
      this.#onSent([assetId], edit)
      return false
    }
    await this.#api.metadata.putValues('assets', assetId, viewId, edit.changes, signal)
    await this.#store.keep('values', `${assetId} ${viewId}`, applyChanges(before.values, edit.changes))
    return true
  }

  /** The same change to many assets: one call for 500 of them where values are set, else one each. */
  async #sendMany({ assetIds, changes }: PendingEdit, viewId: ViewId, signal: AbortSignal): Promise<boolean> {
    const isSetting = Object.values(changes).every(({ mode }) => mode === 'overwrite')
    if (isSetting) {
      const values = Object.fromEntries(
        Object.entries(changes).map(([field, change]) => [field, change.values]),
      )
      await this.#api.metadata.putSameValues(viewId, assetIds, values, signal)
    } else
      for (const id of assetIds) await this.#api.metadata.putValues('assets', id, viewId, changes, signal)
    for (const id of assetIds) {
      const key = `${id} ${viewId}`
      const kept = await this.#store.kept('values', key)
      if (kept) await this.#store.keep('values', key, applyChanges(kept as Record<string, string[]>, changes))
    }
    return true
  }
}
