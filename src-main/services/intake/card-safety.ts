import path from 'node:path'
import type { PlannedClip } from '../../core/clip.ts'
import { cardPlaceOf } from '../../core/intake/cards/card-kinds.ts'
import type { IgnoreRules } from '../../core/intake/ignore-rules.ts'
import { joinPath } from '../../core/intake/path-names.ts'
import type { FileSystem, WalkEntry } from '../../ports/file-system.ts'

/** A folder that is a camera card, with the structures that are on it. */
export interface CardFolder {
  /** Absolute. */
  path: string
  name: string
  kinds: string[]
}

export interface CardSafety extends CardFolder {
  files: number
  verifiedFiles: number
  sizeBytes: number
  /** Every file on it that is not ignored was verified, and there is at least one. */
  isSafeToErase: boolean
  /** The first files that are not verified yet, with the reason. */
  open: { path: string; reason: string }[]
}

const MOST_OPEN = 20

/** The cards that files of clips lie on, each once. */
export function cardFoldersOf(clips: Iterable<Pick<PlannedClip, 'clip'>>): CardFolder[] {
  const found = new Map<string, CardFolder>()
  for (const { clip } of clips)
    if (clip.card)
      for (const file of clip.files) noteCard(found, file.path, joinPath(clip.directory, file.relativePath))
  return [...found.values()]
}

/**
 * Notes the card that a file lies on, if it does.
 *
 * @param relativePath below the intake's root
 */
export function noteCard(found: Map<string, CardFolder>, file: string, relativePath: string): void {
  const place = cardPlaceOf(relativePath)
  if (!place) return
  const below = place.root === '' ? relativePath.length : relativePath.length - place.root.length - 1
  const folder = path.resolve(file.slice(0, file.length - below))
  const known = found.get(folder)
  if (!known) found.set(folder, { path: folder, name: path.basename(folder), kinds: [place.kind.name] })
  else if (!known.kinds.includes(place.kind.name)) known.kinds.push(place.kind.name)
}

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
  fateOf: (file: WalkEntry) => string | null,
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
