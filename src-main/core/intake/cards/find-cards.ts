import type { IntakeFile } from '../intake-file.ts'
import { naturalOrder } from '../path-names.ts'
import type { CardClip, CardKind, FoundCardClip } from './card.ts'
import { cardPlaceOf } from './card-kinds.ts'
import { CardTree } from './card-tree.ts'

/** A card among the files of an intake, before its index was read. */
export interface FoundCard {
  kind: CardKind
  tree: CardTree
}

/** Something that a card names and of which the disk has nothing at all. */
export interface LostClip {
  kind: string
  cardRoot: string
  cardName: string
  missing: string[]
}

export interface CardReading {
  clips: FoundCardClip[]
  /** Clips of which no file is there. */
  lost: LostClip[]
  /** Files of cards without any clip, such as the empty list of a formatted card. */
  strays: IntakeFile[]
}

/** Cards among files, told by where their files lie. */
export function findCards(files: readonly IntakeFile[]): FoundCard[] {
  const found = new Map<string, { kind: CardKind; root: string; files: IntakeFile[] }>()
  for (const file of files) {
    const place = cardPlaceOf(file.relativePath)
    if (!place) continue
    const key = `${place.kind.name}\0${place.root}`
    const card = found.get(key)
    if (card) card.files.push(file)
    else found.set(key, { ...place, files: [file] })
  }
  return [...found.values()]
    .map(({ kind, root, files: members }) => ({ kind, tree: new CardTree(root, members) }))
    .filter(({ kind, tree }) => kind.fits(tree))
}

/**
 * Clips of cards. Each file of a card ends in one clip; what belongs to the card as a whole travels with the first clip on it.
 *
 * @param content of an index file (`kind.indexFiles`), null when it could not be read
 */
export function readCards(
  cards: readonly FoundCard[],
  content: (file: IntakeFile) => Uint8Array | null,
): CardReading {
  const reading: CardReading = { clips: [], lost: [], strays: [] }
  for (const [kind, ofKind] of Map.groupBy(cards, (card) => card.kind)) {
    const clips = kind.clips(ofKind.map(({ tree }) => ({ tree, content })))
    const taken = new Set(clips.flatMap(({ essence, index }) => [...essence, ...index]))
    const withFiles = clips.filter(({ essence, index }) => essence.length + index.length > 0)
    for (const clip of clips) if (!withFiles.includes(clip)) reading.lost.push(lostClip(kind, clip))
    const sharedBy = new Map<CardClip, IntakeFile[]>()
    for (const { tree } of ofKind) {
      const shared = tree.files.filter((file) => !taken.has(file))
      const carrier = carrierOf(tree, withFiles)
      if (carrier) sharedBy.set(carrier, [...(sharedBy.get(carrier) ?? []), ...shared])
      else reading.strays.push(...shared)
    }
    for (const clip of withFiles) reading.clips.push(foundClip(kind, clip, sharedBy.get(clip) ?? []))
  }
  return reading
}

/** The clip that the files of a whole card travel with: the first that begins on it, else one that goes on on it. */
function carrierOf(tree: CardTree, clips: readonly CardClip[]): CardClip | undefined {
  const own = clips.filter((clip) => clip.tree === tree).sort((a, b) => naturalOrder(a.id, b.id))
  if (own[0]) return own[0]
  const files = new Set(tree.files)
  return clips.find(({ essence }) => essence.some((file) => files.has(file)))
}

function lostClip(kind: CardKind, { tree, missing }: CardClip): LostClip {
  return { kind: kind.name, cardRoot: tree.root, cardName: tree.name, missing }
}

function foundClip(kind: CardKind, clip: CardClip, shared: readonly IntakeFile[]): FoundCardClip {
  const { tree, id, title, essence, index, missing, remarks } = clip
  const files = [...essence, ...index, ...shared]
  return {
    kind: kind.name,
    cardRoot: commonRoot(tree, [...essence, ...index]),
    cardName: tree.name,
    id,
    title,
    files,
    essence: new Set(essence.map((file) => file.relativePath)),
    shared: new Set(shared.map((file) => file.relativePath)),
    missing:
      essence.length === 0 && missing.length === 0 ? [`Clip ${id} has neither picture nor sound.`] : missing,
    remarks,
  }
}

/** The card's folder; of a clip that goes on on another card, the folder that holds both. */
function commonRoot(tree: CardTree, files: readonly IntakeFile[]): string {
  const parts = tree.root === '' ? [] : tree.root.split('/')
  for (const { relativePath } of files) {
    const path = relativePath.split('/')
    let same = 0
    while (same < parts.length && parts[same] === path[same]) same++
    parts.length = same
  }
  return parts.join('/')
}
