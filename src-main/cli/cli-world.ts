import type { StorageId } from '@contract/ids.ts'
import type { DoctorCheck } from '@contract/settings.ts'
import type { FileSystem } from '../ports/file-system.ts'
import type { Clock } from '../ports/clock.ts'
import type { OpenSession } from '../ports/account-session.ts'
import type { UploadJournal } from '../ports/upload-journal.ts'
import type { Accounts } from '../services/accounts/accounts.ts'
import type { SendToAccount } from '../services/send/send-to-account.ts'
import type { ClipPlanner } from '../services/intake/clip-planner.ts'
import type { Receipts } from '../services/receipts/receipts.ts'
import type { UploadService } from '../services/uploads/index.ts'
import type { WatchFolders } from '../services/watch/watch-folders.ts'
import type { Output } from './output.ts'

/** What a command may set for its run. */
export interface RunSettings {
  parallelUploads?: number
  /** Requests that carry bytes, to one storage host at once; without it the number is found. */
  partsAtOnce?: number
  limitBytesPerSecond?: number | null
  followPreviews?: boolean
}

/** Services of a signed-in account on a state folder. */
export interface CliServices {
  session: OpenSession
  /** Sends what is in the workspace of a folder to the account; nothing else may serve that folder meanwhile. */
  sendingFrom(dataDir: string): Promise<SendToAccount>
  uploads: UploadService
  planner: ClipPlanner
  /** Folders that a command watches, apart from the app's own. */
  watchFolders(): WatchFolders
  journal: UploadJournal
  receipts: Receipts
  /** For this run: the folder in which a FILE storage is written. */
  mount(storageId: StorageId, directory: string): void
  fileSystem: FileSystem
  clock: Clock
  /** Calls of the API so far, by method and path shape. */
  callCounts(): Record<string, number>
  close(): Promise<void>
}

export interface WorkspaceToServe {
  dataDir: string
  port?: number
  appId?: string
  authToken?: string
  indexDelayMs?: number
  rateLimit?: number | 'off'
  storage?: 's3' | 'gcs' | 'azure' | 'b2' | 'file'
  previews?: boolean
  byteSink?: string
  faults?: string
}

export interface ServedWorkspace {
  url: string
  appId: string
  authToken: string
  storageId: string
  close(): Promise<void>
}

/** What the root hands to commands. */
export interface CliWorld {
  output: Output
  /** Default of --state and, below it, of the local workspace. */
  defaultStateDir: string
  /** Aborted by SIGINT, SIGTERM and the launcher's death; its reason is the signal's name. */
  interrupted: AbortSignal
  /** @throws AppError auth.* when nobody is signed in, network.* when the server is not there */
  openServices(stateDir: string, settings: RunSettings): Promise<CliServices>
  /** Without an account and without the network. */
  openJournal(stateDir: string): { journal: UploadJournal; close(): void }
  /** Who is signed in, as the app knows it; nothing is opened yet. */
  openAccounts(stateDir: string): { accounts: Accounts; close(): Promise<void> }
  /** Everything that uploads need, looked at. Never rejects because something is wrong. */
  examine(stateDir: string): Promise<DoctorCheck[]>
  serveWorkspace(options: WorkspaceToServe): Promise<ServedWorkspace>
  /** Adds generated assets to a data folder that nothing serves. */
  seedWorkspace(options: {
    dataDir: string
    assets: number
    seed: number
    onProgress: (done: number, total: number) => void
  }): Promise<{ assets: number; collections: number; jobs: number }>
}
