import type { Handlers } from '@contract/index.ts'
import type { Updates } from '../../services/updates/updates.ts'

export function updateHandlers(updates: Updates) {
  return {
    'updates.state': async () => updates.view(),
    'updates.check': () => updates.check(),
    'updates.download': () => updates.download(),
    'updates.reveal': async () => {
      await updates.reveal()
      return null
    },
  } satisfies Partial<Handlers>
}
