import type { IntakeFile } from '../intake-file.ts'
import { baseName, folderOf, naturalOrder } from '../path-names.ts'
import type { CardClip, CardKind } from './card.ts'
import { type CardTree, emptyFiles, kindOf, stemOf } from './card-tree.ts'
import { gapsBelow } from './part-numbers.ts'

const MAGAZINE = /\.rdm$/i
const CLIP_FOLDER = /\.rdc$/i

/**
 * RED: a folder .RDM for the magazine, in it a folder .RDC for each clip with its parts _001.R3D and on; a part that lacks makes the clip unreadable
 * (docs.red.com, R3D file structure). The loss of the last part cannot be seen.
 */
export const red: CardKind = {
  name: 'RED',
  place(relativePath) {
    if (!/\.rd[mc]\//i.test(relativePath)) return null
    const parts = relativePath.split('/').slice(0, -1)
    const clip = parts.findLastIndex((part) => CLIP_FOLDER.test(part))
    // Clip folders that lie beside each other are of the same magazine, also where its own folder is not there.
    if (clip >= 0) return parts.slice(0, clip).join('/')
    const magazine = parts.findLastIndex((part) => MAGAZINE.test(part))
    return magazine < 0 ? null : parts.slice(0, magazine + 1).join('/')
  },
  waitsWith: (relativePath) => folderOf(relativePath),
  fits: (card) => clipFolders(card).length > 0,
  indexFiles: () => [],
  clips: (cards) => cards.flatMap(({ tree }) => clipFolders(tree).map((folder) => clipOf(tree, folder))),
}

const isEssence = (file: IntakeFile) => /^(r3d|mov|mxf)$/.test(kindOf(file))
/** Written by programs after the recording, whenever somebody changes how the clip looks. */
const isLook = (file: IntakeFile) => kindOf(file) === 'rmd'

function clipFolders(card: CardTree): string[] {
  return card.folders('').filter((folder) => CLIP_FOLDER.test(folder) && card.in(folder).some(isEssence))
}

function clipOf(tree: CardTree, folder: string): CardClip {
  const files = tree.in(folder)
  const folderName = baseName(folderOf(files[0]?.relativePath ?? folder))
  const id = folderName.replace(CLIP_FOLDER, '')
  const parts = files
    .filter((file) => kindOf(file) === 'r3d')
    .sort((a, b) => naturalOrder(a.relativePath, b.relativePath))
  const numbers = parts.map((file) => Number(/_(\d{3})$/.exec(stemOf(file))?.[1] ?? 0))
  const others = files.filter((file) => isEssence(file) && !parts.includes(file))
  const largest = Math.max(0, ...parts.map(({ sizeBytes }) => sizeBytes))
  const short = parts.slice(0, -1).filter(({ sizeBytes }) => sizeBytes > 0 && sizeBytes < largest * 0.9)
  return {
    tree,
    id,
    title: id,
    essence: [...parts, ...others],
    index: files.filter((file) => !isEssence(file) && !isLook(file)),
    missing: [
      ...gapsBelow(numbers).map((number) => `${id}_${String(number).padStart(3, '0')}.R3D is missing.`),
      ...emptyFiles([...parts, ...others]),
    ],
    remarks: [
      ...(parts.length > 1 ? [`One clip in ${parts.length} files.`] : []),
      ...short.map(
        (file) =>
          `${baseName(file.relativePath)} is much shorter than the other parts: its copy may be cut off.`,
      ),
    ],
  }
}
