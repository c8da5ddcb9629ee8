import path from 'node:path'
import type { UploadId } from '@contract/ids.ts'
import { AppError, findAppError } from '../../core/errors.ts'
import { sameSighting } from '../../core/intake/settle.ts'
import type { UploadOutcome } from '../../ports/upload-intake.ts'
import type { WatchFolderRecord } from '../../ports/watch-journal.ts'
import { movesToItself } from './done-folder.ts'
import { absolutePath } from './hand-over.ts'
import type { WatchPorts } from './watch-ports.ts'

/**
 * Writes down how an upload ended, and does with its sources what the folder's rules say: only after it was verified, and only to a file that is
 * still the one that was sent. Sidecars that were read as metadata move along, but are not deleted, since their bytes are nowhere else.
 */
export async function concludeUpload(
  ports: WatchPorts,
  folder: WatchFolderRecord,
  outcome: UploadOutcome,
): Promise<void> {
  const files = ports.journal
    .filesOfUpload(folder.id, outcome.uploadId)
    .filter(({ state }) => state !== 'kept')
  if (files.length === 0 || outcome.state === 'active' || outcome.state === 'failed') return
  if (outcome.state === 'done') {
    ports.journal.save(
      folder.id,
      files.map((file) => ({ ...file, state: 'done', assetId: outcome.assetId ?? file.assetId })),
    )
    await clearSources(ports, folder, outcome.uploadId)
    return
  }
  const [state, reason] =
    outcome.state === 'unproven'
      ? (['kept', 'The storage gave no proof, so the file stays where it is.'] as const)
      : (['waits', 'Its upload was cancelled.'] as const)
  ports.journal.save(
    folder.id,
    files.map((file) => ({ ...file, state, reason, assetId: outcome.assetId })),
  )
}

/** Does so for uploads that came to rest while nobody listened. */
export async function concludeMissed(ports: WatchPorts, folder: WatchFolderRecord): Promise<void> {
  const uploads = new Set(
    ports.journal.filesInState(folder.id, 'sent').flatMap(({ uploadId }) => uploadId ?? []),
  )
  for (const uploadId of uploads) {
    const outcome = ports.intake.outcome(uploadId)
    if (outcome) await concludeUpload(ports, folder, outcome)
  }
}

/** Moves or deletes the files of a verified upload, as the rules say. What cannot be done is noted with its reason. */
export async function clearSources(
  ports: WatchPorts,
  folder: WatchFolderRecord,
  uploadId: UploadId,
): Promise<void> {
  const { after } = folder.rules
  if (after.do === 'leave') return
  const itself = movesToItself(folder)
  const files = ports.journal.filesOfUpload(folder.id, uploadId).filter(({ state }) => state === 'done')
  for (const file of files) {
    const source = absolutePath(folder, file.relativePath)
    try {
      if (itself !== null) throw new AppError('watch.overlap', itself)
      if (!sameSighting(await ports.fileSystem.stat(source), file)) continue
      if (after.do === 'move') {
        const below = path.dirname(file.relativePath.split('/').join(path.sep))
        await ports.fileSystem.move(source, path.join(path.resolve(folder.path, after.directory), below))
      } else if (!file.isContent) continue
      else await ports.fileSystem.delete(source)
      ports.journal.forget(folder.id, [file.key])
    } catch (error) {
      const known = findAppError(error)
      if (!known) throw error
      if (known.code === 'file.missing') continue
      ports.logger.warn('a verified source stays', { path: source, reason: known.message })
      ports.journal.save(folder.id, [{ ...file, state: 'kept', reason: known.message }])
    }
  }
}
