import type { Handlers } from '@contract/index.ts'
import type { AccountSession } from '../ports/account-session.ts'
import type { LogTail, MachineChecks } from '../ports/diagnostics.ts'
import type { Logger } from '../ports/logger.ts'
import type { SecretStore } from '../ports/secret-store.ts'
import type { Accounts } from '../services/accounts/accounts.ts'
import type { PlanSessions } from '../services/intake/plan-sessions.ts'
import type { Jobs } from '../services/jobs/jobs.ts'
import type { SettingsService } from '../services/settings/settings.ts'
import type { UploadService } from '../services/uploads/index.ts'
import { accountHandlers } from './handlers/accounts.ts'
import { jobHandlers } from './handlers/jobs.ts'
import { planHandlers } from './handlers/plans.ts'
import { settingsHandlers } from './handlers/settings.ts'
import { type ShellParts, shellHandlers } from './handlers/shell.ts'
import { uploadHandlers } from './handlers/uploads.ts'
import { createRouter, type Router } from './router.ts'

/** Everything that a page may reach, and what tells it of changes. */
export interface PageParts {
  accounts: Accounts
  session: AccountSession
  settings: SettingsService
  uploads: UploadService
  plans: PlanSessions
  jobs: Jobs
  secrets: SecretStore
  machine: MachineChecks
  log: LogTail
  shell: ShellParts
  logger: Logger
}

/** Joins the services behind the contract: a handler for each method, an event for each change. */
export function createPageRouter(parts: PageParts): Router {
  const handlers = {
    ...accountHandlers(parts.accounts),
    ...jobHandlers(parts.jobs),
    ...planHandlers(parts.plans),
    ...settingsHandlers(parts),
    ...shellHandlers(parts.shell),
    ...uploadHandlers(parts.uploads, parts.settings),
  }
  // TODO: the cast ends when the library, watch folders and receipts have their handlers here.
  const router = createRouter(handlers as unknown as Handlers, parts.logger)
  announceChanges(parts, router)
  return router
}

function announceChanges(parts: PageParts, router: Router): void {
  parts.accounts.onState((state) => router.emit('accounts.changed', state))
  parts.jobs.onChanged((rows) => router.emit('jobs.changed', { rows }))
  parts.plans.onChanged((view) => router.emit('uploads.planChanged', view))
  parts.settings.onChange((settings) => router.emit('settings.changed', settings))
  parts.uploads.onChanged((change) => router.emit('uploads.changed', change))
}
