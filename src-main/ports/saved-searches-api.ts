import type { AssetId, SavedSearchId } from '@contract/ids.ts'

export interface SavedSearchDocument {
  id: SavedSearchId
  name: string
  /** As iconik's search takes them. */
  criteria: unknown
  /** What the signed-in person may do with it; null where the answer does not tell. */
  permissions: string[] | null
}

/** Searches that people keep on the server, for themselves or shared. Rejects like the rest of `IconikApi`. */
export interface SavedSearchesApi {
  list(signal?: AbortSignal): Promise<SavedSearchDocument[]>
  create(
    search: { name: string; criteria: Record<string, unknown> },
    signal?: AbortSignal,
  ): Promise<SavedSearchDocument>
  update(
    id: SavedSearchId,
    changes: { name?: string; criteria?: Record<string, unknown> },
    signal?: AbortSignal,
  ): Promise<void>
  delete(id: SavedSearchId, signal?: AbortSignal): Promise<void>
  /** Ids of the assets that criteria find, at most `limit`. */
  found(criteria: unknown, limit: number, signal?: AbortSignal): Promise<AssetId[]>
}
