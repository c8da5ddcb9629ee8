import type { Asset, FileRow, Format, MetadataValues, Stowed, Tables } from '../store/tables.ts'
import type { Contents } from '../store/contents.ts'
import type { AccessControl } from '../access.ts'
import { mediaTypeOfAsset } from '../media/media-type.ts'
import type { EntrySource, IndexEntry } from './search-index.ts'

interface Source {
  tables: Tables
  contents: Contents
  access: AccessControl
  showTrashed: () => boolean
}

type Keyword = [string, string]

/** Pairs for those of the named keys that have a value. */
function keywordsOf(doc: Record<string, unknown>, names: readonly string[], prefix = ''): Keyword[] {
  return names.flatMap((name): Keyword[] => {
    const value = doc[name]
    return value === null || value === undefined || value === '' || typeof value === 'object'
      ? []
      : [[`${prefix}${name}`, String(value)]]
  })
}

/** Stands for a value that is too long to filter by: its words are found, and that it is there. */
export const longText = '\u0001'
const keywordLimit = 128

/** Values of metadata as keywords, numbers and text. */
function metadataOf(values: MetadataValues['values']): {
  keywords: Keyword[]
  numbers: [string, number][]
  text: string[]
} {
  const keywords: Keyword[] = []
  const numbers: [string, number][] = []
  const text: string[] = []
  for (const [name, field] of Object.entries(values)) {
    for (const { value } of field.field_values) {
      const shown = String(value)
      keywords.push([`metadata.${name}`, shown.length > keywordLimit ? longText : shown])
      if (shown !== '' && Number.isFinite(Number(shown))) numbers.push([`metadata.${name}`, Number(shown)])
      text.push(shown)
    }
  }
  return { keywords, numbers, text }
}

const valuesOf = (source: Source, type: string, id: string) =>
  source.tables.values.get(`${type}/${id}`)?.values ?? {}

function assetEntry(source: Source, id: string): IndexEntry | undefined {
  const { tables, contents, access } = source
  const asset = tables.assets.get(id)
  if (!asset || (asset.status === 'DELETED' && !source.showTrashed())) return undefined
  const where = { asset_id: id }
  return entryOfAsset({
    asset,
    files: tables.files.list({ where, limit: 20 }),
    proxies: tables.proxies.list({ where }),
    formats: tables.formats.list({ where }),
    values: valuesOf(source, 'assets', id),
    parents: contents.parents(id),
    ancestors: contents.ancestors(id),
    readers: access.readers('assets', id),
  })
}

export interface AssetFacts {
  asset: Asset
  files: FileRow[]
  proxies: Stowed[]
  formats: Format[]
  values: MetadataValues['values']
  parents: string[]
  ancestors: string[]
  readers: string[]
}

const assetKeywords = [
  'type',
  'status',
  'archive_status',
  'analyze_status',
  'is_online',
  'is_blocked',
  'category',
  'created_by_user',
  'updated_by_user',
  'original_asset_id',
  'site_name',
  'warning',
  'external_link',
]

/** What the index keeps of an asset. */
export function entryOfAsset(facts: AssetFacts): IndexEntry {
  const { asset, files, proxies, formats } = facts
  const metadata = metadataOf(facts.values)
  const durationMs = [...formats, asset]
    .map((row) => row['_duration_ms'])
    .find((value) => typeof value === 'number')
  return {
    title: asset.title,
    body: [
      ...metadata.text,
      ...files.map((file) => file.original_name),
      asset.external_id ?? '',
      String(asset['category'] ?? ''),
    ]
      .join(' ')
      .slice(0, 20_000),
    dateCreated: asset.date_created,
    dateModified: asset.date_modified,
    externalId: asset.external_id,
    durationMs: durationMs ?? null,
    sizeBytes: files.reduce((sum, file) => sum + (file.size ?? 0), 0) || null,
    keywords: [
      ['object_type', 'assets'],
      ...keywordsOf(asset, assetKeywords),
      ...keywordsOf({ media_type: mediaTypeOfAsset(asset, files[0]?.original_name) }, ['media_type']),
      ...facts.parents.map((parent): Keyword => ['in_collections', parent]),
      ...facts.ancestors.map((parent): Keyword => ['ancestor_collections', parent]),
      ...files.flatMap((file) =>
        keywordsOf(file, ['status', 'storage_id', 'type', 'checksum', 'original_name'], 'files.'),
      ),
      ...proxies.flatMap((proxy) =>
        keywordsOf(proxy, ['status', 'storage_id', 'format', 'codec'], 'proxies.'),
      ),
      ...formats.flatMap((format) => keywordsOf(format, ['name', 'status'], 'formats.')),
      ...metadata.keywords,
      ...facts.readers.map((reader): Keyword => ['_readers', reader]),
    ],
    numbers: [...metadata.numbers, ['versions_number', asset.versions.length]],
  }
}

function collectionEntry(source: Source, id: string): IndexEntry | undefined {
  const { tables, contents, access } = source
  const collection = tables.collections.get(id)
  if (!collection || (collection.status === 'DELETED' && !source.showTrashed())) return undefined
  const metadata = metadataOf(valuesOf(source, 'collections', id))
  return {
    title: collection.title,
    body: [...metadata.text, collection.external_id ?? ''].join(' '),
    dateCreated: collection.date_created,
    dateModified: collection.date_modified,
    externalId: collection.external_id,
    durationMs: null,
    sizeBytes: null,
    keywords: [
      ['object_type', 'collections'],
      ...keywordsOf(collection, [
        'status',
        'is_root',
        'parent_id',
        'storage_id',
        'category',
        'created_by_user',
      ]),
      ...contents.parents(id).map((parent): Keyword => ['in_collections', parent]),
      ...contents.ancestors(id).map((parent): Keyword => ['ancestor_collections', parent]),
      ...metadata.keywords,
      ...access.readers('collections', id).map((reader): Keyword => ['_readers', reader]),
    ],
    numbers: metadata.numbers,
  }
}

function segmentEntry(source: Source, id: string): IndexEntry | undefined {
  const segment = source.tables.segments.get(id)
  if (!segment || segment['status'] === 'DELETED') return undefined
  const assetId = String(segment['asset_id'])
  const metadata = metadataOf(valuesOf(source, 'segments', id))
  const text = String(segment['segment_text'] ?? '')
  const numbers = (['time_start_milliseconds', 'time_end_milliseconds'] as const).flatMap(
    (name): [string, number][] => (typeof segment[name] === 'number' ? [[name, segment[name]]] : []),
  )
  return {
    title: text,
    body: metadata.text.join(' '),
    dateCreated: String(segment['date_created']),
    dateModified: String(segment['date_modified']),
    externalId: (segment['external_id'] as string | null | undefined) ?? null,
    durationMs: null,
    sizeBytes: null,
    keywords: [
      ['object_type', 'segments'],
      ...keywordsOf(segment, [
        'segment_type',
        'asset_id',
        'parent_id',
        'version_id',
        'user_id',
        'segment_checked',
        'segment_color',
        'segment_track',
        'status',
      ]),
      ...metadata.keywords,
      ...source.access.readers('assets', assetId).map((reader): Keyword => ['_readers', reader]),
    ],
    numbers: [...numbers, ...metadata.numbers],
  }
}

function savedEntry(
  source: Source,
  type: 'saved_searches' | 'saved_search_groups',
  id: string,
): IndexEntry | undefined {
  const doc = (type === 'saved_searches' ? source.tables.savedSearches : source.tables.savedSearchGroups).get(
    id,
  )
  if (!doc) return undefined
  return {
    title: String(doc['title'] ?? doc['name'] ?? ''),
    body: String(doc['description'] ?? ''),
    dateCreated: String(doc['date_created']),
    dateModified: String(doc['date_modified']),
    externalId: null,
    durationMs: null,
    sizeBytes: null,
    keywords: [
      ['object_type', type],
      ...source.access.readers(type, id).map((reader): Keyword => ['_readers', reader]),
    ],
    numbers: [],
  }
}

/** What the index keeps of each kind of object. */
export function indexSource(source: Source): EntrySource {
  return (type, id) => {
    if (type === 'assets') return assetEntry(source, id)
    if (type === 'collections') return collectionEntry(source, id)
    if (type === 'segments') return segmentEntry(source, id)
    return savedEntry(source, type, id)
  }
}
