import type { IntakeFile } from '../intake-file.ts'
import { baseName, folderOf, joinPath, naturalOrder } from '../path-names.ts'
import { nodeAt, nodes, parseUntrustedXml, textOf } from '../untrusted-xml.ts'
import type { CardClip, CardKind, ReadCard } from './card.ts'
import { type CardTree, emptyFiles, kindOf, rootBefore, stemOf } from './card-tree.ts'

const FOLDERS = /^(clip|video|audio|icon|voice|proxy)$/i

/**
 * Panasonic P2: the XML files of CONTENTS/CLIP are the list of clips (Adobe XMP Toolkit, P2_Handler; MediaInfoLib, File_P2_Clip). Each names how many
 * sound files it has, and, for a shot that went on in another clip, the neighbours by their global id.
 */
export const p2: CardKind = {
  name: 'P2',
  place(relativePath) {
    if (/^lastclip\.txt$/i.test(baseName(relativePath))) return folderOf(relativePath)
    const root = rootBefore(relativePath, 'contents')
    if (root === null) return null
    const below = relativePath.slice(root === '' ? 0 : root.length + 1).split('/')
    return below.length === 3 && FOLDERS.test(below[1] ?? '') ? root : null
  },
  fits: (card) => clipIds(card).length > 0,
  indexFiles: (card) => card.in('contents/clip').filter((file) => kindOf(file) === 'xml'),
  clips(cards) {
    const parts = cards.flatMap(readParts)
    return chains(parts).map(clipOf)
  },
}

/** One clip of one card, which may be part of a longer shot. */
interface Part {
  tree: CardTree
  id: string
  essence: IntakeFile[]
  index: IntakeFile[]
  missing: string[]
  globalId: string
  previous: string
  next: string
}

const SUFFIXED = new Set(['contents/audio', 'contents/voice'])

/** Names of audio and voice files end in two digits more than the clip's. */
function idOf(file: IntakeFile, folder: string): string {
  const stem = stemOf(file)
  return SUFFIXED.has(folder) && stem.length > 2 ? stem.slice(0, -2) : stem
}

/** Ids of clips for which there is a description, picture or sound. */
function clipIds(card: CardTree): string[] {
  const ids = new Map<string, string>()
  for (const folder of ['contents/clip', 'contents/video', 'contents/audio'])
    for (const file of card.in(folder))
      if (/^(xml|mxf)$/.test(kindOf(file))) ids.set(idOf(file, folder).toLowerCase(), idOf(file, folder))
  return [...ids.values()].sort(naturalOrder)
}

function readParts(card: ReadCard): Part[] {
  const { tree } = card
  const filesOf = new Map<string, IntakeFile[]>()
  for (const folder of tree.folders('contents'))
    for (const file of tree.in(folder)) {
      const id = idOf(file, folder).toLowerCase()
      filesOf.set(id, [...(filesOf.get(id) ?? []), file])
    }
  return clipIds(tree).map((id) => {
    const files = filesOf.get(id.toLowerCase()) ?? []
    const isEssence = (file: IntakeFile) => /^contents\/(video|audio)\/[^/]*\.mxf$/.test(tree.pathOf(file))
    const essence = files.filter(isEssence).sort((a, b) => rank(tree, a) - rank(tree, b))
    return {
      tree,
      id,
      essence,
      index: files.filter((file) => !isEssence(file)),
      ...described(card, id, essence),
    }
  })
}

const rank = (tree: CardTree, file: IntakeFile) => (tree.pathOf(file).includes('/video/') ? 0 : 1)

function described(
  { tree, content }: ReadCard,
  id: string,
  essence: readonly IntakeFile[],
): Pick<Part, 'missing' | 'globalId' | 'previous' | 'next'> {
  const nothing = { globalId: '', previous: '', next: '' }
  const empty = emptyFiles(essence)
  const xml = tree.file(`contents/clip/${id}.xml`)
  if (!xml)
    return { ...nothing, missing: [`CLIP/${id}.XML, which describes clip ${id}, is missing.`, ...empty] }
  const clip = clipContent(content(xml))
  if (!clip)
    return {
      ...nothing,
      missing: [`CLIP/${id}.XML cannot be read, so that clip ${id} cannot be checked.`, ...empty],
    }
  const list = nodeAt(clip, 'EssenceList')
  const wanted = [
    ...(nodes(list, 'Video').length > 0 ? [`VIDEO/${id}.MXF`] : []),
    ...nodes(list, 'Audio').map((_, at) => `AUDIO/${id}${String(at).padStart(2, '0')}.MXF`),
  ]
  const connection = nodeAt(clip, 'Relation', 'Connection')
  const neighbour = (name: string) => textOf(nodeAt(connection, name), 'GlobalClipID')
  return {
    globalId: textOf(clip, 'GlobalClipID'),
    previous: neighbour('Previous'),
    next: neighbour('Next'),
    missing: [
      ...wanted
        .filter((path) => !tree.file(`contents/${path}`))
        .map((path) => `${path} of clip ${id} is missing.`),
      ...empty,
    ],
  }
}

function clipContent(bytes: Uint8Array | null) {
  if (!bytes) return undefined
  try {
    return nodeAt(parseUntrustedXml(new TextDecoder().decode(bytes)), 'P2Main', 'ClipContent')
  } catch {
    return undefined
  }
}

/** Parts in the order of their shot, each shot once. */
function chains(parts: readonly Part[]): Part[][] {
  const byGlobalId = new Map(
    parts.filter(({ globalId }) => globalId !== '').map((part) => [part.globalId, part]),
  )
  const taken = new Set<Part>()
  const found: Part[][] = []
  const follow = (first: Part) => {
    const chain: Part[] = []
    for (let part: Part | undefined = first; part && !taken.has(part); part = byGlobalId.get(part.next)) {
      taken.add(part)
      chain.push(part)
    }
    if (chain.length > 0) found.push(chain)
  }
  for (const part of parts) if (!byGlobalId.has(part.previous)) follow(part)
  // What is left names each other in a ring, which no camera writes; nothing is lost all the same.
  for (const part of parts) follow(part)
  return found
}

function clipOf(chain: Part[]): CardClip {
  const first = chain[0] as Part
  const last = chain.at(-1) as Part
  const unmet = [
    ...(first.previous === ''
      ? []
      : [`Clip ${first.id} goes on from a clip of another card, which is not here.`]),
    ...(last.next === '' ? [] : [`Clip ${last.id} goes on in a clip of another card, which is not here.`]),
  ]
  return {
    tree: first.tree,
    id: first.id,
    title: first.id,
    essence: chain.flatMap(({ essence }) => essence),
    index: chain.flatMap(({ index }) => index),
    missing: [...chain.flatMap(({ missing }) => missing), ...unmet],
    remarks:
      chain.length > 1
        ? [
            `One shot in ${chain.length} clips: ${chain.map(({ id, tree }) => joinPath(tree.root === first.tree.root ? '' : tree.name, id)).join(', ')}.`,
          ]
        : [],
  }
}
