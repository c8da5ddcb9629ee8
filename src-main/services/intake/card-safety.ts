import path from 'node:path'
import type { ScannedFile } from '../../core/clip.ts'
import type { CardFolder, CardSafety } from '../../core/intake/cards/card-folder.ts'
import type { IgnoreRules } from '../../core/intake/ignore-rules.ts'
import type { FileSystem } from '../../ports/file-system.ts'

const MOST_OPEN = 20

/**
 * Looks at everything that is on a card now: it may be erased only when each file that is not ignored was verified as it lies there.
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
    open: [],
  }
  const leftOut = (file: string) =>
    file !== card.path && isIgnored(path.relative(card.path, file).split(path.sep).join('/')) !== null
  const note = (file: string, reason: string) => {
    if (safety.open.length < MOST_OPEN) safety.open.push({ path: file, reason })
  }
  let isUnread = false
  for await (const batch of fileSystem.walk(card.path, {
    enter: (folder) => !leftOut(folder),
    ...(signal ? { signal } : {}),
  }))
    for (const event of batch) {
      if ('problem' in event) {
        isUnread = true
        note(event.problem.path, event.problem.reason)
      } else if (event.entry.kind === 'file' && !leftOut(event.entry.path)) {
        safety.files++
        safety.sizeBytes += event.entry.sizeBytes
        const reason = fateOf(event.entry)
        if (reason === null) safety.verifiedFiles++
        else note(event.entry.path, reason)
      }
    }
  safety.isSafeToErase = !isUnread && safety.files > 0 && safety.verifiedFiles === safety.files
  return safety
}
