import type { AttentionRow } from '@contract/watch-folders.ts'
import type { WatchFolderRecord } from '../../ports/watch-journal.ts'
import { absolutePath } from './hand-over.ts'
import type { SettlingFiles } from './settling-files.ts'
import type { WatchPorts } from './watch-ports.ts'
import type { WatchedTree } from './watched-tree.ts'

/** Files of a folder that a person has to see to, or may wonder about, each with the reason; the first so many, the most pressing first. */
export function attentionOf(
  { journal, clock }: Pick<WatchPorts, 'journal' | 'clock'>,
  folder: WatchFolderRecord,
  tree: WatchedTree,
  settling: SettlingFiles,
  most: number,
): AttentionRow[] {
  const rows: AttentionRow[] = []
  const note = (kind: AttentionRow['kind'], path: string, reason: string) => rows.push({ kind, path, reason })
  for (const { relativePath, reason } of journal.filesInState(folder.id, 'waits', most))
    note('waits', absolutePath(folder, relativePath), reason)
  for (const [path, reason] of tree.unreadable()) note('unreadable', path, reason)
  for (const path of settling.hot(clock.monotonicMs()))
    note('restless', path, 'It is written to again and again. It is taken when it comes to rest.')
  for (const { relativePath, reason } of journal.filesInState(folder.id, 'kept', most))
    note('stays', absolutePath(folder, relativePath), reason)
  for (const path of tree.links()) note('link', path, 'It is a symbolic link, which is not followed.')
  return rows.slice(0, most)
}
