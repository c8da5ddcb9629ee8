import type { PiniaPluginContext } from 'pinia'
import { watch } from 'vue'
import { useAccounts } from './accounts.ts'

/** Stores of this machine and of the window. */
const OUTLIVE_ACCOUNTS = new Set(['accounts', 'leaving', 'settings', 'shell', 'toasts', 'updates', 'welcome'])

/**
 * A Pinia plugin: every other store holds what belongs to the account in use, and ends when another one is, or none. Whoever asks for
 * it then gets a new one, that knows nothing. Ids of edits, plans and collections are those of one account only, so nothing that names
 * them may stay. At once, not with the next drawing: an event for the new account may come before that.
 */
export function endWithAccount({ store, pinia }: PiniaPluginContext): void {
  if (OUTLIVE_ACCOUNTS.has(store.$id)) return
  const accounts = useAccounts(pinia)
  watch(
    () => accounts.current?.id,
    () => {
      store.$dispose()
      // Or the next one would begin with it.
      delete pinia.state.value[store.$id]
    },
    { flush: 'sync' },
  )
}
