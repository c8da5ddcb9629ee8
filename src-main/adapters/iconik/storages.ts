import { AppError } from '../../core/errors.ts'
import type { Lane } from '../../core/pacing/request-budget.ts'
import type { StorageDocument, StoragesApi } from '../../ports/iconik-api.ts'
import { pathOf, type IconikHttp } from './http.ts'
import { readAllPages } from './pagination.ts'
import { Storage } from './wire.ts'

const LIST = '/API/files/v1/storages/'

const toStorageDocument = (storage: Storage): StorageDocument => ({
  id: storage.id,
  name: storage.name,
  method: storage.method,
  purpose: storage.purpose,
  status: storage.status,
  isDefault: storage.default,
  settings: storage.settings,
})

export function createStoragesApi(http: IconikHttp, lane: Lane): StoragesApi {
  return {
    async list(signal) {
      return (await readAllPages(http, { path: LIST, lane, signal }, Storage)).map(toStorageDocument)
    },
    async get(id, signal) {
      const path = pathOf`/API/files/v1/storages/${id}/`
      return toStorageDocument(await http.json({ method: 'GET', path, lane, signal }, Storage))
    },
    async matching(purpose, signal) {
      const path = pathOf`/API/files/v1/storages/matching/${purpose}/`
      try {
        return toStorageDocument(await http.json({ method: 'GET', path, lane, signal }, Storage))
      } catch (error) {
        if (error instanceof AppError && error.code === 'api.not-found') return null
        throw error
      }
    },
  }
}
