import type { DoctorCheck } from '@contract/settings.ts'
import { findAppError } from '../../core/errors.ts'
import { missingRoles } from '../../core/needed-roles.ts'
import type { AccountSession, OpenSession } from '../../ports/account-session.ts'
import type { MachineChecks } from '../../ports/diagnostics.ts'
import type { SecretStore } from '../../ports/secret-store.ts'

/**
 * Looks at everything that an upload needs, one check after another. No check throws: what goes wrong is a finding with
 * what to do about it.
 */
export async function runDoctor(deps: {
  session: Pick<AccountSession, 'current'>
  secrets: SecretStore
  machine: MachineChecks
}): Promise<DoctorCheck[]> {
  const session = deps.session.current()
  const groups = await Promise.all([
    keychain(deps.secrets),
    session ? account(session) : [notSignedIn],
    deps.machine.run(),
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
