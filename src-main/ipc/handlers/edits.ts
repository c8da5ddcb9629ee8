import type { Handlers } from '@contract/index.ts'
import type { Edits } from '../../services/library/edits.ts'

export function editHandlers(edits: Edits) {
  return {
    'edits.list': () => edits.list(),
    'edits.undo': async ({ id, accountId }) => {
      await edits.undo(id, accountId)
      return null
    },
    'edits.retry': async ({ id, accountId }) => {
      await edits.retry(id, accountId)
      return null
    },
    'edits.stop': async ({ id, accountId }) => {
      await edits.stop(id, accountId)
      return null
    },
  } satisfies Partial<Handlers>
}
