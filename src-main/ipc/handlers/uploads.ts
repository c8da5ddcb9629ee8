import type { Handlers } from '@contract/index.ts'
import type { Receipts } from '../../services/receipts/receipts.ts'
import type { SettingsService } from '../../services/settings/settings.ts'
import type { UploadService } from '../../services/uploads/index.ts'

/** The queue half of the uploads area: what becomes of a plan once it was confirmed. */
export function uploadHandlers(uploads: UploadService, settings: SettingsService, receipts: Receipts) {
  return {
    'uploads.summary': async () => uploads.summary(),
    'uploads.batches': async () => uploads.batches(),
    'uploads.list': async ({ filter, window }) => uploads.list(filter, window.offset, window.limit),
    'uploads.pause': async (selection) => {
      uploads.pause(selection)
      return null
    },
    'uploads.resume': async (selection) => {
      uploads.resume(selection)
      return null
    },
    'uploads.retry': async (selection) => {
      uploads.retry(selection)
      return null
    },
    'uploads.cancel': async (selection) => {
      uploads.cancel(selection)
      return null
    },
    'uploads.prioritize': async (selection) => {
      uploads.prioritize(selection)
      return null
    },
    'uploads.clearFinished': async () => {
      uploads.clearFinished()
      return null
    },
    'uploads.setLimit': async ({ bytesPerSecond }) => {
      settings.update({ limitBytesPerSecond: bytesPerSecond })
      return null
    },
    'uploads.receipt': async ({ batchId, directory }) => ({
      directory: await receipts.write(batchId, directory),
    }),
  } satisfies Partial<Handlers>
}
