import type { AssetDetail, AssetFilter, AssetQuery, AssetRow, Facet } from '@contract/assets.ts'
import type { AssetId, CollectionId, ViewId, Window } from '@contract/ids.ts'
import type { CollectionNode } from '@contract/collections.ts'
import type { MediaFacts } from '../core/library/media-facts.ts'
import type { MirroredAsset, MirroredDetail } from '../core/library/mirrored-asset.ts'
import type { CollectionDocument } from './iconik-api.ts'

export type { AssetFilter, MirroredAsset, MirroredDetail }

export interface LibraryCounts {
  /** Grows with each change of what queries answer. */
  revision: number
  assetCount: number
  trashCount: number
  pendingEdits: number
}

export type StoredDetail = AssetRow & MirroredDetail & Pick<AssetDetail, 'collections'>

export type EditKind = 'metadata' | 'rename'
export interface FieldChange {
  mode: 'overwrite' | 'append' | 'delete'
  values: string[]
}
/** An edit that was made here and has not reached the server. */
export interface PendingEdit {
  id: number
  kind: EditKind
  assetIds: AssetId[]
  viewId: ViewId | null
  /** Field to change; of a rename: `title`. */
  changes: Record<string, FieldChange>
  /** Values that the person saw when they began; null when nobody looked, as with many assets at once. */
  base: Record<string, string[]> | null
  state: 'waiting' | 'conflict' | 'failed'
  /** Of a conflict: what the server holds by field. */
  theirs: Record<string, string[]>
  /** Of a failed edit: why, plain text. */
  reason: string
  createdMs: number
}

/** Kinds of answers that are kept as they came, for reading offline. */
export type KeptKind = 'formats' | 'view' | 'views' | 'values' | 'fields' | 'storages' | 'user'

/**
 * The local mirror of one account: assets, collections, answers that were seen, and edits that wait. Queries answer from
 * disk and memory, in milliseconds at a million assets; nothing here runs on the caller's thread. Rejects with AppError
 * store.failed or store.full.
 */
export interface LibraryStore {
  // ---- assets ----
  /**
   * Inserts or replaces assets. `pass` marks them as seen in that full pass. Rows that say nothing new change nothing.
   * @returns ids of those that are new or different
   */
  put(assets: MirroredAsset[], pass: number): Promise<AssetId[]>
  /** Sets the status of assets that are mirrored; others are left out. */
  setStatus(ids: AssetId[], status: AssetRow['status']): Promise<void>
  rename(id: AssetId, title: string): Promise<void>
  /** Picture size and the like, where the search document did not tell. Survives `put`. */
  setFacts(id: AssetId, facts: MediaFacts): Promise<void>
  /** Puts assets into a collection, or takes them out, ahead of the server's index. */
  setMembership(collectionId: CollectionId, ids: AssetId[], isMember: boolean): Promise<void>
  remove(ids: AssetId[]): Promise<void>
  /** Ids of ACTIVE assets not marked by this pass, at most `limit`. */
  unseen(pass: number, limit: number): Promise<AssetId[]>
  markSeen(ids: AssetId[], pass: number): Promise<void>
  trashedIds(): Promise<AssetId[]>
  /** Ids of ACTIVE assets created after `since` that have no poster yet, latest first. */
  withoutPoster(since: string, limit: number): Promise<AssetId[]>
  // ---- queries ----
  counts(): Promise<LibraryCounts>
  query(query: AssetQuery, window: Window): Promise<{ revision: number; total: number; rows: AssetRow[] }>
  /** Ids of rows `from … to` (0-based, both included). */
  ids(query: AssetQuery, from: number, to: number): Promise<AssetId[]>
  /** Values by count, most first. A facet counts under all filters but its own. */
  facets(query: AssetQuery, fields: string[], perField: number): Promise<Facet[]>
  /** Names of metadata fields that any asset has a short value in, by how often. */
  facetFields(): Promise<string[]>
  get(id: AssetId): Promise<StoredDetail | null>
  rows(ids: AssetId[]): Promise<AssetRow[]>

  // ---- collections ----
  putCollections(collections: CollectionDocument[]): Promise<boolean>
  /** Keeps only these; returns whether any was dropped. */
  keepCollections(ids: CollectionId[]): Promise<boolean>
  removeCollection(id: CollectionId): Promise<void>
  children(parentId: CollectionId | null): Promise<CollectionNode[]>
  /** The collection and all below it. */
  collectionsWithin(id: CollectionId): Promise<CollectionId[]>
  findCollections(text: string, limit: number): Promise<{ id: CollectionId; path: string[] }[]>

  // ---- answers kept for reading offline ----
  keep(kind: KeptKind, key: string, value: unknown): Promise<void>
  kept(kind: KeptKind, key: string): Promise<unknown>

  // ---- edits that wait ----
  addEdit(edit: Omit<PendingEdit, 'id' | 'state' | 'theirs' | 'reason'>): Promise<number>
  /** In the order in which they were made. */
  edits(state: PendingEdit['state'] | 'any', limit: number): Promise<PendingEdit[]>
  editsOf(assetId: AssetId, viewId: ViewId): Promise<PendingEdit[]>
  updateEdit(
    id: number,
    changes: Partial<Pick<PendingEdit, 'state' | 'theirs' | 'reason' | 'changes' | 'base' | 'assetIds'>>,
  ): Promise<void>
  removeEdit(id: number): Promise<void>

  // ---- sync ----
  /** A small value of the synchroniser, such as where it stands; null when it was never set. */
  note(name: string): Promise<string | null>
  setNote(name: string, value: string | null): Promise<void>

  close(): Promise<void>
}

/** Opens the mirror of one account, making it on first use. */
export interface LibraryStores {
  open(accountId: string): Promise<LibraryStore>
  /** Removes the mirror of an account that signed out. */
  discard(accountId: string): Promise<void>
}
