import type { Handlers } from '@contract/index.ts'
import type { Accounts } from '../../services/accounts/accounts.ts'

export function accountHandlers(accounts: Accounts) {
  return {
    'accounts.state': () => accounts.state(),
    'accounts.openLocal': ({ dataDir }) => accounts.openLocal(dataDir),
    'accounts.test': (credentials, { signal }) => accounts.test(credentials, signal),
    'accounts.connect': (credentials) => accounts.connect(credentials),
    'accounts.switch': ({ id }) => accounts.switchTo(id),
    'accounts.signOut': async ({ id }) => {
      await accounts.signOut(id)
      return null
    },
  } satisfies Partial<Handlers>
}
