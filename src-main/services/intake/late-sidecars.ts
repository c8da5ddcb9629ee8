import type { GroupedClip } from '../../core/intake/group-clips.ts'
import type { IntakeFile } from '../../core/intake/intake-file.ts'
import { baseName, comparable, folderOf } from '../../core/intake/path-names.ts'
import type { Judgement } from '../../core/intake/prospect.ts'
import { sidecarKind } from '../../core/intake/sidecars.ts'
import type { KnownFile, KnownUploads } from '../../ports/upload-intake.ts'

/**
 * The file that a sidecar speaks of by its name ("a.mov.xmp" of a.mov, "a.xmp" of any a), where one was uploaded from beside it. Its place may be
 * empty by now. null for a file that is no sidecar.
 */
export function uploadedOwner(known: KnownUploads, sidecar: IntakeFile): KnownFile | null {
  if (sidecarKind(sidecar.relativePath) === null) return null
  const isOwner = ({ path, state }: KnownFile) =>
    state !== 'failed' && state !== 'cancelled' && sidecarKind(path.replaceAll('\\', '/')) === null
  const stem = sidecar.path.replace(/\.[^./\\]*$/, '')
  const named = known.filesAtPath(stem).find(isOwner)
  if (named) return named
  const hasNoMore = ({ path }: KnownFile) => !/[./\\]/.test(path.slice(stem.length + 1))
  return known.filesStartingWith(`${stem}.`).find((file) => isOwner(file) && hasNoMore(file)) ?? null
}

/**
 * A sidecar alone, whose clip was uploaded: what it says goes to the asset that is there, or it joins that asset's files.
 *
 * @param isMetadata whether it is read, and not uploaded
 */
export function lateSidecar(
  sidecar: IntakeFile,
  owner: KnownFile,
  isMetadata: boolean,
): { clip: GroupedClip; judgement: Judgement } {
  const name = baseName(sidecar.relativePath)
  const { path, sizeBytes, mtimeMs, inode } = sidecar
  return {
    clip: {
      key: `sidecar:${comparable(sidecar.relativePath)}`,
      kind: 'file',
      title: owner.title,
      rootPath: path.slice(0, path.length - name.length - 1),
      directory: folderOf(sidecar.relativePath),
      files: isMetadata ? [] : [{ path, sizeBytes, mtimeMs, inode, relativePath: name, role: 'sidecar' }],
      metadataSidecars: isMetadata ? [path] : [],
    },
    judgement: {
      decision: isMetadata
        ? { do: 'skip', reason: 'unchanged', assetId: owner.assetId }
        : { do: 'join', uploadId: owner.uploadId },
      duplicateOf: null,
      original: { uploadId: owner.uploadId, isVerified: owner.state === 'done' },
      note: `It came after “${owner.title}”.`,
    },
  }
}
