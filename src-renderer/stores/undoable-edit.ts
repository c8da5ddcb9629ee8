import { ferry, isCancelled, toErrorView } from '../client/index.ts'
import type { ErrorView } from '@contract/errors.ts'
import { strings } from '../lib/strings/index.ts'
import { useAccounts } from './accounts.ts'
import { useToasts } from './toasts.ts'
import { useUndo } from './undo.ts'

/**
 * Begins an edit of the outbox, and offers to take it back by Ctrl/Cmd Z, and in a note where there is a text for it. Lists
 * show an edit at once, so it can be taken back at once too, in the order in which edits were begun and not in which they
 * arrived.
 *
 * @param words what undoing does, and what the note says; '' for no note
 * @param onFailure hears why taking it back failed
 * @throws what `begin` throws; then nothing is offered
 */
export async function undoableEdit(
  begin: () => Promise<{ editId: number | null }>,
  words: { label: string; done: string },
  onFailure: (error: ErrorView) => void,
): Promise<void> {
  const undo = useUndo()
  const toasts = useToasts()
  const accountId = useAccounts().current?.id
  const begun = begin()
  const step = {
    label: words.label,
    undo: async () => {
      try {
        const { editId } = await begun
        if (editId !== null && accountId) await ferry().call('edits.undo', { id: editId, accountId })
      } catch (failure) {
        if (!isCancelled(failure)) onFailure(toErrorView(failure))
      }
    },
  }
  undo.push(step)
  const note = words.done
    ? toasts.show(words.done, { label: strings.app.undo, run: () => void undo.undo(step) })
    : null
  try {
    const { editId } = await begun
    if (editId === null) undo.drop(step)
  } catch (failure) {
    undo.drop(step)
    if (note !== null) toasts.close(note)
    throw failure
  }
}
