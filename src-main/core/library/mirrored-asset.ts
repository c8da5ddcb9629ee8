import type { AssetDetail, AssetRow } from '@contract/assets.ts'
import type { CollectionId } from '@contract/ids.ts'

/** What the inspector shows of an asset besides its row; paths of collections are looked up when it is asked for. */
export type MirroredDetail = Omit<AssetDetail, keyof AssetRow | 'collections' | 'webUrl'> & {
  /** Field to values over all views, as search answers it; null where the answer did not tell. */
  metadata: Record<string, string[]> | null
}

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

/** Longer values are prose: searched, not counted. */
const LONGEST_FACET_VALUE = 64
const MOST_VALUES = 50

/** The values of a metadata field that count as a facet. */
export const facetValues = (values: readonly string[]): string[] =>
  [...new Set(values)]
    .filter((value) => value !== '' && value.length <= LONGEST_FACET_VALUE)
    .slice(0, MOST_VALUES)

/** Prefix of facet fields that stand for a metadata field. */
export const METADATA_FACET = 'metadata.'
export const COLLECTION_FACET = 'collection'
