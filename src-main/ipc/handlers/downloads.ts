import type { Handlers } from '@contract/index.ts'
import type { Downloads } from '../../services/downloads/downloads.ts'

export function downloadHandlers(downloads: Downloads) {
  return {
    'downloads.list': async ({ window }) => downloads.list(window),
    'downloads.start': async ({ assetIds, what, folder }) => {
      downloads.start(assetIds, what, folder)
      return null
    },
    'downloads.cancel': async ({ ids }) => {
      downloads.cancel(ids)
      return null
    },
    'downloads.retry': async ({ ids }) => {
      downloads.retry(ids)
      return null
    },
    'downloads.clear': async () => {
      downloads.clear()
      return null
    },
  } satisfies Partial<Handlers>
}
