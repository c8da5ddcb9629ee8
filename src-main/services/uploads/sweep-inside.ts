import type { AssetId } from '@contract/ids.ts'
import type { UploadFileRecord, UploadRecord } from '../../core/upload/upload-record.ts'
import type { FileDocument } from '../../ports/iconik-api.ts'
import { isOurFormat } from './create-steps.ts'
import type { UploadSession } from './session.ts'

/**
 * Removes what a create of a format, a file set or a file made below our own asset after it was looked for in vain: a request that was on
 * its way when its sender died may take effect later than the lookup. Only what is empty, or holds nothing but the same files once
 * more, can be such a twin.
 *
 * @param upload verified, so that which one stays is known and proven
 * @returns ids of what was removed
 */
export async function sweepInside(
  { api }: UploadSession,
  upload: UploadRecord & { assetId: AssetId },
  files: readonly UploadFileRecord[],
  signal: AbortSignal,
): Promise<string[]> {
  const { assetId, formatId, fileSetId } = upload
  const removed: string[] = []
  const formats = await api.files.listFormats(assetId, signal)
  const twinFormats = formats.filter((format) => format.id !== formatId && isOurFormat(format, upload))
  const ours = new Set([formatId, ...twinFormats.map(({ id }) => id)])
  const listed = await api.files.listFiles(assetId, {}, signal)
  const isSecond = (file: FileDocument) => isTwinOf(file, files)

  for (const file of listed)
    if (file.fileSetId === fileSetId && file.status !== 'CLOSED' && isSecond(file)) {
      await api.files.deleteFile(assetId, file.id, signal)
      removed.push(file.id)
    }

  const kept = new Set<string>()
  for (const set of await api.files.listFileSets(assetId, signal)) {
    if (set.id === fileSetId || set.status === 'DELETED' || !ours.has(set.formatId)) continue
    const inside = listed.filter((file) => file.fileSetId === set.id && file.status !== 'DELETED')
    if (inside.every(isSecond)) {
      await api.files.deleteFileSet(assetId, set.id, signal)
      removed.push(set.id)
    } else kept.add(set.formatId)
  }
  for (const format of twinFormats)
    if (!kept.has(format.id)) {
      await api.files.deleteFormat(assetId, format.id, signal)
      removed.push(format.id)
    }
  return removed
}

/** Another row for one of our files: by name, folder and size. */
function isTwinOf(file: FileDocument, ours: readonly UploadFileRecord[]): boolean {
  return ours.some(
    ({ fileId, relativePath, sizeBytes }) =>
      fileId !== null &&
      fileId !== file.id &&
      !ours.some((other) => other.fileId === file.id) &&
      file.originalName === relativePath.slice(relativePath.lastIndexOf('/') + 1) &&
      (file.sizeBytes === null || file.sizeBytes === sizeBytes),
  )
}
