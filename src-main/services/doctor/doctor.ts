import type { DoctorCheck } from '@contract/settings.ts'
import { findAppError } from '../../core/errors.ts'
import { missingRoles } from '../../core/needed-roles.ts'
import type { AccountSession, OpenSession } from '../../ports/account-session.ts'
import { leaksOf } from '../../core/redactor-test.ts'
import type { Redactor } from '../../core/redact.ts'
import type { MachineChecks, ShellChecks } from '../../ports/diagnostics.ts'
import type { SecretStore } from '../../ports/secret-store.ts'

/**
 * Looks at everything that an upload needs, one check after another. No check throws: what goes wrong is a finding with
 * what to do about it.
 */
export async function runDoctor(deps: {
  session: Pick<AccountSession, 'current'>
  secrets: SecretStore
  machine: MachineChecks
  redactor: Redactor
  /** Where there are windows. */
  shell?: ShellChecks
}): Promise<DoctorCheck[]> {
  const session = deps.session.current()
  const groups = await Promise.all([
    keychain(deps.secrets),
    session ? account(session) : [notSignedIn],
    deps.machine.run(),
    redactorHolds(deps.redactor),
    deps.shell?.run() ?? [],
  ])
  return groups.flat()
}

const notSignedIn: DoctorCheck = {
  name: 'Account',
  state: 'warn',
  finding: 'Nobody is signed in.',
  remedy: 'Open a local workspace or connect to iconik.',
}

async function keychain(secrets: SecretStore): Promise<DoctorCheck[]> {
  const state = await secrets.state()
  if (state.available)
    return [{ name: 'Keychain', state: 'ok', finding: `${state.backend} works.`, remedy: '' }]
  return [
    {
      name: 'Keychain',
      state: 'warn',
      finding: `${state.backend} cannot be used: ${state.reason ?? 'the reason is not known'}.`,
      remedy: 'Unlock or start it. Until then a token is kept for one session only.',
    },
  ]
}

function redactorHolds(redactor: Redactor): DoctorCheck[] {
  const leaks = leaksOf(redactor)
  return [
    leaks.length === 0
      ? { name: 'Log', state: 'ok', finding: 'Made-up secrets are removed from what is logged.', remedy: '' }
      : {
          name: 'Log',
          state: 'failed',
          finding: `Made-up secrets would be logged in ${leaks.length} of the texts that were tried.`,
          remedy: 'Send no logs to anyone, and report this.',
        },
  ]
}

async function account(session: OpenSession): Promise<DoctorCheck[]> {
  const api = session.api.inLane('person')
  const checks = [
    check(
      'Server and token',
      'Check the address and the network; sign in again if the token was refused.',
      async () => {
        await api.auth.check()
        return `${session.url} accepts the token of ${session.userName}.`
      },
    ),
    check('Roles', 'Ask an administrator of iconik for the roles that are missing.', async () => {
      const missing = missingRoles(await api.auth.roles())
      if (missing.length > 0) throw new Error(`The account lacks ${missing.join(', ')}.`)
      return 'The account has every role that uploads need.'
    }),
    check('Storage', 'Choose a default storage for files in iconik.', async () => {
      const storage = await api.storages.matching('FILES')
      if (!storage) throw new Error('iconik has no storage for files.')
      return `Files go to ${storage.name} (${storage.method}).`
    }),
  ]
  return Promise.all(checks)
}

async function check(name: string, remedy: string, find: () => Promise<string>): Promise<DoctorCheck> {
  try {
    return { name, state: 'ok', finding: await find(), remedy: '' }
  } catch (error) {
    const finding = findAppError(error)?.message ?? (error instanceof Error ? error.message : String(error))
    return { name, state: 'failed', finding, remedy }
  }
}
