import type { AssetId, UploadId, WatchFolderId } from '@contract/ids.ts'
import type { WatchRules } from '@contract/watch-folders.ts'

export interface WatchFolderRecord {
  id: WatchFolderId
  /** Account that its files go to. */
  accountId: string
  path: string
  rules: WatchRules
  /** Names of rules that could not be read and are as by default; [] as a rule. While there are any, saving the folder leaves the saved rules alone. */
  unreadRules?: readonly string[]
  paused: boolean
  createdMs: number
  /** Inode of the folder when it was last looked at; '' when it never was. Tells an empty mount point from the volume that belongs there. */
  rootInode: string
  /** When the last full pass ended that found everything; null when there was none. */
  completeAsOfMs: number | null
}

/**
 * What became of a file that was seen.
 * - sent: an upload carries it, or carries the file it is a duplicate of; or that was verified, and its source is still to be seen to
 * - done: that upload was verified and nothing more is to be done
 * - waits: it needs a person, or something that is still to come; `reason` says what
 * - kept: verified, but it could not be moved or deleted; `reason` says why
 */
export type WatchedState = 'sent' | 'done' | 'waits' | 'kept'

export interface WatchedFile {
  /** Path below the root, '/' between names, in normal form C. */
  key: string
  /** The same as the disk spells it. */
  relativePath: string
  sizeBytes: number
  mtimeMs: number
  inode: string
  state: WatchedState
  uploadId: UploadId | null
  assetId: AssetId | null
  reason: string
  /** Whether its bytes belong to the clip's files; false for sidecars that were only read as metadata. */
  isContent: boolean
}

/** Just enough to tell news from old news. */
export interface KnownSighting {
  key: string
  sizeBytes: number
  mtimeMs: number
  inode: string
}

/**
 * The durable memory of watch folders: which files were seen and what became of them, so that a restart reads nothing again. Calls are synchronous and
 * throw AppError store.failed or store.full.
 */
export interface WatchJournal {
  folders(): WatchFolderRecord[]
  saveFolder(folder: WatchFolderRecord): void
  /** Forgets the folder and what was seen in it; uploads are not touched. */
  removeFolder(id: WatchFolderId): void

  sightings(id: WatchFolderId): Iterable<KnownSighting>
  file(id: WatchFolderId, key: string): WatchedFile | null
  /** Of many files those that are known; one look for all of them. */
  sightingsOf(id: WatchFolderId, keys: readonly string[]): KnownSighting[]
  /** Files below a folder of the tree ('' for all), at any depth. */
  filesBelow(id: WatchFolderId, folderKey: string): WatchedFile[]
  /** Files right inside a folder of the tree. */
  filesIn(id: WatchFolderId, folderKey: string): WatchedFile[]
  /** Files right inside a folder or below whose key begins in one of these ways; for clips and their sidecars. */
  filesStartingWith(id: WatchFolderId, keyPrefixes: readonly string[]): WatchedFile[]
  filesWithInode(id: WatchFolderId, inode: string): WatchedFile[]
  /** Those of the inodes that a known file has. */
  knownInodes(id: WatchFolderId, inodes: readonly string[]): Set<string>
  filesOfUpload(id: WatchFolderId, uploadId: UploadId): WatchedFile[]
  /** @param most the first so many by their key; all when absent */
  filesInState(id: WatchFolderId, state: WatchedState, most?: number): WatchedFile[]
  /** The next files by their key, after one of them ('' from the beginning). */
  filesAfter(id: WatchFolderId, key: string, most: number): WatchedFile[]
  counts(id: WatchFolderId): Record<WatchedState, number>
  /** Writes all or none. */
  save(id: WatchFolderId, files: readonly WatchedFile[]): void
  forget(id: WatchFolderId, keys: readonly string[]): void
}
