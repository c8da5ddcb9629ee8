import type { Handlers } from '@contract/index.ts'
import type { Accounts } from '../../services/accounts/accounts.ts'
import type { SampleOffer } from '../../services/samples/sample-offer.ts'

export function accountHandlers(accounts: Accounts, samples: SampleOffer) {
  return {
    'accounts.state': async () => accounts.state(),
    'accounts.openLocal': async ({ dataDir, sampleClips }) => {
      const account = await accounts.openLocal(dataDir)
      // The workspace is open at once; the clips arrive as they are made.
      if (sampleClips && account.local) void samples.add(`${account.local.dataDir}/sample-clips`)
      return account
    },
    'accounts.test': (credentials, { signal }) => accounts.test(credentials, signal),
    'accounts.connect': (credentials) => accounts.connect(credentials),
    'accounts.beginLogin': (who, { signal }) => accounts.logins.begin(who, signal),
    'accounts.sendCode': async ({ id, domainId }, { signal }) => {
      await accounts.logins.sendCode(id, domainId, signal)
      return null
    },
    'accounts.finishLogin': ({ id, choice, keepIn }) => accounts.finishLogin(id, choice, keepIn),
    'accounts.switch': ({ id }) => accounts.switchTo(id),
    'accounts.signOut': async ({ id, leaveToken }) => {
      await accounts.signOut(id, { leaveToken })
      return null
    },
  } satisfies Partial<Handlers>
}
