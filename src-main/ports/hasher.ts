export type HashName = 'md5' | 'sha1' | 'crc32c' | 'xxh128'
export type Hashes = Partial<Record<HashName, string>>

export interface HashedFile {
  hashes: Hashes
  sizeBytes: number
}

/** Hashes files, all but small ones off the main thread; lower-case hex (crc32c: 8 digits). */
export interface Hasher {
  /**
   * One read of the file, all sums at once.
   * @throws AppError file.missing, file.unreadable, file.changed (stat before and after disagree)
   */
  hashFile(
    path: string,
    names: HashName[],
    options?: { signal?: AbortSignal; onBytes?: (bytes: number) => void },
  ): Promise<HashedFile>
}
