import type { EditView } from '@contract/edits.ts'
import type { AccountId, AssetId } from '@contract/ids.ts'
import { AppError } from '../../core/errors.ts'
import type { LibraryStore, PendingEdit } from '../../ports/library-store.ts'
import type { Library } from './library.ts'
import { takeBackShown } from './send-edit.ts'
import { sendSoon } from './send-soon.ts'

const MOST_SHOWN = 200

/** The outbox as a person sees it: what waits, how far it is, what went wrong, and what can be undone. */
export class Edits {
  readonly #library: Library

  constructor(library: Library) {
    this.#library = library
  }

  /** Newest first; edits of one asset only while they wait or need somebody. */
  async list(): Promise<EditView[]> {
    const store = await this.#library.store()
    const edits = await store.edits('any', MOST_SHOWN)
    const shown = edits.filter(({ state, assetIds }) => state !== 'done' || assetIds.length > 1)
    return Promise.all(shown.reverse().map((edit) => viewOf(store, edit)))
  }

  /** Puts back what the server held before: an edit of its own, which waits like any other. @throws AppError api.not-found, of another account's edits too */
  async undo(id: number, accountId: AccountId): Promise<void> {
    const store = await this.#library.storeOf(accountId)
    const edit = await required(store, id)
    // What was not sent yet needs no undoing.
    if (edit.state === 'waiting') await store.updateEdit(id, { state: 'done' })
    if (edit.kind !== 'metadata') return this.#undoPlace(store, edit)
    const undoId = await store.addUndo(id, Date.now())
    await store.removeEdit(id)
    this.#library.metadataChanged(edit.assetIds)
    if (undoId !== null) await sendSoon(this.#library, undoId)
    this.#told(edit.assetIds)
  }

  /** Sends a failed edit again. */
  async retry(id: number, accountId: AccountId): Promise<void> {
    const store = await this.#library.storeOf(accountId)
    const edit = await required(store, id)
    await store.updateEdit(id, { state: 'waiting', reason: '' })
    await sendSoon(this.#library, id)
    this.#told(edit.assetIds)
  }

  /** Ends an edit where it stands: what was sent stays, the rest is not sent. */
  async stop(id: number, accountId: AccountId): Promise<void> {
    const store = await this.#library.storeOf(accountId)
    const edit = await required(store, id)
    if (edit.sentCount > 0 && edit.state === 'waiting') await store.updateEdit(id, { state: 'done' })
    else await store.removeEdit(id)
    if (edit.state === 'waiting') await takeBackShown(store, edit)
    this.#told(edit.assetIds)
  }

  async #undoPlace(store: LibraryStore, edit: PendingEdit): Promise<void> {
    const back = { trash: 'restore', restore: 'trash', add: 'remove', remove: 'add' } as const
    const kind = edit.kind in back ? back[edit.kind as keyof typeof back] : null
    await takeBackShown(store, edit)
    await store.removeEdit(edit.id)
    const assetIds = edit.assetIds.slice(0, edit.sentCount)
    if (kind && assetIds.length > 0) {
      const { collectionId } = edit
      const createdMs = Date.now()
      const undoId = await store.addEdit({
        kind,
        assetIds,
        collectionId,
        viewId: null,
        changes: {},
        base: null,
        createdMs,
      })
      await takeBackShown(store, { ...edit, sentCount: 0, assetIds })
      await sendSoon(this.#library, undoId)
    }
    this.#told(edit.assetIds)
  }

  #told(assetIds: AssetId[]): void {
    this.#library.noticed(assetIds.slice(0, 500))
    this.#library.runner?.refresh()
    this.#library.changed()
    this.#library.editsChanged()
    this.#library.metadataChanged(assetIds)
  }
}

async function required(store: LibraryStore, id: number): Promise<PendingEdit> {
  const edit = await store.edit(id)
  if (!edit) throw new AppError('api.not-found', 'This edit is not there any more.')
  return edit
}

async function viewOf(store: LibraryStore, edit: PendingEdit): Promise<EditView> {
  const view = edit.viewId && ((await store.kept('view', edit.viewId)) as ViewLabels | null)
  const labels = new Map((view ? view.fields : []).map(({ name, label }) => [name, label]))
  const [assetId] = edit.assetIds
  const [row] = assetId && edit.assetIds.length === 1 ? await store.rows([assetId]) : []
  return {
    id: edit.id,
    kind: edit.kind,
    state: edit.state,
    assetCount: edit.assetIds.length,
    assetId: edit.assetIds.length === 1 ? (assetId ?? null) : null,
    assetTitle: row?.title ?? '',
    sentCount: edit.state === 'done' ? edit.assetIds.length : edit.sentCount,
    fields: edit.kind === 'metadata' ? Object.keys(edit.changes).map((name) => labels.get(name) ?? name) : [],
    collection: edit.collectionId ? await store.collectionTitle(edit.collectionId) : '',
    reason: edit.reason,
    canUndo: edit.kind !== 'purge' && edit.kind !== 'rename' && edit.state === 'done',
    dateCreated: new Date(edit.createdMs).toISOString(),
  }
}

interface ViewLabels {
  fields: { name: string; label: string }[]
}
