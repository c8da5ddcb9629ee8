import type { ScannedFile } from '../core/clip.ts'
import type { AppError } from '../core/errors.ts'

export type EntryKind = 'file' | 'folder' | 'symlink' | 'other'

export interface WalkEntry extends ScannedFile {
  kind: EntryKind
}

export type WalkEvent =
  | { entry: WalkEntry }
  /** A folder or file that could not be read; the walk goes on. */
  | { problem: { path: string; reason: string } }

/** What intake and watching need of a disk. Symlinks are reported, never followed. */
export interface FileSystem {
  /** @throws AppError file.missing or file.unreadable */
  stat(path: string): Promise<WalkEntry>
  /** Looks at many paths, in their order; for one that cannot be looked at, what `stat` would throw. For very many it is far cheaper than as many stats. */
  statAll(paths: readonly string[]): Promise<(WalkEntry | AppError)[]>
  /** Opens a file for reading and closes it again. @throws AppError file.missing or file.unreadable */
  checkReadable(path: string): Promise<void>
  /**
   * Everything below a folder (or the file itself), folders before what is in them. `enter` decides by path whether
   * a folder is entered. Yields in batches so that a walk of 100,000 files stays fast.
   */
  walk(
    root: string,
    options?: { enter?: (path: string) => boolean; signal?: AbortSignal },
  ): AsyncIterable<WalkEvent[]>
  /** Whether another process has the file open for writing; null where the system does not tell. */
  isOpenForWriting(path: string): Promise<boolean | null>
  /** Those of the files that another process has open for writing; one look at the system for all of them. Null as above. */
  openForWriting(paths: readonly string[]): Promise<ReadonlySet<string> | null>
  /** Whole content of a small file (sidecars). @throws AppError file.unsupported when it is larger than maxBytes */
  readSmall(path: string, maxBytes: number): Promise<Uint8Array>
  /** Up to 16 KiB each of the beginning, the middle and the end, to tell files apart without reading them whole. @throws AppError file.* */
  readSample(path: string): Promise<Uint8Array>
  /**
   * Moves a file, over volumes too (copy, compare, then delete). Never overwrites: a number is added to the name, unless what has the name is this very
   * file with all its bytes, as an interrupted move leaves it. Returns where it went: `path` when that is where it belongs.
   */
  move(path: string, directory: string): Promise<string>
  delete(path: string): Promise<void>
  /** Free bytes on the volume of a path. */
  freeBytes(path: string): Promise<number>
}
