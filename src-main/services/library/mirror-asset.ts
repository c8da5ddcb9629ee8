import type { AssetRow } from '@contract/assets.ts'
import {
  fieldsIn,
  type Fields,
  frameRateIn,
  listIn,
  numberIn,
  textIn,
} from '../../core/library/document-fields.ts'
import { factsOfDocument, formatOfName, mediaTypeOf } from '../../core/library/media-facts.ts'
import {
  facetValues,
  METADATA_FACET,
  type MirroredAsset,
  type MirroredDetail,
} from '../../core/library/mirrored-asset.ts'
import { tilesOf } from '../../core/library/keyframe-tiles.ts'
import { mediaUrl } from '../../core/media-address.ts'
import type { AssetDocument } from '../../ports/iconik-api.ts'

const MOST_VALUES = 50
const LONGEST_SEARCH_TEXT = 20_000

/** What the mirror keeps of an answer of the server. */
export function mirrorAsset(document: AssetDocument): MirroredAsset {
  const { raw } = document
  const files = listIn(raw['files'])
  const first = files[0] ?? {}
  const fileName = textIn(first['original_name']) ?? textIn(first['name'])
  const keyframes = listIn(raw['keyframes']).filter((keyframe) => keyframe['status'] !== 'OPEN')
  const poster = posterOf(raw, keyframes)
  const mediaType = mediaTypeOf(document.mediaType)
  const row: AssetRow = {
    id: document.id,
    title: document.title,
    type: document.type,
    mediaType,
    status: document.status,
    dateCreated: document.dateCreated,
    dateModified: document.dateModified,
    durationMs: document.durationMs,
    sizeBytes: sizeOf(files),
    ...factsOfDocument(raw),
    format: formatOfName(fileName) ?? formatOfName(document.title),
    commentCount: numberIn(raw['comments_count']) ?? 0,
    posterUrl: poster ? mediaUrl('poster', document.id, poster) : null,
    keyframeMap: keyframeMapOf(document.id, keyframes),
  }
  return {
    row,
    detail: detailOf(document, row, poster),
    collectionIds: document.inCollections,
    searchText: searchTextOf(document, files),
    facets: facetsOf(document, row),
  }
}

const sizeOf = (files: readonly Fields[]) => {
  const sizes = files.map((file) => numberIn(file['size'])).filter((size) => size !== null)
  return sizes.length > 0 ? sizes.reduce((sum, size) => sum + size, 0) : null
}

/** Id of the picture that stands for the asset: the chosen one, else a poster, else any keyframe. */
function posterOf(raw: Fields, keyframes: readonly Fields[]): string | null {
  const chosen = textIn(raw['custom_poster']) ?? textIn(raw['custom_keyframe'])
  const found =
    keyframes.find((keyframe) => chosen !== null && keyframe['id'] === chosen) ??
    keyframes.find((keyframe) => keyframe['type'] === 'POSTER') ??
    keyframes.find((keyframe) => keyframe['type'] === 'KEYFRAME')
  return textIn(found?.['id'])
}

function keyframeMapOf(assetId: string, keyframes: readonly Fields[]): AssetRow['keyframeMap'] {
  const map = keyframes.find((keyframe) => keyframe['type'] === 'KEYFRAME_MAP')
  const tiles = map && tilesOf(map)
  return tiles ? { url: mediaUrl('keyframes', assetId, textIn(map['id'])), ...tiles } : null
}

function detailOf(document: AssetDocument, row: AssetRow, poster: string | null): MirroredDetail {
  const { raw } = document
  return {
    externalId: document.externalId,
    createdBy: personOf(raw['created_by_user_info'], document.createdByUser),
    updatedBy: personOf(raw['updated_by_user_info'], document.updatedByUser),
    versions: document.versions.map((version) => ({
      id: version.id,
      number: version.number,
      status: version.status,
      dateCreated: version.dateCreated,
      createdBy: version.createdBy ?? '',
      isCurrent: version.id === document.defaultVersionId,
    })),
    metadata: 'metadata' in raw ? document.metadata : null,
    proxy: proxyOf(document.id, raw),
    imageUrl: row.mediaType === 'image' && poster ? mediaUrl('image', document.id, poster) : null,
  }
}

/** A person's name where the answer carries it, else the id. */
function personOf(info: unknown, id: string | null): string {
  const person = fieldsIn(info)
  const name = [person['first_name'], person['last_name']].map(textIn).filter((part) => part !== null)
  return name.join(' ') || (textIn(person['email']) ?? id ?? '')
}

function proxyOf(assetId: string, raw: Fields): MirroredDetail['proxy'] {
  const proxy = listIn(raw['proxies']).find((candidate) => candidate['status'] === 'CLOSED')
  if (!proxy) return null
  const resolution = fieldsIn(proxy['resolution'])
  return {
    url: mediaUrl('proxy', assetId, textIn(proxy['id'])),
    width: numberIn(resolution['width']),
    height: numberIn(resolution['height']),
    frameRate: frameRateIn(proxy['frame_rate']),
    startTimecode: textIn(proxy['start_time_code']),
  }
}

function searchTextOf(document: AssetDocument, files: readonly Fields[]): string {
  const names = files
    .slice(0, MOST_VALUES)
    .map((file) => textIn(file['original_name']) ?? textIn(file['name']) ?? '')
  const values = Object.values(document.metadata).flat()
  return [...new Set([...names, document.externalId ?? '', ...values])]
    .join('\n')
    .slice(0, LONGEST_SEARCH_TEXT)
}

function facetsOf(document: AssetDocument, row: AssetRow): Record<string, string[]> {
  const facets: Record<string, string[]> = {
    media_type: [row.mediaType],
    type: [row.type],
    date_created: [document.dateCreated.slice(0, 10)],
    ...(row.format ? { format: [row.format] } : {}),
  }
  for (const [field, values] of Object.entries(document.metadata)) {
    const short = facetValues(values)
    if (short.length > 0) facets[METADATA_FACET + field] = short
  }
  return facets
}
