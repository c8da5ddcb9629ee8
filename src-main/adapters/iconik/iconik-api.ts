import type { Lane } from '../../core/pacing/request-budget.ts'
import type { IconikApi } from '../../ports/iconik-api.ts'
import { createAccessApi } from './access.ts'
import {
  createHistoryApi,
  createPreviewsApi,
  createRelationsApi,
  createSegmentsApi,
  createVersionsApi,
} from './asset-parts.ts'
import { createAssetsApi } from './assets.ts'
import { createAuthApi } from './auth.ts'
import { createCollectionsApi } from './collections.ts'
import { createFilesApi } from './files.ts'
import { createIconikHttp, type IconikHttp, type IconikHttpOptions } from './http.ts'
import { createJobsApi } from './jobs.ts'
import { createMetadataApi } from './metadata.ts'
import { createMetadataModelApi } from './metadata-model.ts'
import { createSavedSearchesApi } from './saved-searches.ts'
import { createSearchApi } from './search.ts'
import { createStoragesApi } from './storages.ts'

/**
 * iconik over HTTP, by its published REST API. Calls go in the queue's lane unless another is asked for.
 * @throws AppError api.invalid when the address is neither https nor this machine
 */
export function createIconikApi(options: IconikHttpOptions): IconikApi {
  const http = createIconikHttp(options)
  const lanes = new Map<Lane, IconikApi>()
  const inLane = (lane: Lane): IconikApi => {
    let api = lanes.get(lane)
    if (!api) lanes.set(lane, (api = apiInLane(http, lane, inLane)))
    return api
  }
  return inLane('queue')
}

const apiInLane = (http: IconikHttp, lane: Lane, inLane: (lane: Lane) => IconikApi): IconikApi => ({
  auth: createAuthApi(http, lane),
  assets: createAssetsApi(http, lane),
  collections: createCollectionsApi(http, lane),
  files: createFilesApi(http, lane),
  storages: createStoragesApi(http, lane),
  metadata: createMetadataApi(http, lane),
  model: createMetadataModelApi(http, lane),
  access: createAccessApi(http, lane),
  segments: createSegmentsApi(http, lane),
  relations: createRelationsApi(http, lane),
  versions: createVersionsApi(http, lane),
  history: createHistoryApi(http, lane),
  previews: createPreviewsApi(http, lane),
  jobs: createJobsApi(http, lane),
  search: createSearchApi(http, lane),
  savedSearches: createSavedSearchesApi(http, lane),
  inLane,
  callCounts: () => http.counts(),
})
