import { AppError } from '../../core/errors.ts'
import type { LibraryStore } from '../../ports/library-store.ts'
import type { Library } from './library.ts'

/** A person waits so long for an edit to arrive; then it goes on in the background. */
const PATIENCE_MS = 5_000

/**
 * Sends what is in the outbox. An edit that was written down is not lost when this fails: it is sent later.
 *
 * @param editId resolves as soon as this one was dealt with
 * @returns whether it was
 */
export async function sendSoon(library: Library, editId: number): Promise<boolean> {
  library.editsChanged()
  await library.runner?.sendSoon(editId, PATIENCE_MS)
  return (await (await library.store()).edit(editId))?.state !== 'waiting'
}

/** Takes an edit that the server refused at once out of the outbox: who made it is told. @throws AppError api.invalid */
export async function throwRefusal(store: LibraryStore, editId: number): Promise<void> {
  const edit = await store.edit(editId)
  if (edit?.state !== 'failed') return
  // What was sent before the refusal can still be undone.
  if (edit.sentCount > 0) await store.updateEdit(editId, { state: 'done' })
  else await store.removeEdit(editId)
  throw new AppError('api.invalid', edit.reason)
}
