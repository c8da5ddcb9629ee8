import type { Handlers } from '@contract/index.ts'
import type { AccountSession } from '../ports/account-session.ts'
import type { Redactor } from '../core/redact.ts'
import type { LogTail, MachineChecks, ShellChecks } from '../ports/diagnostics.ts'
import type { MountCheck } from '../ports/mount-check.ts'
import type { Logger } from '../ports/logger.ts'
import type { SecretStore } from '../ports/secret-store.ts'
import type { Access } from '../services/access/access.ts'
import type { AssetParts } from '../services/asset-parts/asset-parts.ts'
import type { Previews } from '../services/asset-parts/previews.ts'
import type { Accounts } from '../services/accounts/accounts.ts'
import type { PlanSessions } from '../services/intake/plan-sessions.ts'
import type { Jobs } from '../services/jobs/jobs.ts'
import type { Assets } from '../services/library/assets.ts'
import type { Collections } from '../services/library/collections.ts'
import type { Downloads } from '../services/downloads/downloads.ts'
import type { Edits } from '../services/library/edits.ts'
import type { Library } from '../services/library/library.ts'
import type { Metadata } from '../services/library/metadata.ts'
import type { SavedSearches } from '../services/library/saved-searches.ts'
import type { MetadataModel } from '../services/metadata-model/metadata-model.ts'
import type { SampleOffer } from '../services/samples/sample-offer.ts'
import type { Receipts } from '../services/receipts/receipts.ts'
import type { SendToAccount } from '../services/send/send-to-account.ts'
import type { SettingsService } from '../services/settings/settings.ts'
import type { Updates } from '../services/updates/updates.ts'
import type { UploadService } from '../services/uploads/index.ts'
import type { WatchFolders } from '../services/watch/watch-folders.ts'
import { accessHandlers } from './handlers/access.ts'
import { accountHandlers } from './handlers/accounts.ts'
import { assetPartHandlers } from './handlers/asset-parts.ts'
import { assetHandlers } from './handlers/assets.ts'
import { collectionHandlers } from './handlers/collections.ts'
import { downloadHandlers } from './handlers/downloads.ts'
import { editHandlers } from './handlers/edits.ts'
import { jobHandlers } from './handlers/jobs.ts'
import { metadataHandlers } from './handlers/metadata.ts'
import { metadataModelHandlers } from './handlers/metadata-model.ts'
import { planHandlers } from './handlers/plans.ts'
import { sendHandlers } from './handlers/send.ts'
import { savedSearchHandlers } from './handlers/saved-searches.ts'
import { settingsHandlers } from './handlers/settings.ts'
import { type ShellParts, shellHandlers } from './handlers/shell.ts'
import { updateHandlers } from './handlers/updates.ts'
import { uploadHandlers } from './handlers/uploads.ts'
import { watchFolderHandlers } from './handlers/watch-folders.ts'
import { createRouter, type Router } from './router.ts'

/** Everything that a page may reach, and what tells it of changes. */
export interface PageParts {
  accounts: Accounts
  samples: SampleOffer
  session: AccountSession
  settings: SettingsService
  updates: Updates
  uploads: UploadService
  receipts: Receipts
  plans: PlanSessions
  watchFolders: WatchFolders
  jobs: Jobs
  sending: SendToAccount
  library: Library
  assets: Assets
  collections: Collections
  metadata: Metadata
  savedSearches: SavedSearches
  edits: Edits
  access: Access
  downloads: Downloads
  assetParts: AssetParts
  previews: Previews
  metadataModel: MetadataModel
  secrets: SecretStore
  machine: MachineChecks
  redactor: Redactor
  shellChecks: ShellChecks
  log: LogTail
  mountCheck: MountCheck
  shell: ShellParts
  logger: Logger
}

/** Joins the services behind the contract: a handler for each method, an event for each change. */
export function createPageRouter(parts: PageParts): Router {
  const handlers: Handlers = {
    ...accessHandlers(parts.access),
    ...metadataModelHandlers(parts.metadataModel),
    ...accountHandlers(parts.accounts, parts.samples),
    ...assetPartHandlers(parts.assetParts, parts.previews),
    ...assetHandlers(parts.library, parts.assets),
    ...collectionHandlers(parts.collections),
    ...downloadHandlers(parts.downloads),
    ...editHandlers(parts.edits),
    ...jobHandlers(parts.jobs),
    ...metadataHandlers(parts.metadata),
    ...planHandlers(parts.plans),
    ...sendHandlers(parts.sending),
    ...savedSearchHandlers(parts.savedSearches),
    ...settingsHandlers(parts),
    ...shellHandlers(parts.shell),
    ...updateHandlers(parts.updates),
    ...uploadHandlers(parts.uploads, parts.settings, parts.receipts),
    ...watchFolderHandlers(parts.watchFolders),
  }
  const router = createRouter(handlers, parts.logger)
  announceChanges(parts, router)
  return router
}

function announceChanges(parts: PageParts, router: Router): void {
  parts.accounts.onState((state) => router.emit('accounts.changed', state))
  parts.jobs.onChanged((rows) => router.emit('jobs.changed', { rows }))
  parts.library.on('state', (state) => router.emit('assets.changed', state))
  parts.library.on('collections', () => router.emit('collections.changed', {}))
  parts.library.on('metadata', (assetIds) => router.emit('metadata.changed', { assetIds }))
  parts.savedSearches.onChanged(() => router.emit('savedSearches.changed', {}))
  parts.downloads.onChanged((change) => router.emit('downloads.changed', change))
  parts.library.on('edits', () => router.emit('edits.changed', {}))
  parts.plans.onChanged((view) => router.emit('uploads.planChanged', view))
  parts.settings.onChange((settings) => router.emit('settings.changed', settings))
  parts.watchFolders.onChanged((views) => router.emit('watchFolders.changed', views))
  parts.updates.onChanged((view) => router.emit('updates.changed', view))
  parts.uploads.onChanged((change) => router.emit('uploads.changed', change))
}
