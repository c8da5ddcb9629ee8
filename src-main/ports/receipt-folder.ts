export interface MhlFiles {
  /** The folder that the history is about; its `ascmhl` is right below. */
  root: string
  /** In the order of their numbers. */
  manifests: { name: string; text: string }[]
  chain: string | null
}

/** Where receipts are written. */
export interface ReceiptFolder {
  /**
   * Writes text files below a folder, making folders as needed; a file that is there is replaced.
   * @param files path below the folder ('/' between names) to text
   * @throws AppError store.full, file.unreadable when the folder cannot be written
   */
  write(folder: string, files: Record<string, string>): Promise<void>
  /**
   * The nearest ASC-MHL history at or above a folder: manifests by name, and the chain; null where there is none.
   * @throws AppError file.unreadable
   */
  history(folder: string): Promise<MhlFiles | null>
}
