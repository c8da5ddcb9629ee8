/** What arrived of a file. */
export interface DownloadedFile {
  /** Where it lies; a number is added to the name where that was taken. */
  path: string
  sizeBytes: number
  /** Hex, of the bytes as they were written. */
  md5: string
}

/** Brings the bytes behind a storage's signed address to a file. */
export interface FileDownload {
  /**
   * Writes beside the wanted place under a name that ends in `.part`, and renames when everything is there and `check`
   * agrees; whatever ends it otherwise, nothing is left. Nothing is overwritten.
   *
   * @throws AppError network.*, storage.refused, storage.mismatch when less came than was announced or more than `mostBytes`, file.unreadable,
   *   storage.full, cancelled
   */
  fetch(request: {
    url: string
    folder: string
    fileName: string
    /** Time of the last change that the file is to have; the time of its arrival without one. */
    modifiedMs?: number
    /** Size that is known beforehand: what goes on beyond it would fill the disk. */
    mostBytes?: number
    onProgress: (doneBytes: number, totalBytes: number | null) => void
    check: (arrived: { sizeBytes: number; md5: string }) => void
    signal: AbortSignal
  }): Promise<DownloadedFile>
}
