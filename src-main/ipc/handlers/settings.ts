import type { Handlers } from '@contract/index.ts'
import type { AccountSession } from '../../ports/account-session.ts'
import type { Redactor } from '../../core/redact.ts'
import type { LogTail, MachineChecks, ShellChecks } from '../../ports/diagnostics.ts'
import type { SecretStore } from '../../ports/secret-store.ts'
import { runDoctor } from '../../services/doctor/doctor.ts'
import type { SettingsService } from '../../services/settings/settings.ts'
import type { MountCheck } from '../../ports/mount-check.ts'
import type { WatchFolders } from '../../services/watch/watch-folders.ts'
import { listStorages, mountStorage } from '../../services/settings/storages.ts'

export function settingsHandlers(deps: {
  settings: SettingsService
  session: AccountSession
  secrets: SecretStore
  machine: MachineChecks
  redactor: Redactor
  shellChecks: ShellChecks
  log: LogTail
  mountCheck: MountCheck
  watchFolders: Pick<WatchFolders, 'list'>
}) {
  return {
    'settings.get': async () => deps.settings.get(),
    'settings.update': async (changes) => deps.settings.update(changes),
    'settings.storages': (_, { signal }) =>
      listStorages(deps.session, deps.settings.get().storageMounts, signal, deps.mountCheck),
    'settings.mount': (wanted, { signal }) =>
      mountStorage(
        { ...deps, check: deps.mountCheck, watched: () => deps.watchFolders.list().map(({ path }) => path) },
        wanted,
        signal,
      ),
    'settings.doctor': () => runDoctor({ ...deps, shell: deps.shellChecks }),
    'settings.log': async ({ lines }) => deps.log.latest(lines),
  } satisfies Partial<Handlers>
}
