import type { UploadFileRecord, UploadRecord } from '../core/upload/upload-record.ts'

/** Brings files of an upload that lie elsewhere to the paths that the journal names. */
export interface ClipSources {
  /** Whether what the journal names lies elsewhere, and here only while it is sent. */
  isElsewhere(path: string): boolean
  /**
   * When it resolves, every file that is still to be sent lies at its path, with its size and time. Does nothing for files of this
   * machine. What is there already is not brought again.
   *
   * @throws AppError file.missing, file.unreadable, storage.full, storage.mismatch, cancelled
   */
  bring(upload: UploadRecord, files: readonly UploadFileRecord[], signal: AbortSignal): Promise<void>
}
