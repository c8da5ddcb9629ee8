import type {
  AssetDetail,
  AssetFilter,
  AssetGroups,
  AssetQuery,
  AssetRow,
  Facet,
  ListedAsset,
  Totals,
} from '@contract/assets.ts'
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

/** A row with the values that were asked for; what the journal knows of it is not the mirror's. */
export type StoredRow = AssetRow & Pick<ListedAsset, 'values'>
/** How a list is shown. */
export interface ListShape {
  /** Facet field that parts it into groups; null or absent for none. */
  groupBy?: string | null
  /** Metadata fields whose values come with the rows. */
  fields?: string[]
}

export type StoredDetail = AssetRow & MirroredDetail & Pick<AssetDetail, 'collections'>

/** `add` and `remove` are about a collection; `purge` deletes for good. */
export type EditKind = 'metadata' | 'rename' | 'trash' | 'restore' | 'purge' | 'add' | 'remove'
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
  /** Of `add` and `remove`. */
  collectionId: CollectionId | null
  /** Field to change; of a rename: `title`. Where assets have values of their own, the fields without values. */
  changes: Record<string, FieldChange>
  /** Values that the person saw when they began; null when nobody looked, as with many assets at once. */
  base: Record<string, string[]> | null
  /** `done` ones are kept for a while, so that they can be undone. */
  state: 'waiting' | 'conflict' | 'failed' | 'done'
  /** So many of `assetIds`, from the first, were dealt with: sent, or split off into edits of their own. */
  sentCount: number
  /** Of a conflict: what the server holds by field. */
  theirs: Record<string, string[]>
  /** Of a failed edit: why, plain text. */
  reason: string
  createdMs: number
}
export type NewEdit = Omit<
  PendingEdit,
  'id' | 'state' | 'theirs' | 'reason' | 'sentCount' | 'collectionId'
> & {
  collectionId?: CollectionId | null
}

type Values = Record<string, string[]>
/** What an edit of many assets knows of one of them; only fields that the edit changes. */
export interface EditedAsset {
  assetId: AssetId
  /** Values that were known here when the edit was made; null when none were. */
  base: Values | null
  /** What the server held just before the edit was sent; null until then. */
  before: Values | null
  /** What to write into this asset; null where the edit writes the same into all. */
  values: Values | null
}

/** A field over many assets: the values that all of them have, or that they differ. */
export interface FieldSummary {
  values: string[]
  isMixed: boolean
}

/** Kinds of answers that are kept as they came, for reading offline. */
export type KeptKind =
  | 'formats'
  | 'view'
  | 'views'
  | 'values'
  | 'fields'
  | 'storages'
  | 'user'
  | 'searches'
  | 'found'
  | 'collection'

/**
 * The local mirror of one account: assets, collections, answers that were seen, and edits that wait. Queries answer from
 * disk and memory, in milliseconds at a million assets; nothing here runs on the caller's thread. Rejects with AppError
 * store.failed or store.full.
 */
export interface LibraryStore {
  // ---- assets ----
  /**
   * Inserts or replaces assets. `pass` marks them as seen in that full pass. Rows that say nothing new change nothing.
   * @param asOf `editMark` from before they were read; see there
   * @returns ids of those that are new or different
   */
  put(assets: MirroredAsset[], pass: number, asOf?: number): Promise<AssetId[]>
  /** Sets the status of assets that are mirrored; others are left out. */
  setStatus(ids: AssetId[], status: AssetRow['status'], asOf?: number): Promise<void>
  rename(id: AssetId, title: string, asOf?: number): Promise<void>
  /** Picture size and the like, where the search document did not tell. Survives `put`. */
  setFacts(id: AssetId, facts: MediaFacts): Promise<void>
  /** Puts assets into a collection, or takes them out, ahead of the server's index. */
  setMembership(collectionId: CollectionId, ids: AssetId[], isMember: boolean): Promise<void>
  remove(ids: AssetId[], asOf?: number): Promise<void>
  /**
   * To be asked for before the server is, and handed on as `asOf` with what it answered: an asset that an edit touched
   * since, or that still waits for one, stays as the edit shows it. The answer may tell how it was before.
   */
  editMark(): Promise<number>
  /** Ids of ACTIVE assets not marked by this pass, at most `limit`. */
  unseen(pass: number, limit: number): Promise<AssetId[]>
  markSeen(ids: AssetId[], pass: number): Promise<void>
  trashedIds(): Promise<AssetId[]>
  /** Ids of ACTIVE assets created after `since` that have no poster yet, latest first. */
  withoutPoster(since: string, limit: number): Promise<AssetId[]>
  // ---- queries ----
  counts(): Promise<LibraryCounts>
  query(
    query: AssetQuery,
    window: Window,
    shape?: ListShape,
  ): Promise<{ revision: number; total: number; rows: StoredRow[] }>
  /** The groups of a list, in the order of its rows. An asset with several values stands in the first of their groups. */
  groups(query: AssetQuery, groupBy: string): Promise<AssetGroups>
  /** How many assets a query finds, without putting them in order. */
  count(query: AssetQuery): Promise<number>
  /** Length and size of assets added up; null when they are more than `most`, or when nothing is known of any. */
  totals(of: { query: AssetQuery } | { ids: AssetId[] }, most: number): Promise<Totals | null>
  /** Ids of rows `from … to` (0-based, both included). */
  ids(query: AssetQuery, from: number, to: number, groupBy?: string | null): Promise<AssetId[]>
  /** Values by count, most first. A facet counts under all filters but its own. */
  facets(query: AssetQuery, fields: string[], perField: number): Promise<Facet[]>
  /** Edits that the server has taken: rows, facets and kept answers show them ahead of the search index. */
  noteSent(viewId: ViewId, sent: { assetId: AssetId; changes: Record<string, FieldChange> }[]): Promise<void>
  /** Names of metadata fields that any asset has a short value in, by how often. */
  facetFields(): Promise<string[]>
  get(id: AssetId): Promise<StoredDetail | null>
  /** Metadata of assets over all views as last seen, by the order of `ids`; null where it was never seen. */
  metadataOf(ids: AssetId[]): Promise<(Record<string, string[]> | null)[]>
  /** What assets have in these fields, with answers that were kept of the view and edits that wait laid over. */
  summarise(ids: AssetId[], viewId: ViewId, fields: string[]): Promise<Record<string, FieldSummary>>
  rows(ids: AssetId[]): Promise<AssetRow[]>

  // ---- collections ----
  putCollections(collections: CollectionDocument[]): Promise<boolean>
  /** Keeps only these; returns whether any was dropped. */
  keepCollections(ids: CollectionId[]): Promise<boolean>
  removeCollection(id: CollectionId): Promise<void>
  children(parentId: CollectionId | null): Promise<CollectionNode[]>
  /** The collection and all below it. */
  collectionsWithin(id: CollectionId): Promise<CollectionId[]>
  /** '' when it is not known. */
  collectionTitle(id: CollectionId): Promise<string>
  /** Titles from the top, its own last; [] when it is not known. */
  collectionPath(id: CollectionId): Promise<string[]>
  findCollections(text: string, limit: number): Promise<{ id: CollectionId; path: string[] }[]>

  // ---- answers kept for reading offline ----
  keep(kind: KeptKind, key: string, value: unknown): Promise<void>
  kept(kind: KeptKind, key: string): Promise<unknown>

  // ---- edits that wait ----
  /** With it, of an edit of many assets, goes what is known of each: `EditedAsset.base`. */
  addEdit(edit: NewEdit): Promise<number>
  /**
   * The edit to send next: the first that waits; a small one goes before a large one that it shares no asset with and
   * that was begun or not.
   */
  nextEdit(): Promise<PendingEdit | null>
  /** Assets `from … to - 1` of an edit of many. */
  editedAssets(editId: number, from: number, to: number): Promise<EditedAsset[]>
  /** Notes what the server held before the edit. */
  noteBefore(editId: number, before: { assetId: AssetId; values: Record<string, string[]> }[]): Promise<void>
  /** Writes down a new edit that puts back what the server held before another was sent. @returns null when nothing was sent */
  addUndo(editId: number, createdMs: number): Promise<number | null>
  /** Drops edits that are done, but for the newest. */
  forgetDone(keep: number): Promise<void>
  /** In the order in which they were made. */
  edits(state: PendingEdit['state'] | 'any', limit: number): Promise<PendingEdit[]>
  edit(id: number): Promise<PendingEdit | null>
  /** Those of one asset that are not done. */
  editsOf(assetId: AssetId, viewId: ViewId): Promise<PendingEdit[]>
  updateEdit(
    id: number,
    changes: Partial<
      Pick<PendingEdit, 'state' | 'theirs' | 'reason' | 'changes' | 'base' | 'assetIds' | 'sentCount'>
    >,
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
