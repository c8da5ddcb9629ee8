import type { UpdateFile } from '../core/updates/update-manifest.ts'

/** Where newer versions are announced. Nothing unsigned comes out of it. */
export interface UpdateFeed {
  /**
   * @returns the manifest's text, whose signature is good
   * @throws AppError update.refused when it has no good signature, network.*
   */
  manifest(signal: AbortSignal): Promise<string>
  /**
   * Brings a package to this machine.
   *
   * @returns its absolute path
   * @throws AppError update.refused when it is not the file of the manifest (nothing of it is kept), network.*, storage.full
   */
  fetch(file: UpdateFile, onProgress: (doneBytes: number) => void, signal: AbortSignal): Promise<string>
  /** Whether a package that was brought here is still what it was. */
  isIntact(file: UpdateFile, path: string): Promise<boolean>
}
