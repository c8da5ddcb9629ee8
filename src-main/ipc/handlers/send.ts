import type { Handlers } from '@contract/index.ts'
import type { SendToAccount } from '../../services/send/send-to-account.ts'

export function sendHandlers(sending: SendToAccount) {
  return {
    'send.plan': (request, { signal }) => sending.plan(request, signal),
    'send.start': async (request, { signal }) => {
      const { batchId, queuedCount } = await sending.start(request, signal)
      return { batchId, queuedCount }
    },
  } satisfies Partial<Handlers>
}
