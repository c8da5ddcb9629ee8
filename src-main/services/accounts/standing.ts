import type { AccountView } from '@contract/accounts.ts'
import type { ErrorView } from '@contract/errors.ts'
import { findAppError } from '../../core/errors.ts'
import type { AccountRecord } from '../../ports/account-store.ts'

/** What is known of an account besides its record; `problem` says why it cannot be used. */
export interface Standing {
  state: AccountView['state']
  problem: ErrorView | null
}

/** Where an account stands after it could not be opened, or was refused in the middle of work. */
export function standingAfter(error: unknown): Standing {
  const problem = findAppError(error)?.toView() ?? null
  const isAway = problem?.code.startsWith('network.') || problem?.code === 'api.failed'
  return { state: isAway ? 'unreachable' : 'needs-sign-in', problem }
}

/** An account that was not opened in this session. */
export function unknownYet({ kind, keptIn }: AccountRecord): Standing {
  return { state: kind === 'iconik' && keptIn === 'session' ? 'needs-sign-in' : 'known', problem: null }
}
