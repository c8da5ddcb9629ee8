import { findAppError } from '../../core/errors.ts'
import type { UploadRecord } from '../../core/upload/upload-record.ts'
import type { TransferCheckpoint } from '../../ports/storage-transfer.ts'
import { findObject, sweepLater } from './create-steps.ts'
import { mountOf, placeIn } from './mounted-place.ts'
import type { UploadContext } from './upload-context.ts'

/** Removes from server and storage what a cancelled upload made there; then the row is over. Safe to repeat. */
export async function cleanUp(context: UploadContext, upload: UploadRecord): Promise<void> {
  const { journal, clock, id } = context
  if (upload.pending === 'asset') {
    // A lost answer may have made an asset: find it now, and once more when the index has caught up.
    sweepLater(context, upload)
    await findObject(context, upload, 'asset')
    const found = journal.get(id)
    if (found?.assetId) upload = found
  }
  await forgetServerFiles(context, upload)
  if (upload.assetId && upload.decision.do === 'upload')
    await unlessGone(context.session.api.assets.deleteUpload(upload.assetId, context.signal))
  journal.update(
    id,
    { step: 'cancelled', hold: 'none', active: false, error: null, finishedMs: clock.nowMs() },
    { durable: true },
  )
}

/** Ends unfinished transfers on the storage and removes the rows of files that are not wanted as they are. */
export async function forgetServerFiles(context: UploadContext, upload: UploadRecord): Promise<void> {
  const { assetId } = upload
  if (!assetId) return
  const { api, transfer } = context.session
  for (const file of context.journal.files(context.id)) {
    const mount = file.checkpoint?.['place'] === undefined ? null : await mountOf(context, upload)
    if (mount !== null) {
      const { ticket } = placeIn(mount, upload, file)
      const broker = api.files.broker(assetId, file.fileId ?? '')
      await transfer.abandon(ticket, file.checkpoint as TransferCheckpoint, broker, context.signal)
    }
    if (!file.fileId) continue
    if (file.checkpoint && mount === null) {
      const broker = api.files.broker(assetId, file.fileId)
      const ticket = await orWhenGone(broker.refreshTicket(context.signal), null)
      if (ticket)
        await transfer.abandon(ticket, file.checkpoint as TransferCheckpoint, broker, context.signal)
    }
    await unlessGone(api.files.deleteFile(assetId, file.fileId, context.signal))
  }
}

function unlessGone(call: Promise<void>): Promise<void> {
  return orWhenGone(call, undefined)
}

async function orWhenGone<T, U>(call: Promise<T>, instead: U): Promise<T | U> {
  try {
    return await call
  } catch (error) {
    if (findAppError(error)?.code === 'api.not-found') return instead
    throw error
  }
}
