import path from 'node:path'
import { sameInode } from '../../core/clip.ts'
import { AppError, findAppError } from '../../core/errors.ts'
import { sameSighting } from '../../core/intake/settle.ts'
import type { UploadOutcome } from '../../ports/upload-intake.ts'
import type { WatchedFile, WatchFolderRecord } from '../../ports/watch-journal.ts'
import { doneFolderOf, movesToItself } from './done-folder.ts'
import { absolutePath } from './hand-over.ts'
import type { WatchPorts } from './watch-ports.ts'
import { lookAtRoot } from './watched-root.ts'

/**
 * Does with the sources of a verified upload what the folder's rules say, and only to a file that is still the one that was sent; then writes down how
 * the upload ended. In this order: files that a killed process did not get to are still `sent`, so that the next start goes on with them. Sidecars that
 * were read as metadata move along, but are not deleted, since their bytes are nowhere else.
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
    const verified = files.map((file) => ({ ...file, assetId: outcome.assetId ?? file.assetId }))
    const left = folder.rules.after.do === 'leave' ? verified : await clearSources(ports, folder, verified)
    ports.journal.save(
      folder.id,
      left.map((file) => ({ ...file, state: 'done' })),
    )
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

/** Does so for uploads that came to rest while nobody listened, and for those whose sources were not all seen to. */
export async function concludeMissed(ports: WatchPorts, folder: WatchFolderRecord): Promise<void> {
  const uploads = new Set(
    ports.journal.filesInState(folder.id, 'sent').flatMap(({ uploadId }) => uploadId ?? []),
  )
  for (const uploadId of uploads) {
    const outcome = ports.intake.outcome(uploadId)
    if (outcome) await concludeUpload(ports, folder, outcome)
  }
}

/**
 * Moves or deletes files of a verified upload, as the rules say. What cannot be done is noted with its reason.
 *
 * @returns files with which nothing more is to be done
 */
async function clearSources(
  ports: WatchPorts,
  folder: WatchFolderRecord,
  files: readonly WatchedFile[],
): Promise<WatchedFile[]> {
  const itself = movesToItself(folder)
  const left: WatchedFile[] = []
  const missing: WatchedFile[] = []
  for (const file of files) {
    const source = absolutePath(folder, file.relativePath)
    try {
      if (itself !== null) throw new AppError('watch.overlap', itself)
      if (!sameSighting(await ports.fileSystem.stat(source), file) || !(await clear(ports, folder, file)))
        left.push(file)
      else ports.journal.forget(folder.id, [file.key])
    } catch (error) {
      const known = findAppError(error)
      if (!known) throw error
      if (known.code === 'file.missing') {
        missing.push(file)
        continue
      }
      ports.logger.warn('a verified source stays', { path: source, reason: known.message })
      ports.journal.save(folder.id, [{ ...file, state: 'kept', reason: known.message }])
    }
  }
  // A volume that went in the middle has its files still: they are seen to when it is back.
  return missing.length > 0 && (await isThere(ports, folder)) ? [...left, ...missing] : left
}

/** @returns false when the file is to stay, or is where it belongs */
async function clear(
  { fileSystem }: WatchPorts,
  folder: WatchFolderRecord,
  { relativePath, isContent }: WatchedFile,
): Promise<boolean> {
  const source = absolutePath(folder, relativePath)
  const done = doneFolderOf(folder)
  if (done !== null)
    return (
      (await fileSystem.move(source, path.dirname(path.join(done, ...relativePath.split('/'))))) !== source
    )
  if (isContent) await fileSystem.delete(source)
  return isContent
}

async function isThere(ports: WatchPorts, folder: WatchFolderRecord): Promise<boolean> {
  const found = await lookAtRoot(ports, folder)
  return 'root' in found && sameInode(found.root.inode, folder.rootInode)
}
