import type { Clip } from '../../clip.ts'
import { joinPath } from '../path-names.ts'
import { cardPlaceOf } from './card-kinds.ts'

/** A folder that is a camera card, with the structures that are on it. */
export interface CardFolder {
  /** Absolute, in the system's spelling. */
  path: string
  name: string
  kinds: string[]
}

export interface CardSafety extends CardFolder {
  files: number
  verifiedFiles: number
  sizeBytes: number
  /** Every file on it that is not ignored was verified, there is at least one, and nothing is missing. */
  isSafeToErase: boolean
  /** What its index names and of which the disk has nothing at all, in whole sentences: the copy is not whole. */
  missing: string[]
  /** The first files that are not verified yet, with the reason. */
  open: { path: string; reason: string }[]
}

/** The cards that files of clips lie on, each once. */
export function cardFoldersOf(clips: Iterable<{ clip: Clip }>): CardFolder[] {
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
 * @returns the card's folder; null for a file of no card
 */
export function noteCard(found: Map<string, CardFolder>, file: string, relativePath: string): string | null {
  const place = cardPlaceOf(relativePath)
  if (!place) return null
  const below = place.root === '' ? relativePath.length : relativePath.length - place.root.length - 1
  const above = file.slice(0, file.length - below)
  // The top of a disk keeps its separator.
  const folder = /^([a-z]:)?[\\/]$/i.test(above) ? above : above.replace(/[\\/]+$/, '')
  const known = found.get(folder)
  if (!known)
    found.set(folder, {
      path: folder,
      name: folder.split(/[\\/]/).at(-1) ?? folder,
      kinds: [place.kind.name],
    })
  else if (!known.kinds.includes(place.kind.name)) known.kinds.push(place.kind.name)
  return folder
}
