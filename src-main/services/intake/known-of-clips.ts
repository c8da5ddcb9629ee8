import type { GroupedClip } from '../../core/intake/group-clips.ts'
import type { KnownFile, KnownUploads } from '../../ports/upload-intake.ts'

/**
 * What is known of the paths and sizes of some clips, asked for together: of a thousand new files a few questions tell that nothing is. It holds while
 * these clips are judged; anything else is asked as ever.
 */
export function knownOfClips(known: KnownUploads, clips: readonly GroupedClip[]): KnownUploads {
  const atPath = new Map<string, KnownFile[]>()
  const sizes = new Map<number, { isRead: boolean; isUnread: boolean }>()
  for (const { files } of clips)
    for (const { path, sizeBytes } of files) {
      atPath.set(path, [])
      sizes.set(sizeBytes, { isRead: false, isUnread: false })
    }
  for (const file of known.filesAtPaths([...atPath.keys()])) atPath.get(file.path)?.push(file)
  for (const size of known.knownSizes([...sizes.keys()])) sizes.set(size.sizeBytes, size)
  const unread = new Map<number, KnownFile | null>()
  const unreadOfSize = (sizeBytes: number) => {
    const asked = unread.get(sizeBytes)
    if (asked !== undefined) return asked
    const found = known.unreadOfSize(sizeBytes)
    unread.set(sizeBytes, found)
    return found
  }
  return {
    filesAtPath: (path) => atPath.get(path) ?? known.filesAtPath(path),
    isSizeRead: (sizeBytes) => sizes.get(sizeBytes)?.isRead ?? known.isSizeRead(sizeBytes),
    unreadOfSize: (sizeBytes) => (sizes.get(sizeBytes)?.isUnread === false ? null : unreadOfSize(sizeBytes)),
    filesAtPaths: (paths) => known.filesAtPaths(paths),
    knownSizes: (sizesBytes) => known.knownSizes(sizesBytes),
    filesWithXxh128: (xxh128, sizeBytes) => known.filesWithXxh128(xxh128, sizeBytes),
    filesStartingWith: (pathPrefix) => known.filesStartingWith(pathPrefix),
    valuesSent: (uploadId) => known.valuesSent(uploadId),
  }
}
