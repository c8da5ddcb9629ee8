/** Where receipts are written. */
export interface ReceiptFolder {
  /**
   * Writes text files below a folder, making folders as needed; a file that is there is replaced.
   * @param files path below the folder ('/' between names) to text
   * @throws AppError store.full, file.unreadable when the folder cannot be written
   */
  write(folder: string, files: Record<string, string>): Promise<void>
}
