import { AppError } from '../../core/errors.ts'
import type { UploadFileRecord } from '../../core/upload/upload-record.ts'
import type { StorageDocument } from '../../ports/iconik-api.ts'
import { contentType } from './content-type.ts'
import type { SourceRead, UploadContext } from './upload-context.ts'

/** The file of an upload that goes in one call, with its bytes and sums; read once in a run. */
export async function readSource(context: UploadContext, storage: StorageDocument): Promise<SourceRead> {
  if (context.read) return context.read
  const file = onlyFile(context)
  const { bytes, hashes } = await context.session.transfer.readSmall(
    { ...file, contentType: contentType(file.path) },
    storage.method,
    context.signal,
  )
  return (context.read = { file, bytes, hashes })
}

export function onlyFile(context: UploadContext): UploadFileRecord {
  const [file] = context.journal.files(context.id)
  if (!file) throw new AppError('bug', 'An upload without a file was to go in one call.')
  return file
}
