import type { StorageId } from '@contract/ids.ts'
import type { ClipSources } from '../../ports/clip-sources.ts'
import type { FileSystem } from '../../ports/file-system.ts'
import type { Clock } from '../../ports/clock.ts'
import type { IconikApi } from '../../ports/iconik-api.ts'
import type { Logger } from '../../ports/logger.ts'
import type { MediaProbe } from '../../ports/media-probe.ts'
import type { StorageTransfer } from '../../ports/storage-transfer.ts'
import type { UploadJournal } from '../../ports/upload-journal.ts'

/** The account that uploads run for, and its ways to iconik and to the storages. */
export interface UploadSession {
  /** iconik's system domain id: the same account whatever its address. */
  accountId: string
  /** Of the person; null when it is not known. */
  userId: string | null
  api: IconikApi
  transfer: StorageTransfer
}

export interface PaceSettings {
  /** Uploads that run at once. */
  parallelUploads: number
  limitBytesPerSecond: number | null
  /** 168 flags, Monday 00:00 first; empty: the limit always holds. */
  limitSchedule: readonly boolean[]
}

/** What the services of this folder stand on. */
export interface UploadDependencies {
  journal: UploadJournal
  clock: Clock
  fileSystem: FileSystem
  logger: Logger
  /** Reads technical metadata for the format; without one, formats carry only the media type. */
  probe: MediaProbe | null
  /** The folder of this machine in which a FILE storage can be written; null where it has none. */
  mountOf: (storageId: StorageId) => string | null
  /** Brings files that do not lie on this machine; null where all do. */
  sources: ClipSources | null
  /** By how much the event loop was late since last asked, in milliseconds; null where no person clicks meanwhile. */
  loopDelayMs: (() => number) | null
  /** From 0 to below 1. */
  random: () => number
}
