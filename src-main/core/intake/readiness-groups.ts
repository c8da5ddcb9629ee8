import { cardPlaceOf } from './cards/card-kinds.ts'
import { frameName, mayBeFrame } from './image-sequences.ts'
import { baseName, caseless, folderOf, joinPath, splitName } from './path-names.ts'
import { sidecarKind } from './sidecars.ts'

/**
 * Which files have to be quiet together before any of them is taken: all of a card, the frames of a run, a clip and its sidecars. Told by
 * the path alone, since the others may not have come yet.
 */
export interface ReadinessGroup {
  /** The same for all files that wait for each other. */
  key: string
  /** Whether the longer settle time of clips of several files holds. */
  isLong: boolean
  /** Card that the file belongs to; null for a file of no card. */
  card: string | null
  /** Folder below the root whose files are looked at together, and whether with all that is below it. */
  scope: { folder: string; isDeep: boolean }
}

export function readinessGroup(relativePath: string): ReadinessGroup {
  const folder = folderOf(relativePath)
  const card = cardPlaceOf(relativePath)
  if (card !== null) {
    const { kind, root } = card
    const name = `card:${kind.name}:${caseless(root)}`
    const key = kind.waitsWith ? `${name}:${caseless(kind.waitsWith(relativePath))}` : name
    return { key, isLong: true, card: name, scope: { folder: root, isDeep: true } }
  }
  const scope = { folder, isDeep: false }
  const { stem, extension } = splitName(baseName(relativePath))
  if (mayBeFrame(relativePath)) {
    const parts = frameName(baseName(relativePath))
    const run = `${parts?.head ?? ''}#${parts?.tail ?? ''}.${extension}`
    return { key: `run:${caseless(`${folder}/${run}`)}`, isLong: true, card: null, scope }
  }
  const plain = sidecarKind(relativePath) === null ? stem : splitName(stem).stem
  // Joined, since a template would keep its pieces beside it, for every file that settles.
  return { key: ['stem:', caseless(joinPath(folder, plain))].join(''), isLong: false, card: null, scope }
}
