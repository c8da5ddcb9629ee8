import type { EntryKind } from '../../../ports/file-system.ts'
import type { HashName, Hashes } from '../../../ports/hasher.ts'

/** What a disk thread is asked; it answers in the order of asking. */
export type DiskTask =
  | { do: 'list'; folders: readonly string[] }
  | { do: 'look'; paths: readonly string[] }
  | { do: 'hash'; files: readonly FileToHash[] }

export interface FileToHash {
  path: string
  names: readonly HashName[]
}

/** What was seen of many entries, in columns: a hundred thousand objects would cost more to hand over than the looks at the disk themselves. */
export interface Looks {
  /** Places in KINDS. */
  kinds: Uint8Array
  sizesBytes: Float64Array
  /** Milliseconds since 1970, with fractions. */
  mtimesMs: Float64Array
  inodes: BigUint64Array
  devices: BigUint64Array
}

/** Looks at paths, in their order. */
export interface PathLooks extends Looks {
  /** Paths that could not be looked at, by their place; what the columns say there means nothing. */
  failures: { at: number; failure: DiskFailure }[]
}

/** What a folder holds. */
export interface Listing extends Looks {
  folder: string
  /** Why the folder could not be read; then the columns are empty. */
  failure: DiskFailure | null
  /** Joined by slashes, which no name holds. */
  names: string
  /** Entries that could not be looked at; they are in no column. */
  failures: { name: string; failure: DiskFailure }[]
}

export const KINDS: readonly EntryKind[] = ['file', 'folder', 'symlink', 'other']

/** Sums of a small file; `large` for one that is not. */
export type SmallHash =
  { hashes: Hashes; sizeBytes: number; isChanged: boolean } | 'large' | { failure: DiskFailure }

export interface DiskFailure {
  /** Of Node: ENOENT and so on; empty for anything else. */
  code: string
  message: string
}

export type DiskAnswer =
  { listings: Listing[] } | { looks: PathLooks } | { hashed: SmallHash[] } | { broken: string }
