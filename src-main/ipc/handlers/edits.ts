import type { Handlers } from '@contract/index.ts'
import type { Edits } from '../../services/library/edits.ts'

export function editHandlers(edits: Edits) {
  return {
    'edits.list': () => edits.list(),
    'edits.undo': async ({ id }) => {
      await edits.undo(id)
      return null
    },
    'edits.retry': async ({ id }) => {
      await edits.retry(id)
      return null
    },
    'edits.stop': async ({ id }) => {
      await edits.stop(id)
      return null
    },
  } satisfies Partial<Handlers>
}
