import { sameInode } from '../../core/clip.ts'
import { findAppError } from '../../core/errors.ts'
import type { WalkEntry } from '../../ports/file-system.ts'
import type { WatchFolderRecord } from '../../ports/watch-journal.ts'
import type { WatchPorts } from './watch-ports.ts'

type RootPorts = Pick<WatchPorts, 'fileSystem' | 'journal'>

/**
 * The watched folder itself as it is now, or why it counts as away. An empty folder in the place of one whose files are known is a mount point whose
 * volume is not there: nothing was deleted.
 */
export async function lookAtRoot(
  ports: RootPorts,
  folder: WatchFolderRecord,
): Promise<{ root: WalkEntry } | { away: string }> {
  try {
    const root = await ports.fileSystem.stat(folder.path)
    if (root.kind !== 'folder') return { away: `${folder.path} is not a folder any more.` }
    if (await isBareMountPoint(ports, folder, root))
      return {
        away: `${folder.path} is empty and not the folder that was watched. Mount the volume that belongs there.`,
      }
    return { root }
  } catch (error) {
    const known = findAppError(error)
    if (!known || known.code === 'cancelled') throw error
    return { away: known.message }
  }
}

async function isBareMountPoint(
  { fileSystem, journal }: RootPorts,
  folder: WatchFolderRecord,
  root: WalkEntry,
): Promise<boolean> {
  if (sameInode(root.inode, folder.rootInode)) return false
  const { sent, done, waits, kept } = journal.counts(folder.id)
  if (sent + done + waits + kept === 0) return false
  for await (const batch of fileSystem.walk(root.path, { enter: () => false }))
    if (batch.some((event) => !('entry' in event) || event.entry.path !== root.path)) return false
  return true
}
