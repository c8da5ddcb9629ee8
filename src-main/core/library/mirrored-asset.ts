import type { AssetDetail, AssetRow } from '@contract/assets.ts'
import type { CollectionId } from '@contract/ids.ts'

/** What the inspector shows of an asset besides its row; paths of collections are looked up when it is asked for. */
export type MirroredDetail = Omit<AssetDetail, keyof AssetRow | 'collections' | 'webUrl'>

/** An asset as the mirror keeps it. */
export interface MirroredAsset {
  row: AssetRow
  detail: MirroredDetail
  /** Collections that it is in directly. */
  collectionIds: CollectionId[]
  /** Words that search looks at besides the title. */
  searchText: string
  /** What it counts under: facet field to values. */
  facets: Record<string, string[]>
}

/** Prefix of facet fields that stand for a metadata field. */
export const METADATA_FACET = 'metadata.'
export const COLLECTION_FACET = 'collection'
