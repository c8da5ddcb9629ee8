/** Clips to look around with, for a workspace that has none of its own. */
export interface SampleClips {
  /**
   * Makes ten clips in a folder (those that are there are kept). Where ffmpeg is missing, all of them are stills.
   * @returns their absolute paths
   * @throws AppError store.full, file.unreadable when the folder cannot be written
   */
  make(directory: string, signal?: AbortSignal): Promise<string[]>
}
