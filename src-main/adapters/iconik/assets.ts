import { z } from 'zod'
import type { AssetId } from '@contract/ids.ts'
import type { Lane } from '../../core/pacing/request-budget.ts'
import type { AssetDocument, AssetsApi, CreateAsset } from '../../ports/iconik-api.ts'
import { pathOf, type IconikHttp } from './http.ts'
import { readPage } from './pagination.ts'
import { Asset } from './wire.ts'

const LIST = '/API/assets/v1/assets/'
const TRASH = '/API/assets/v1/delete_queue/assets/'
/** Most ids that one bulk call takes. */
const BULK = 500

export function toAssetDocument(asset: Asset): AssetDocument {
  return {
    id: asset.id,
    title: asset.title,
    type: asset.type || 'ASSET',
    status: asset.status === 'DELETED' ? 'DELETED' : 'ACTIVE',
    externalId: asset.external_id,
    dateCreated: asset.date_created,
    dateModified: asset.date_modified,
    isOnline: asset.is_online,
    createdByUser: asset.created_by_user,
    updatedByUser: asset.updated_by_user,
    inCollections: asset.in_collections,
    versions: asset.versions.map((version, index) => ({
      id: version.id,
      number: version.version_number ?? index + 1,
      status: version.status,
      dateCreated: version.date_created,
      createdBy: version.created_by_user,
    })),
    // Older servers name no default version: then the first listed is it.
    defaultVersionId: asset.default_version_id ?? asset.versions[0]?.id ?? null,
    mediaType: asset.media_type,
    durationMs: asset.duration_milliseconds,
    metadata: asset.metadata ?? {},
    raw: asset,
  }
}

/** iconik's three choices at upload: those of the collection, only the uploader, or the defaults. */
function accessQuery({ access, collectionId }: CreateAsset) {
  return {
    apply_default_acls: access === 'default',
    apply_collection_acls: access === 'collection' && collectionId !== null,
    // Without it the server takes the collection's id but does not put the asset into it.
    ...(collectionId === null ? {} : { assign_to_collection: true }),
  }
}

export function createAssetsApi(http: IconikHttp, lane: Lane): AssetsApi {
  const bulk = async (ids: AssetId[], send: (some: AssetId[]) => Promise<void>) => {
    for (let at = 0; at < ids.length; at += BULK) await send(ids.slice(at, at + BULK))
  }
  return {
    async create(asset, signal) {
      const body = {
        title: asset.title,
        type: asset.type ?? 'ASSET',
        status: 'ACTIVE',
        external_id: asset.externalId,
        ...(asset.collectionId === null ? {} : { collection_id: asset.collectionId }),
      }
      return toAssetDocument(
        await http.json({ method: 'POST', path: LIST, query: accessQuery(asset), body, lane, signal }, Asset),
      )
    },
    async get(id, signal) {
      const query = { include_collections: true }
      return toAssetDocument(
        await http.json({ method: 'GET', path: assetPath(id), query, lane, signal }, Asset),
      )
    },
    async update(id, changes, signal) {
      return toAssetDocument(
        await http.json({ method: 'PATCH', path: assetPath(id), body: changes, lane, signal }, Asset),
      )
    },
    choosePoster: (id, pictureId, signal) =>
      http.send({
        method: 'PATCH',
        path: assetPath(id),
        body: { custom_poster: pictureId, custom_keyframe: pictureId },
        lane,
        signal,
      }),
    deleteUpload: (id, signal) =>
      http.send({ method: 'DELETE', path: pathOf`/API/assets/v1/assets/${id}/uploads/`, lane, signal }),
    async createVersion(id, signal) {
      const path = pathOf`/API/assets/v1/assets/${id}/versions/`
      await http.send({
        method: 'POST',
        path,
        body: { copy_metadata: true, copy_segments: false },
        lane,
        signal,
      })
      return toAssetDocument(await http.json({ method: 'GET', path: assetPath(id), lane, signal }, Asset))
    },
    trash: (ids, signal) =>
      bulk(ids, (some) => http.send({ method: 'POST', path: TRASH, body: { ids: some }, lane, signal })),
    restore: (ids, signal) =>
      bulk(ids, (some) => http.send({ method: 'DELETE', path: TRASH, body: { ids: some }, lane, signal })),
    purge: (ids, signal) =>
      bulk(ids, (some) =>
        http.send({ method: 'POST', path: `${TRASH}purge/`, body: { ids: some }, lane, signal }),
      ),
    async trashed(page, perPage, signal) {
      const query = { page, per_page: perPage }
      const { rows, pages } = await readPage(
        http,
        { path: TRASH, query, lane, signal },
        z.looseObject({ id: Asset.shape.id }),
      )
      return { ids: rows.map((row) => row.id), pages }
    },
  }
}

const assetPath = (id: AssetId) => pathOf`/API/assets/v1/assets/${id}/`
