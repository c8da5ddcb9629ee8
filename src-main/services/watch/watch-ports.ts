import type { Clock } from '../../ports/clock.ts'
import type { ClipPlanning } from '../../ports/clip-planning.ts'
import type { FileSystem } from '../../ports/file-system.ts'
import type { FileWatcher } from '../../ports/file-watcher.ts'
import type { IconikApi } from '../../ports/iconik-api.ts'
import type { Logger } from '../../ports/logger.ts'
import type { UploadIntake } from '../../ports/upload-intake.ts'
import type { WatchJournal } from '../../ports/watch-journal.ts'

export interface WatchPorts {
  fileSystem: FileSystem
  watcher: FileWatcher
  journal: WatchJournal
  planner: ClipPlanning
  intake: UploadIntake
  clock: Clock
  logger: Logger
  /** null while nobody is signed in. */
  api: () => IconikApi | null
}
