import path from 'node:path'
import type { ScannedFile } from '../../core/clip.ts'
import type { CardFolder, CardSafety } from '../../core/intake/cards/card-folder.ts'
import type { IgnoreRules } from '../../core/intake/ignore-rules.ts'
import type { IntakeFile, IntakeProblem } from '../../core/intake/intake-file.ts'
import type { FileSystem } from '../../ports/file-system.ts'
import { readCardClips } from './read-cards.ts'

const MOST_OPEN = 20

/**
 * Looks at everything that is on a card now: it may be erased only when each file that is not ignored was verified as it lies there, and its index names
 * nothing that the disk lacks.
 *
 * @param fateOf null for a file that was verified, else why it was not
 * @throws AppError file.missing file.unreadable cancelled
 */
export async function examineCard(
  fileSystem: FileSystem,
  card: CardFolder,
  isIgnored: IgnoreRules,
  fateOf: (file: ScannedFile) => string | null,
  signal?: AbortSignal,
): Promise<CardSafety> {
  const safety: CardSafety = {
    ...card,
    files: 0,
    verifiedFiles: 0,
    sizeBytes: 0,
    isSafeToErase: false,
    missing: [],
    open: [],
  }
  const placeOf = (file: string) => path.relative(card.path, file).split(path.sep).join('/')
  const leftOut = (file: string) => file !== card.path && isIgnored(placeOf(file)) !== null
  const note = (file: string, reason: string) => {
    if (safety.open.length < MOST_OPEN) safety.open.push({ path: file, reason })
  }
  let isUnread = false
  const files: IntakeFile[] = []
  for await (const batch of fileSystem.walk(card.path, {
    enter: (folder) => !leftOut(folder),
    ...(signal ? { signal } : {}),
  }))
    for (const event of batch) {
      if ('problem' in event) {
        isUnread = true
        note(event.problem.path, event.problem.reason)
      } else if (event.entry.kind === 'file' && !leftOut(event.entry.path)) {
        files.push({ ...event.entry, relativePath: placeOf(event.entry.path) })
        safety.sizeBytes += event.entry.sizeBytes
        const reason = fateOf(event.entry)
        if (reason === null) safety.verifiedFiles++
        else note(event.entry.path, reason)
      }
    }
  safety.files = files.length
  const problems: IntakeProblem[] = []
  // A shot that goes on on another card is nothing that this one lacks: only what is lost altogether counts.
  const { lost } = await readCardClips(fileSystem, files, problems, signal)
  for (const problem of problems) note(problem.path, problem.reason)
  safety.missing = [...new Set(lost.flatMap(({ missing }) => missing))].slice(0, MOST_OPEN)
  safety.isSafeToErase =
    !isUnread &&
    problems.length === 0 &&
    safety.missing.length === 0 &&
    files.length > 0 &&
    safety.verifiedFiles === files.length
  return safety
}
