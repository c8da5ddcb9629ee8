import type { AssetId, CollectionId } from '@contract/ids.ts'
import type { AssetDocument } from '@main/ports/iconik-api.ts'

/** A well-formed id that says which number it stands for. */
export const idOf = <T extends string = AssetId>(number: number): T =>
  `00000000-0000-1000-8000-${String(number).padStart(12, '0')}` as T

/** An asset as search answers it. */
export function assetDocument(number: number, changes: Partial<AssetDocument> = {}): AssetDocument {
  const date = new Date(Date.UTC(2026, 0, 1) + number * 60_000).toISOString()
  return {
    id: idOf(number),
    title: `A001C${String(number).padStart(3, '0')}.mov`,
    type: 'ASSET',
    status: 'ACTIVE',
    externalId: null,
    dateCreated: date,
    dateModified: date,
    isOnline: true,
    createdByUser: null,
    updatedByUser: null,
    inCollections: [] as CollectionId[],
    versions: [],
    defaultVersionId: null,
    mediaType: 'video',
    durationMs: 1000 * number,
    metadata: {},
    raw: {},
    ...changes,
  }
}
