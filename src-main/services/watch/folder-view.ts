import path from 'node:path'
import type { ErrorView } from '@contract/errors.ts'
import type { WatchFolderView } from '@contract/watch-folders.ts'
import type { WatchFolderRecord } from '../../ports/watch-journal.ts'
import type { SettlingView } from './settling-files.ts'

export type Presence = 'starting' | 'present' | 'away' | 'paused' | 'failed'

/** What a person is shown of a folder, as it is known inside. */
export interface FolderFacts {
  folder: WatchFolderRecord
  presence: Presence
  isLimited: boolean
  /** Why everything is being looked at, or is about to be; null when there is no reason to. */
  passReason: string | null
  /** Paths and folders that something was said about and that were not looked at yet. */
  unseen: number
  counts: WatchFolderView['counts']
  settling: readonly SettlingView[]
  problem: ErrorView | null
}

export function folderView(facts: FolderFacts): WatchFolderView {
  const { id, path: root, rules } = facts.folder
  return {
    id,
    path: root,
    name: path.basename(root) || root,
    rules,
    state: stateOf(facts),
    coverage: coverageOf(facts),
    counts: facts.counts,
    settlingFiles: facts.settling.map(({ path: file, sizeBytes, quietMs, neededMs }) => ({
      path: file,
      sizeBytes,
      quietSeconds: Math.floor(quietMs / 1000),
      neededSeconds: neededMs / 1000,
    })),
    problem: facts.problem,
  }
}

function stateOf({ presence, isLimited, passReason, counts }: FolderFacts): WatchFolderView['state'] {
  if (presence !== 'present') return presence
  if (isLimited) return 'limited'
  if (passReason !== null) return 'catching-up'
  return counts.settling > 0 ? 'settling' : 'watching'
}

/** Said only as far as it is true: complete as of the last full pass, unless there is reason to look again. */
function coverageOf({
  folder,
  presence,
  passReason,
  unseen,
  problem,
}: FolderFacts): WatchFolderView['coverage'] {
  const asOf = folder.completeAsOfMs === null ? null : new Date(folder.completeAsOfMs).toISOString()
  if (presence === 'paused') return { kind: 'unknown', asOf, remaining: null, reason: 'It is paused.' }
  if (presence === 'away' || presence === 'failed')
    return { kind: 'unknown', asOf, remaining: null, reason: problem?.message ?? 'It is away.' }
  if (presence === 'starting' || passReason !== null || unseen > 0)
    return { kind: 'catching-up', asOf, remaining: unseen || null, reason: passReason }
  return { kind: 'complete', asOf, remaining: null, reason: null }
}
