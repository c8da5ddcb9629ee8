import { MOST_ADDED_UP } from '@contract/assets.ts'
import type {
  AssetDetail,
  AssetQuery,
  AssetRow,
  FormatView,
  LibraryState,
  ListedAsset,
} from '@contract/assets.ts'
import { AssetId, CollectionId, StorageId } from '@contract/ids.ts'
import type { Handlers } from '@contract/index.ts'
import { FakeFailure } from './bridge.ts'

const hex = (value: number, width: number) => value.toString(16).padStart(width, '0')
export const assetIdOf = (index: number) => AssetId.parse(`${hex(index, 8)}-0000-11f0-8000-000000000000`)
export const collectionIdOf = (index: number) =>
  CollectionId.parse(`${hex(index, 8)}-0000-11f0-9000-000000000000`)
export const storageId = StorageId.parse('00000001-0000-11f0-a000-000000000000')
const indexOf = (id: string) => Number.parseInt(id.slice(0, 8), 16)

const two = (value: number) => String(value).padStart(2, '0')
const NOW = Date.now()
const cameras = ['A', 'B', 'C']

function titleOf(index: number): string {
  const kind = index % 23
  const roll = 14 - (Math.floor(index / 120) % 14)
  if (kind === 7) return `DJI_${String(index % 10_000).padStart(4, '0')}.MP4`
  if (kind === 11) return `LW_T${two(roll)}_${two(index % 60)}.WAV`
  if (kind === 17) return `LW_STILL_${String(index % 10_000).padStart(4, '0')}.ARW`
  if (kind === 19) return `LW_${String(index % 99).padStart(3, '0')}_0110_comp_v003.[1001-1148].exr`
  if (kind === 21) return 'Notes of the day – Straße, “Kai” & 42C <final> ✓.pdf'
  return `${cameras[index % 3]}${String(roll).padStart(3, '0')}C${String((index % 120) + 1).padStart(3, '0')}_2603${two(roll + 4)}_R1K7`
}

/** The row at a place of the whole library; the same for the same index. */
export function rowOf(index: number, pictures: number): AssetRow {
  const kind = index % 23
  const mediaType =
    kind === 11 ? 'audio' : kind === 17 || kind === 19 ? 'image' : kind === 21 ? 'document' : 'video'
  const timed = mediaType === 'video' || mediaType === 'audio'
  const created = new Date(NOW - index * 97_000 - 600_000).toISOString()
  const hasPicture = mediaType !== 'audio' && mediaType !== 'document' && index % 41 !== 5
  return {
    id: assetIdOf(index),
    title: titleOf(index),
    type: 'ASSET',
    mediaType,
    status: 'ACTIVE',
    dateCreated: created,
    dateModified: created,
    durationMs: timed ? 9_000 + ((index * 7919) % 231_000) : null,
    sizeBytes: 12_000_000 + ((index * 104_729) % 30_000) * 1_000_000,
    width: mediaType === 'video' ? 4608 : mediaType === 'image' ? 6048 : null,
    height: mediaType === 'video' ? 1920 : mediaType === 'image' ? 4024 : null,
    frameRate: mediaType === 'video' ? (index % 3 === 0 ? 24 : 29.97) : null,
    format: { video: 'ARRIRAW 4.6K', audio: 'WAV 8 ch 48 kHz', image: 'ARW', document: 'PDF' }[mediaType],
    startTimecode:
      mediaType === 'video'
        ? `${two(7 + (index % 9))}:${two(index % 60)}:${two((index * 7) % 60)}:${two(index % 24)}`
        : null,
    commentCount: index % 13 === 3 ? (index % 4) + 1 : 0,
    posterUrl: hasPicture ? `/media/poster/${index % pictures}.jpg` : null,
    keyframeMap:
      hasPicture && mediaType === 'video'
        ? { url: `/media/map/${index % pictures}.jpg`, columns: 5, rows: 4, count: 18 }
        : null,
  }
}

/** Values of the fields that the fake views have, for what is a take. */
function valuesOf(index: number): Record<string, string[]> {
  const { mediaType, title } = rowOf(index, 1)
  if (title.startsWith('DJI')) return { camera: ['Mavic 3 Cine'] }
  if (mediaType !== 'video') return {}
  const inScene = index % 14
  return {
    scene: [`${42 + (Math.floor(index / 14) % 40)}`],
    take: [`${inScene + 1}`],
    camera: [`ALEXA 35, ${'AB'[index % 2]} camera`],
    circled: [inScene % 5 === 2 ? 'true' : 'false'],
  }
}

/** The value of an asset that a group stands for; null for none. */
function groupValueOf(index: number, groupBy: string): string | null {
  const { mediaType, dateCreated } = rowOf(index, 1)
  if (groupBy === 'media_type') return mediaType
  if (groupBy === 'date_created') return dateCreated.slice(0, 10)
  return valuesOf(index)[groupBy.replace('metadata.', '')]?.[0] ?? null
}

export interface FakeLibrary {
  readonly handlers: Partial<Handlers>
  readonly state: () => LibraryState
}

/** A library of `count` assets, made as they are asked for. */
export function fakeLibrary(
  count: number,
  options: { pictures?: number; changed?: (state: LibraryState) => void } = {},
): FakeLibrary {
  const pictures = options.pictures ?? 24
  const trashed = new Set<number>()
  const titles = new Map<number, string>()
  let revision = 1

  const state = (): LibraryState => ({
    revision,
    assetCount: count - trashed.size,
    trashCount: trashed.size,
    state: count === 0 ? 'empty' : 'fresh',
    completeAsOf: new Date().toISOString(),
    filled: null,
    pendingEdits: 0,
  })
  const touch = () => {
    revision += 1
    options.changed?.(state())
  }
  const row = (index: number): AssetRow => ({
    ...rowOf(index, pictures),
    title: titles.get(index) ?? titleOf(index),
    status: trashed.has(index) ? 'DELETED' : 'ACTIVE',
  })
  /** How many rows a query has, and which index stands at which place. */
  function matching(query: AssetQuery): { total: number; at: (place: number) => number } {
    if (query.trash) {
      const list = [...trashed]
      return { total: list.length, at: (place) => list[place] as number }
    }
    const types = query.filters.find((filter) => filter.field === 'media_type')?.values
    const plainQuery =
      query.text === '' && query.filters.length === 0 && !query.collectionId && trashed.size === 0
    if (plainQuery || count > 50_000) {
      const total = query.collectionId ? Math.min(count, 214) : count
      return { total, at: (place) => (query.sort.order === 'asc' ? total - 1 - place : place) }
    }
    const text = query.text.toLowerCase()
    const list: number[] = []
    for (let index = 0; index < count; index += 1) {
      if (trashed.has(index) || (query.collectionId && index % 5 !== indexOf(query.collectionId) % 5))
        continue
      const asset = row(index)
      if (text && !asset.title.toLowerCase().includes(text)) continue
      if (types && !types.includes(asset.mediaType)) continue
      list.push(index)
    }
    if (query.sort.order === 'asc') list.reverse()
    return { total: list.length, at: (place) => list[place] as number }
  }
  const parted = new Map<string, { groups: { value: string | null; count: number }[]; list: number[] }>()
  /** The same in groups. */
  function grouped(query: AssetQuery, groupBy: string) {
    const key = JSON.stringify([query, groupBy, revision])
    const made = parted.get(key)
    if (made) return made
    const { total, at } = matching(query)
    const byValue = new Map<string | null, number[]>()
    for (let place = 0; place < total; place += 1) {
      const value = groupValueOf(at(place), groupBy)
      const members = byValue.get(value)
      if (members) members.push(at(place))
      else byValue.set(value, [at(place)])
    }
    const way = groupBy === 'date_created' ? -1 : 1
    const values = [...byValue.keys()]
      .filter((value) => value !== null)
      .toSorted((left, right) => way * left.localeCompare(right, 'en', { numeric: true }))
    const order = [...values, ...(byValue.has(null) ? [null] : [])]
    const groups = order.map((value) => ({ value, count: byValue.get(value)?.length ?? 0 }))
    const result = { groups, list: order.flatMap((value) => byValue.get(value) ?? []) }
    parted.set(key, result)
    return result
  }
  function shaped(query: AssetQuery, groupBy: string | null) {
    if (groupBy === null) return matching(query)
    const { list } = grouped(query, groupBy)
    return { total: list.length, at: (place: number) => list[place] as number }
  }
  const known = (id: string): number => {
    const index = indexOf(id)
    if (index >= count) throw new FakeFailure('api.not-found', `There is no asset ${id}.`)
    return index
  }

  const handlers: Partial<Handlers> = {
    'assets.state': async () => state(),
    'assets.query': async ({ query, groupBy, fields, window }) => {
      const { total, at } = shaped(query, groupBy)
      const end = Math.min(total, window.offset + window.limit)
      const rows: ListedAsset[] = []
      for (let place = window.offset; place < end; place += 1) {
        const index = at(place)
        const values = Object.entries(valuesOf(index)).filter(([field]) => fields.includes(field))
        rows.push({ ...row(index), values: Object.fromEntries(values), isProven: index % 19 !== 4 })
      }
      return { revision, total, rows }
    },
    'assets.groups': async ({ query, groupBy }) => {
      const { groups } = grouped(query, groupBy)
      return { revision, groupCount: groups.length, groups }
    },
    'assets.counts': async ({ queries }) => queries.map((query) => matching(query).total),
    'assets.totals': async (of) => {
      const found = 'ids' in of ? null : matching(of.query)
      if (found && found.total > MOST_ADDED_UP) return null
      const rows =
        'ids' in of
          ? of.ids.map((id) => row(known(id)))
          : Array.from({ length: found?.total ?? 0 }, (_, place) => row(found?.at(place) ?? 0))
      const sum = (numbers: (number | null)[]) => numbers.reduce<number>((all, next) => all + (next ?? 0), 0)
      return {
        durationMs: sum(rows.map(({ durationMs }) => durationMs)),
        sizeBytes: sum(rows.map(({ sizeBytes }) => sizeBytes)),
      }
    },
    'assets.ids': async ({ query, groupBy, from, to }) => {
      const { total, at } = shaped(query, groupBy)
      const ids: AssetId[] = []
      for (let place = from; place <= Math.min(to, total - 1); place += 1) ids.push(assetIdOf(at(place)))
      return ids
    },
    'assets.facets': async ({ fields }) =>
      fields.map((field) => ({
        field,
        label: field === 'media_type' ? 'Type' : (field.split('.')[1] ?? field).replaceAll('_', ' '),
        buckets:
          field === 'media_type'
            ? [
                { value: 'video', label: 'Video', count: Math.round(count * 0.83) },
                { value: 'image', label: 'Image', count: Math.round(count * 0.09) },
                { value: 'audio', label: 'Audio', count: Math.round(count * 0.04) },
                { value: 'document', label: 'Document', count: Math.round(count * 0.04) },
              ]
            : ['ALEXA 35, A', 'ALEXA 35, B', 'Mavic 3 Cine', 'Scorpio, roll 14'].map((label, index) => ({
                value: label,
                label,
                count: Math.max(1, 412 >> index),
              })),
      })),
    'assets.get': async ({ id }) => detail(known(id)),
    'assets.formats': async ({ id }) => formats(row(known(id))),
    'assets.rename': async ({ id, title }) => {
      titles.set(known(id), title)
      touch()
      return null
    },
    'assets.trash': async ({ ids }) => {
      for (const id of ids) trashed.add(known(id))
      touch()
      return { editId: 1 }
    },
    'assets.restore': async ({ ids }) => {
      for (const id of ids) trashed.delete(known(id))
      touch()
      return { editId: 2 }
    },
  }
  function detail(index: number): AssetDetail {
    const asset = row(index)
    return {
      ...asset,
      externalId: null,
      createdBy: 'Mara Lindqvist',
      updatedBy: 'Petra Vance',
      collections: [
        { id: collectionIdOf(11), path: ['Low Water', '01 Camera originals', 'Day 14, Jetty'] },
        { id: collectionIdOf(30), path: ['Scene 42 selects'] },
      ],
      versions: [
        {
          id: 'v1',
          number: 1,
          status: 'ACTIVE',
          dateCreated: asset.dateCreated,
          createdBy: 'Mara Lindqvist',
          isCurrent: true,
        },
      ],
      proxy:
        asset.mediaType === 'video' && asset.posterUrl
          ? {
              url: '/media/proxy.webm',
              width: 1280,
              height: 534,
              frameRate: asset.frameRate,
              startTimecode: asset.startTimecode,
            }
          : null,
      imageUrl: asset.mediaType === 'image' && asset.posterUrl ? asset.posterUrl : null,
      webUrl: null,
    }
  }
  return { handlers, state }
}

function formats(asset: AssetRow): FormatView[] {
  const size = asset.sizeBytes ?? 0
  const file = (name: string, sizeBytes: number) => ({
    id: name,
    name,
    directoryPath: 'Low Water/Day 14',
    sizeBytes,
    status: 'CLOSED',
    checksum: 'd41d8cd98f00b204e9800998ecf8427e',
    proof: 'size and MD5 agree',
  })
  return [
    {
      id: 'original',
      name: 'ORIGINAL',
      status: 'ACTIVE',
      isOnline: true,
      metadata: { Format: asset.format ?? '', Width: '4608', Height: '1920', FrameRate: '24.000' },
      components: [
        { id: 'c1', name: 'Video', type: 'VIDEO', metadata: { Format: 'ARRIRAW', BitDepth: '13' } },
        { id: 'c2', name: 'Audio', type: 'AUDIO', metadata: { Format: 'PCM', Channels: '8' } },
      ],
      fileSets: [
        {
          id: 'set',
          name: asset.title,
          storageId,
          storageName: 'halden-gcs-eu',
          status: 'ACTIVE',
          fileCount: 2,
          files: [file(`${asset.title}.mxf`, size), file(`${asset.title}.xml`, 41_000)],
        },
      ],
    },
    {
      id: 'proxy',
      name: 'PPRO_PROXY',
      status: 'ACTIVE',
      isOnline: true,
      metadata: { Format: 'ProRes Proxy', Width: '1920', Height: '800' },
      components: [],
      fileSets: [],
    },
  ]
}
