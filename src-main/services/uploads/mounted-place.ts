import path from 'node:path'
import { AppError } from '../../core/errors.ts'
import type { UploadFileRecord, UploadRecord } from '../../core/upload/upload-record.ts'
import type { TransferCheckpoint, UploadTicket } from '../../ports/storage-transfer.ts'
import type { UploadContext } from './upload-context.ts'

/** Where a file goes below a FILE storage's folder, '/' between names. */
export interface MountedPlace {
  place: string
  ticket: UploadTicket
}

/** Of a storage that is written through a folder of this machine; null for all others. */
export async function mountOf(context: UploadContext, upload: UploadRecord): Promise<string | null> {
  const storage = await context.storages.get(upload.storageId)
  return storage.method === 'FILE' ? context.mountOf(storage.id) : null
}

/**
 * The place that the journal names for a file, else the one that it is to get: by its folders, and where that name is taken by another
 * file, below a folder that carries the upload's own id.
 */
export function placeIn(
  mount: string,
  upload: UploadRecord,
  file: UploadFileRecord,
  isTaken = false,
): MountedPlace {
  const known = file.checkpoint?.['place']
  const parts = [upload.directory, isTaken ? upload.externalId : '', file.relativePath]
  const place = typeof known === 'string' ? known : parts.filter((part) => part !== '').join('/')
  const target = path.resolve(mount, ...place.split('/'))
  if (!target.startsWith(path.resolve(mount) + path.sep))
    throw new AppError('storage.refused', `${place} would lie outside ${mount}.`)
  return {
    place,
    ticket: {
      fileId: file.fileId ?? '',
      assetId: upload.assetId ?? '',
      method: 'FILE',
      uploadUrl: null,
      uploadMethod: null,
      multipartUploadUrl: null,
      uploadFilename: null,
      credentials: {},
      mountPath: target,
    },
  }
}

/** What the journal remembers of a file in such a folder. */
export const mountedCheckpoint = (place: string, made: TransferCheckpoint): TransferCheckpoint => ({
  ...made,
  method: 'FILE',
  place,
})
