import path from 'node:path'
import type { RulePreviewRow, WatchRules } from '@contract/watch-folders.ts'
import { makeIgnoreRules } from '../../core/intake/ignore-rules.ts'
import type { IntakeFile } from '../../core/intake/intake-file.ts'
import type { Prospect } from '../../core/intake/prospect.ts'
import type { PlannedClip } from '../../core/clip.ts'
import type { WatchPorts } from './watch-ports.ts'

const MOST_ROWS = 200
const MOST_IGNORED = 40
/** A preview answers while a person types: it stops looking here. */
const MOST_SCANNED = 20_000
const MOST_EXAMINED = 2000

/**
 * What rules would do to the files that are there now, without doing it. Content is not hashed: duplicates are told by path alone.
 *
 * @throws AppError file.missing file.unreadable
 */
export async function previewRules(
  ports: Pick<WatchPorts, 'fileSystem' | 'planner'>,
  root: string,
  rules: WatchRules,
  signal: AbortSignal,
): Promise<{ scanned: number; rows: RulePreviewRow[] }> {
  const isIgnored = makeIgnoreRules(rules.ignore)
  const relative = (file: string) => path.relative(root, file).split(path.sep).join('/')
  const files: IntakeFile[] = []
  const ignored: RulePreviewRow[] = []
  let scanned = 0
  walk: for await (const batch of ports.fileSystem.walk(root, {
    // A look into what is left out shows which files that are; not into all of it.
    enter: (folder) => ignored.length < MOST_IGNORED || isIgnored(relative(folder)) === null,
    signal,
  }))
    for (const event of batch) {
      if (!('entry' in event) || event.entry.kind !== 'file') continue
      if (++scanned > MOST_SCANNED) break walk
      const relativePath = relative(event.entry.path)
      const pattern = isIgnored(relativePath)
      if (pattern === null) files.push({ ...event.entry, relativePath })
      else if (ignored.length < MOST_IGNORED) ignored.push(ignoredRow(relativePath, pattern))
    }
  // Only the newest are examined: rules are edited with what came last in mind.
  const latest = files.toSorted((a, b) => b.mtimeMs - a.mtimeMs).slice(0, MOST_EXAMINED)
  const found = await ports.planner.examine(latest, { ...rules, duplicates: 'ingest' }, { signal })
  const fields = await ports.planner.fieldsOf(rules, signal)
  const planned = ports.planner.settle(found.prospects, rules, fields)
  const rows = planned.map((entry, at) => rowOf(found.prospects[at] as Prospect, entry))
  return { scanned: Math.min(scanned, MOST_SCANNED), rows: [...rows, ...ignored].slice(0, MOST_ROWS) }
}

function ignoredRow(relativePath: string, pattern: string): RulePreviewRow {
  const reason = `Left out by ${pattern}.`
  return { path: relativePath, title: '', collection: '', metadata: {}, outcome: 'ignored', reason }
}

function rowOf({ clip, judgement }: Prospect, { target, decision }: PlannedClip): RulePreviewRow {
  const [first] = clip.files
  const relativePath = first
    ? [clip.directory, first.relativePath].filter((part) => part !== '').join('/')
    : clip.title
  const outcome =
    decision.do === 'wait'
      ? 'waits'
      : decision.do !== 'skip'
        ? 'upload'
        : decision.reason === 'unchanged'
          ? 'already-uploaded'
          : 'duplicate'
  return {
    path: relativePath,
    title: clip.title,
    collection: target.collectionPath.join(' / '),
    metadata: target.metadata,
    outcome,
    reason: decision.do === 'wait' ? decision.reason : (judgement.note ?? ''),
  }
}
