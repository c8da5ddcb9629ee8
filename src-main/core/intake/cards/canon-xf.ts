import type { IntakeFile } from '../intake-file.ts'
import { baseName, folderOf, naturalOrder } from '../path-names.ts'
import type { CardClip, CardKind } from './card.ts'
import { type CardTree, emptyFiles, kindOf, rootBefore, stemOf } from './card-tree.ts'
import { gapsBelow } from './part-numbers.ts'

const CLIPS = /^contents\/clips\d{3}$/

/**
 * Canon XF, XF-AVC and Cinema RAW Light: CONTENTS/CLIPS001 with INDEX.MIF and a folder for each clip, whose parts count up at the end of their names. A
 * clip of several parts needs a .SIF for each, or Canon's own programs refuse it (National Archives, PRONOM fmt/1751).
 */
export const canonXf: CardKind = {
  name: 'Canon XF',
  place(relativePath) {
    const root = rootBefore(relativePath, 'contents')
    if (root === null) return null
    const below = relativePath.slice(root === '' ? 0 : root.length + 1).split('/')
    return /^clips\d{3}$/i.test(below[1] ?? '') && below.length >= 3 ? root : null
  },
  fits: (card) => clipFolders(card).length > 0,
  indexFiles: () => [],
  clips: (cards) => cards.flatMap(({ tree }) => clipFolders(tree).map((folder) => clipOf(tree, folder))),
}

const isMedia = (file: IntakeFile) => /^(mxf|crm)$/.test(kindOf(file))

function clipFolders(card: CardTree): string[] {
  return card
    .folders('contents')
    .filter((folder) => CLIPS.test(folder))
    .flatMap((folder) => card.folders(folder))
    .filter((folder) => card.in(folder).some((file) => isMedia(file) || kindOf(file) === 'cif'))
}

function clipOf(tree: CardTree, folder: string): CardClip {
  const files = tree.in(folder)
  const id = baseName(folderOf(files[0]?.relativePath ?? folder))
  const essence = files.filter(isMedia).sort((a, b) => naturalOrder(a.relativePath, b.relativePath))
  const has = (stem: string, extension: string) =>
    files.some((file) => stemOf(file).toLowerCase() === stem.toLowerCase() && kindOf(file) === extension)
  const parts = essence.filter((file) => kindOf(file) === 'mxf')
  const numbers = parts.map((file) => Number(/(\d\d)$/.exec(stemOf(file))?.[1] ?? 1))
  const described = files.filter((file) => kindOf(file) === 'cif').map((file) => stemOf(file))
  return {
    tree,
    id,
    title: id,
    essence,
    index: files.filter((file) => !isMedia(file)),
    missing: [
      ...described
        .filter((stem) => !has(stem, 'mxf') && !has(stem, 'crm'))
        .map((stem) => `${stem}.MXF is missing.`),
      ...gapsBelow(numbers)
        .map((number) => `${id}${String(number).padStart(2, '0')}`)
        .filter((stem) => !described.some((known) => known.toLowerCase() === stem.toLowerCase()))
        .map((stem) => `${stem}.MXF is missing.`),
      ...parts
        .filter((file) => !has(stemOf(file), 'cif'))
        .map((file) => `${stemOf(file)}.CIF, the description of ${baseName(file.relativePath)}, is missing.`),
      ...(parts.length > 1 ? parts : [])
        .filter((file) => !has(stemOf(file), 'sif'))
        .map((file) => `${stemOf(file)}.SIF, without which the parts of ${id} cannot be joined, is missing.`),
      ...emptyFiles(essence),
    ],
    remarks: parts.length > 1 ? [`One clip in ${parts.length} files.`] : [],
  }
}
