import type { StorageId, ViewId, CollectionId, AssetId } from '@contract/ids.ts'

/** One file as a scan saw it. Together with the path, these are what tells "the same file" without reading it. */
export interface ScannedFile {
  /** Absolute, in the spelling of the file system (its bytes are never normalised). */
  path: string
  sizeBytes: number
  mtimeMs: number
  /**
   * The file's number on its volume; '' where the volume has none that lasts. Without the device's: a disk that was unplugged, or a share that was
   * mounted again, often comes back under another.
   */
  inode: string
}

/** Whether two looks at a path may have met the same file: what is not known agrees with everything. Journals of old hold "device:inode". */
export function sameInode(a: string, b: string): boolean {
  return a === '' || b === '' || a === b || inodeNumber(a) === inodeNumber(b)
}

/** The number alone, of a folder's "device:inode" too. */
export function inodeNumber(inode: string): string {
  return inode.slice(inode.indexOf(':') + 1)
}

/**
 * A file of a clip: essence carries the picture or sound, index and sidecar files go along with it. What is the whole card's (its list of clips) goes
 * with one clip of it and says nothing about that clip: it changes whenever the camera records another.
 */
export interface ClipFile extends ScannedFile {
  /** Path below the clip's own root, '/' between names; its last part is the file's name. */
  relativePath: string
  role: 'essence' | 'index' | 'sidecar' | 'card'
}

export interface SequenceFacts {
  /** "shot." of shot.1001.exr */
  stem: string
  /** What stands between number and extension: "_left" of shot.1001_left.exr; absent when nothing does. */
  tail?: string
  padding: number
  extension: string
  firstFrame: number
  lastFrame: number
  /** Frame numbers between first and last that have no file. */
  missing: number[]
  /** Frame numbers whose file is empty. */
  empty: number[]
}

/** What becomes one asset: a file, an image sequence, a spanned camera clip, with its sidecars. */
export interface Clip {
  kind: 'file' | 'sequence' | 'camera' | 'stills'
  title: string
  /** Absolute folder that the directories of its files are relative to. */
  rootPath: string
  /** Folder of the clip below what was dropped or watched, '/' between names; '' at the top. */
  directory: string
  /** At least one; the first is the one that stands for the clip (poster, technical metadata). */
  files: ClipFile[]
  /** Absolute paths of sidecars that are read as metadata instead of being uploaded. */
  metadataSidecars: string[]
  sequence?: SequenceFacts
  /** Camera structure that it was recognised by, such as "P2"; with what is missing of it. */
  card?: { kind: string; name: string; missing: string[]; remarks: string[] }
}

/** Values as iconik stores them: strings. An empty list clears the field. */
export type FieldValues = Record<string, string[]>

/** Where a clip goes and as what. Everything here is settled before the first request. */
export interface ClipTarget {
  collectionId: CollectionId | null
  /** Collections from the top that are found by external id or made; [] for none. Comes below collectionId if both are there. */
  collectionPath: string[]
  storageId: StorageId | null
  access: 'collection' | 'private' | 'default'
  viewId: ViewId | null
  metadata: FieldValues
}

/** What the plan decided about a clip. */
export type ClipDecision =
  | { do: 'upload' }
  /** A new version of an asset that is there; into the version that it has where it has no file yet. */
  | { do: 'version'; assetId: AssetId; intoCurrent?: true | undefined }
  /** Files that came later join the file set of an upload that is there. */
  | { do: 'join'; uploadId: string }
  | { do: 'skip'; reason: 'duplicate' | 'unchanged' | 'excluded'; assetId: AssetId | null }
  /** Held back until a person acts or something arrives. */
  | { do: 'wait'; reason: string }

export interface PlannedClip {
  clip: Clip
  target: ClipTarget
  decision: ClipDecision
  /**
   * Of the asset that is to be made, where what it comes from decides it: it is made once for each account, whatever was queued before.
   * Letters and digits only. A new one of its own without it.
   */
  externalId?: string
}

/** A plan as it is committed to the journal. */
export interface CommittedPlan {
  /** The account that it was made for; it goes to no other. Without it, to the one that is chosen. */
  accountId?: string
  title: string
  source: 'drop' | 'watch' | 'command' | 'send'
  /** Set when the clips come from a watch folder. */
  watchFolderId: string | null
  /** What becomes of the source after the upload is verified. */
  after: { do: 'leave' } | { do: 'move'; directory: string } | { do: 'delete' }
  clips: PlannedClip[]
}
