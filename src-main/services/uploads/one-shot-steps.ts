import type { AssetId } from '@contract/ids.ts'
import { AppError, findAppError } from '../../core/errors.ts'
import { mayHaveHappened } from '../../core/upload/retry-policy.ts'
import type { UploadFileRecord, UploadRecord } from '../../core/upload/upload-record.ts'
import { afterOneShot, beforeCreate } from '../../core/upload/upload-state.ts'
import type { FoundInOne } from '../../core/upload/upload-state.ts'
import type { FileDocument } from '../../ports/iconik-api.ts'
import { FORMAT_NAME, formatMetadata, isOurFormat, sweepLater } from './create-steps.ts'
import { contentType } from './content-type.ts'
import { onlyFile, readSource } from './read-source.ts'
import type { UploadContext } from './upload-context.ts'

/** Failures of the one call, on top of each other, after which it is taken for broken although each may pass. */
const MOST_FAILURES = 3

/** Sends a small file and everything that it needs below its asset in one call; the sums are written down before. */
export async function sendInOne(context: UploadContext, upload: UploadRecord): Promise<void> {
  const { journal, id, session, signal } = context
  const storage = await context.storages.get(upload.storageId)
  const metadata = await formatMetadata(context, upload)
  const { file, bytes, hashes } = await readSource(context, storage)
  for (let left = bytes.length; left > 0;) left -= await context.throttle(left, signal, () => {})
  const { md5 = null, sha1 = null, crc32c = null, xxh128 = null } = hashes
  const sums = { md5, sha1, crc32c, xxh128 }
  journal.updateBoth(id, beforeCreate('one-shot'), file.index, sums)
  try {
    const made = await session.api.files.uploadInOne(
      {
        assetId: assetOf(upload),
        storageId: storage.id,
        fileName: file.relativePath,
        formatName: FORMAT_NAME,
        formatMetadata: metadata,
        contentType: contentType(file.path),
        bytes,
      },
      signal,
    )
    if (!made.formatId)
      throw new AppError('api.unexpected', 'iconik took a file in one call and named no format for it.')
    record(context, file, {
      formatId: made.formatId,
      fileSetId: made.fileSetId,
      file: { id: made.id, isWhole: isWhole(made, file) },
    })
  } catch (error) {
    const known = findAppError(error)
    if (!known || known.code === 'cancelled') throw error
    const pending = mayHaveHappened(known) ? {} : { pending: null }
    if (!(await isUnexpected(context, upload, known))) {
      journal.update(id, pending)
      throw error
    }
    context.logger.warn('The server does not take files in one call; they go step by step from now on.', {
      reason: known.message,
    })
    journal.refuseOneShot(upload.accountId, storage.id, context.clock.nowMs())
    journal.update(id, { ...pending, way: 'long' })
  }
}

/** An answer that a server which takes files in one call would not give: from then on they go the long way. */
async function isUnexpected(context: UploadContext, upload: UploadRecord, error: AppError): Promise<boolean> {
  switch (error.code) {
    case 'api.invalid':
    case 'api.conflict':
    case 'api.unexpected':
    case 'auth.role-missing':
      return true
    case 'api.failed':
      return error.retry.when === 'never' || upload.attempts + 1 >= MOST_FAILURES
    case 'api.not-found':
      // The route is missing, unless it is the asset that is: then this throws and names it.
      await context.session.api.assets.get(assetOf(upload), context.signal)
      return true
    default:
      return false
  }
}

/** The one call has no answer on record: what is there below the asset tells what became of it. */
export async function findInOne(context: UploadContext, upload: UploadRecord): Promise<void> {
  const { session, signal } = context
  const { files } = session.api
  const assetId = assetOf(upload)
  const file = onlyFile(context)
  const format = (await files.listFormats(assetId, signal)).find((made) => isOurFormat(made, upload))
  if (!format) {
    sweepLater(context, upload, 'inside')
    return record(context, file, { formatId: null, fileSetId: null, file: null })
  }
  const set = (await files.listFileSets(assetId, signal)).find(
    (made) => made.formatId === format.id && made.status !== 'DELETED',
  )
  const stored = set
    ? (await files.listFiles(assetId, {}, signal)).find(
        (made) => made.fileSetId === set.id && made.status !== 'DELETED',
      )
    : undefined
  // Without sums the source was taken anew since that call: what it brought is another content.
  const isOld = stored !== undefined && file.xxh128 === null
  if (isOld) await files.deleteFile(assetId, stored.id, signal)
  record(context, file, {
    formatId: format.id,
    fileSetId: set?.id ?? null,
    file: stored && !isOld ? { id: stored.id, isWhole: isWhole(stored, file) } : null,
  })
}

function record(context: UploadContext, file: UploadFileRecord, found: FoundInOne): void {
  const { upload, file: changes } = afterOneShot(found)
  if (changes) context.journal.updateBoth(context.id, upload, file.index, changes)
  else context.journal.update(context.id, upload)
}

const isWhole = (made: FileDocument, file: UploadFileRecord): boolean =>
  made.status === 'CLOSED' && (made.sizeBytes === null || made.sizeBytes === file.sizeBytes)

function assetOf(upload: UploadRecord): AssetId {
  if (!upload.assetId) throw new AppError('bug', `The upload of ${upload.title} has no asset yet.`)
  return upload.assetId
}
