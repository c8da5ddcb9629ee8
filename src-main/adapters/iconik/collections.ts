import type { CollectionId } from '@contract/ids.ts'
import type { Lane } from '../../core/pacing/request-budget.ts'
import type { CollectionDocument, CollectionsApi } from '../../ports/iconik-api.ts'
import { pathOf, type IconikHttp } from './http.ts'
import { readPage } from './pagination.ts'
import { Collection, CollectionContent } from './wire.ts'

const LIST = '/API/assets/v1/collections/'
const collectionPath = (id: CollectionId) => pathOf`/API/assets/v1/collections/${id}/`

export function toCollectionDocument(collection: Collection): CollectionDocument {
  return {
    id: collection.id,
    title: collection.title,
    parentId: collection.parent_id,
    externalId: collection.external_id,
    status: collection.status,
    storageId: collection.storage_id,
    category: collection.category,
    createdByUser: collection.created_by_user,
    dateCreated: collection.date_created,
    dateModified: collection.date_modified,
  }
}

export function createCollectionsApi(http: IconikHttp, lane: Lane): CollectionsApi {
  return {
    async create({ title, parentId, externalId }, signal) {
      const body = {
        title,
        ...(parentId === null ? {} : { parent_id: parentId }),
        ...(externalId === null ? {} : { external_id: externalId }),
      }
      return toCollectionDocument(
        await http.json({ method: 'POST', path: LIST, body, lane, signal }, Collection),
      )
    },
    async get(id, signal) {
      return toCollectionDocument(
        await http.json({ method: 'GET', path: collectionPath(id), lane, signal }, Collection),
      )
    },
    async content(id, signal) {
      const path = pathOf`/API/assets/v1/collections/${id}/content/info/`
      const info = await http.json({ method: 'GET', path, lane, signal }, CollectionContent)
      return {
        assetCount: info.assets_count,
        collectionCount: info.collections_count,
        sizeBytes: info.total_size,
        durationMs: info.total_duration_milliseconds,
      }
    },
    async list(page, perPage, signal) {
      const query = { page, per_page: perPage }
      const { rows, pages } = await readPage(http, { path: LIST, query, lane, signal }, Collection)
      return { rows: rows.map(toCollectionDocument), pages }
    },
    async update(id, { title, parentId }, signal) {
      const body = {
        ...(title === undefined ? {} : { title }),
        ...(parentId === undefined ? {} : { parent_id: parentId }),
      }
      const query = parentId === undefined ? {} : { change_parent_mode: 'move' }
      return toCollectionDocument(
        await http.json({ method: 'PATCH', path: collectionPath(id), query, body, lane, signal }, Collection),
      )
    },
    delete: (id, signal) => http.send({ method: 'DELETE', path: collectionPath(id), lane, signal }),
    addAsset: (id, assetId, signal) =>
      http.send({
        method: 'POST',
        path: `${collectionPath(id)}contents/`,
        body: { object_id: assetId, object_type: 'assets' },
        lane,
        signal,
      }),
    removeAsset: (id, assetId, signal) =>
      http.send({
        method: 'DELETE',
        path: pathOf`/API/assets/v1/collections/${id}/contents/assets/${assetId}/`,
        lane,
        signal,
      }),
  }
}
