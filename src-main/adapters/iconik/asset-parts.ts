import { z } from 'zod'
import type { AssetId } from '@contract/ids.ts'
import type { Lane } from '../../core/pacing/request-budget.ts'
import type {
  HistoryApi,
  PictureDocument,
  PreviewsApi,
  RelationsApi,
  SegmentDocument,
  SegmentsApi,
  VersionsApi,
} from '../../ports/asset-parts-api.ts'
import { toAssetDocument } from './assets.ts'
import { toTicket } from './file-documents.ts'
import { pathOf, type IconikHttp } from './http.ts'
import { readPage } from './pagination.ts'
import { createTransferBroker } from './transfer-broker.ts'
import { Asset, File, pageOf, Triggered } from './wire.ts'

const PER_PAGE = 100
const MOST_PAGES = 20

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '')
const maybeNumber = z
  .number()
  .nullish()
  .transform((value) => value ?? null)
const Person = z
  .looseObject({ first_name: text, last_name: text, email: text })
  .nullish()
  .transform((person) =>
    person ? [person.first_name, person.last_name].filter(Boolean).join(' ') || person.email : '',
  )
const Segment = z.looseObject({
  id: z.string(),
  segment_type: text,
  segment_text: text,
  time_start_milliseconds: maybeNumber,
  time_end_milliseconds: maybeNumber,
  parent_id: z.string().nullish(),
  segment_checked: z.boolean().nullish(),
  user_info: Person,
  user_id: text,
  date_created: text,
})
const toSegment = (segment: z.infer<typeof Segment>): SegmentDocument => ({
  id: segment.id,
  type: segment.segment_type,
  text: segment.segment_text,
  startMs: segment.time_start_milliseconds,
  endMs: segment.time_end_milliseconds,
  parentId: segment.parent_id ?? null,
  isDone: segment.segment_checked === true,
  author: segment.user_info || segment.user_id,
  dateCreated: segment.date_created,
})

const segmentsPath = (id: AssetId) => pathOf`/API/assets/v1/assets/${id}/segments/`
const segmentPath = (id: AssetId, segmentId: string) =>
  pathOf`/API/assets/v1/assets/${id}/segments/${segmentId}/`

export function createSegmentsApi(http: IconikHttp, lane: Lane): SegmentsApi {
  return {
    async list(assetId, signal) {
      const all: SegmentDocument[] = []
      for (let page = 1, pages = 1; page <= Math.min(pages, MOST_PAGES); page += 1) {
        const query = { page, per_page: PER_PAGE, include_users: true, sort: 'time_start_milliseconds,asc' }
        const answer = await readPage(http, { path: segmentsPath(assetId), query, lane, signal }, Segment)
        all.push(...answer.rows.map(toSegment))
        ;({ pages } = answer)
      }
      return all
    },
    async create(assetId, { type, text: segmentText, startMs, endMs, parentId }, signal) {
      const body = {
        segment_type: type,
        segment_text: segmentText,
        ...(startMs === null ? {} : { time_start_milliseconds: startMs }),
        // iconik wants both ends; a moment ends where it begins.
        ...(startMs === null ? {} : { time_end_milliseconds: endMs ?? startMs }),
        ...(parentId === null ? {} : { parent_id: parentId }),
      }
      return toSegment(
        await http.json({ method: 'POST', path: segmentsPath(assetId), body, lane, signal }, Segment),
      )
    },
    update: (assetId, id, { text: segmentText, isDone }, signal) =>
      http.send({
        method: 'PATCH',
        path: segmentPath(assetId, id),
        body: {
          ...(segmentText === undefined ? {} : { segment_text: segmentText }),
          ...(isDone === undefined ? {} : { segment_checked: isDone }),
        },
        lane,
        signal,
      }),
    delete: (assetId, id, signal) =>
      http.send({ method: 'DELETE', path: segmentPath(assetId, id), lane, signal }),
  }
}

const RelationType = z.looseObject({
  name: z.string(),
  source_label: text,
  destination_label: text,
  is_directional: z.boolean().nullish(),
})
const Related = Asset.extend({
  relations: z
    .array(z.looseObject({ relation_type: text, description: text, asset_id: text }))
    .nullish()
    .catch([]),
})

export function createRelationsApi(http: IconikHttp, lane: Lane): RelationsApi {
  const pair = (id: AssetId, type: string, other: AssetId) =>
    pathOf`/API/assets/v1/assets/${id}/relations/${type}/${other}/`
  return {
    async types(signal) {
      const path = '/API/assets/v1/assets/relation_types/'
      const { objects } = await http.json({ method: 'GET', path, lane, signal }, pageOf(RelationType))
      return objects.map((type) => ({
        name: type.name,
        sourceLabel: type.source_label || type.name,
        destinationLabel: type.destination_label || type.name,
        isDirectional: type.is_directional ?? true,
      }))
    },
    async list(assetId, signal) {
      const path = pathOf`/API/assets/v1/assets/${assetId}/relations/`
      const query = { page: 1, per_page: PER_PAGE }
      const { rows } = await readPage(http, { path, query, lane, signal }, Related)
      return rows.flatMap((row) =>
        (row.relations ?? []).map((relation) => ({
          type: relation.relation_type,
          description: relation.description,
          ownerId: relation.asset_id || assetId,
          asset: toAssetDocument(row),
        })),
      )
    },
    add: (assetId, type, otherId, signal) =>
      http.send({ method: 'POST', path: pair(assetId, type, otherId), body: {}, lane, signal }),
    remove: (assetId, type, otherId, signal) =>
      http.send({ method: 'DELETE', path: pair(assetId, type, otherId), lane, signal }),
  }
}

export function createVersionsApi(http: IconikHttp, lane: Lane): VersionsApi {
  return {
    create: (assetId, copy, signal) =>
      http.send({
        method: 'POST',
        path: pathOf`/API/assets/v1/assets/${assetId}/versions/`,
        body: { copy_metadata: copy, copy_segments: copy },
        lane,
        signal,
      }),
    promote: (assetId, versionId, signal) =>
      http.send({
        method: 'PUT',
        path: pathOf`/API/assets/v1/assets/${assetId}/versions/${versionId}/promote/`,
        body: {},
        lane,
        signal,
      }),
    delete: (assetId, versionId, signal) =>
      http.send({
        method: 'DELETE',
        path: pathOf`/API/assets/v1/assets/${assetId}/versions/${versionId}/`,
        lane,
        signal,
      }),
  }
}

const Entry = z.looseObject({
  id: z.string(),
  operation_type: text,
  operation_description: text,
  user_id: text,
  job_id: z.string().nullish(),
  date_created: text,
})

export function createHistoryApi(http: IconikHttp, lane: Lane): HistoryApi {
  return {
    async list(assetId, perPage, signal) {
      const path = pathOf`/API/assets/v1/assets/${assetId}/history/`
      const query = { page: 1, per_page: perPage, sort: 'date_created,desc' }
      const { rows } = await readPage(http, { path, query, lane, signal }, Entry)
      return rows.map((row) => ({
        id: row.id,
        operation: row.operation_type,
        description: row.operation_description,
        who: row.user_id,
        date: row.date_created,
        jobId: row.job_id ?? null,
      }))
    },
  }
}

const Picture = z.looseObject({
  id: z.string(),
  type: text,
  name: text,
  filename: text,
  status: text,
  size: maybeNumber.catch(null),
  resolution: z.looseObject({ width: maybeNumber, height: maybeNumber }).nullish(),
})
const toPicture = (picture: z.infer<typeof Picture>): PictureDocument => ({
  id: picture.id,
  type: picture.type,
  name: picture.name || picture.filename,
  status: picture.status,
  width: picture.resolution?.width ?? null,
  height: picture.resolution?.height ?? null,
  sizeBytes: picture.size,
})

export function createPreviewsApi(http: IconikHttp, lane: Lane): PreviewsApi {
  const folder = (kind: 'proxy' | 'picture') => (kind === 'proxy' ? 'proxies' : 'keyframes')
  const many = (id: AssetId, kind: 'proxy' | 'picture') => pathOf`/API/files/v1/assets/${id}/${folder(kind)}/`
  const one = (id: AssetId, kind: 'proxy' | 'picture', previewId: string) =>
    pathOf`/API/files/v1/assets/${id}/${folder(kind)}/${previewId}/`
  const list = async (id: AssetId, kind: 'proxy' | 'picture', signal?: AbortSignal) => {
    const query = { per_page: PER_PAGE, generate_signed_url: false }
    const call = { method: 'GET', path: many(id, kind), query, lane, signal } as const
    return (await http.json(call, pageOf(Picture))).objects.map(toPicture)
  }
  const trigger = async (path: string, signal?: AbortSignal) =>
    (await http.jsonOrNothing({ method: 'POST', path, body: {}, lane, signal }, Triggered))?.job_id ?? null
  return {
    proxies: (id, signal) => list(id, 'proxy', signal),
    pictures: (id, signal) => list(id, 'picture', signal),
    async create(id, { kind, name, sizeBytes, storageId }, signal) {
      const format = /\.([^.]+)$/.exec(name)?.[1]?.toUpperCase() ?? ''
      const body = {
        name,
        filename: name,
        format,
        size: sizeBytes,
        ...(storageId === null ? {} : { storage_id: storageId }),
        ...(kind === 'picture' ? { type: 'POSTER' } : {}),
      }
      // The answer says where the bytes go in the same words as that of a file.
      const answer = await http.json({ method: 'POST', path: many(id, kind), body, lane, signal }, File)
      return { id: answer.id, ticket: toTicket(answer, id) }
    },
    broker: (id, kind, previewId) => createTransferBroker(http, lane, id, previewId, folder(kind)),
    close: (id, kind, previewId, signal) =>
      http.send({
        method: 'PATCH',
        path: one(id, kind, previewId),
        body: { status: 'CLOSED' },
        lane,
        signal,
      }),
    delete: (id, kind, previewId, signal) =>
      http.send({ method: 'DELETE', path: one(id, kind, previewId), lane, signal }),
    keyframesOfProxy: (id, proxyId, signal) => trigger(`${one(id, 'proxy', proxyId)}keyframes/`, signal),
    capture: (id, fileId, atMs, signal) =>
      trigger(pathOf`/API/files/v1/assets/${id}/files/${fileId}/capture/${String(atMs)}/`, signal),
  }
}
