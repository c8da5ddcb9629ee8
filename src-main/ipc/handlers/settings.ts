import type { Handlers } from '@contract/index.ts'
import type { AccountSession } from '../../ports/account-session.ts'
import type { Redactor } from '../../core/redact.ts'
import type { LogTail, MachineChecks, ShellChecks } from '../../ports/diagnostics.ts'
import type { SecretStore } from '../../ports/secret-store.ts'
import { runDoctor } from '../../services/doctor/doctor.ts'
import type { SettingsService } from '../../services/settings/settings.ts'
import { listStorages } from '../../services/settings/storages.ts'

export function settingsHandlers(deps: {
  settings: SettingsService
  session: AccountSession
  secrets: SecretStore
  machine: MachineChecks
  redactor: Redactor
  shellChecks: ShellChecks
  log: LogTail
}) {
  return {
    'settings.get': async () => deps.settings.get(),
    'settings.update': async (changes) => deps.settings.update(changes),
    'settings.storages': (_, { signal }) =>
      listStorages(deps.session, deps.settings.get().storageMounts, signal),
    'settings.doctor': () => runDoctor({ ...deps, shell: deps.shellChecks }),
    'settings.log': async ({ lines }) => deps.log.latest(lines),
  } satisfies Partial<Handlers>
}
