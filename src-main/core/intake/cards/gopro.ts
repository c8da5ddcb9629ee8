import type { IntakeFile } from '../intake-file.ts'
import { baseName, caseless, folderOf, joinPath, naturalOrder } from '../path-names.ts'
import type { CardClip, CardKind } from './card.ts'
import { type CardTree, emptyFiles, kindOf, stemOf } from './card-tree.ts'
import { gapsBelow } from './part-numbers.ts'

/** GX010123: chapter 01 of recording 0123 (HERO6 and later; GS for 360°, GL for the small copy). */
const CHAPTER = /^g[hxsl](\d\d)(\d{4})$/i
/** GOPR1234, then GP011234, GP021234 (before HERO6). */
const OLDER = /^(?:gopr|gp(\d\d))(\d{4})$/i
/** GHAA0001, GHAB0001: pieces of a loop, which counts in letters. */
const LOOP = /^g[hxs]([a-z]{2})(\d{4})$/i

const DCF_FOLDER = /^(?:(.*)\/)?dcim\/\d{3}gopro$/i

/**
 * GoPro: a recording is cut in chapters of about 4 GB, named by chapter first and recording last (GoPro, "Camera file naming convention"). Nothing lists
 * them; a chapter that lacks at the end cannot be seen.
 */
export const goPro: CardKind = {
  name: 'GoPro',
  place(relativePath) {
    if (chapterOf(relativePath) === null) return null
    const folder = folderOf(relativePath)
    const dcf = DCF_FOLDER.exec(folder)
    return dcf ? (dcf[1] ?? '') : folder
  },
  waitsWith: (relativePath) => joinPath(folderOf(relativePath), chapterOf(relativePath)?.recording ?? ''),
  fits: (card) => card.files.some(isMovie),
  indexFiles: () => [],
  clips: (cards) => cards.flatMap(({ tree }) => clipsOf(tree)),
}

interface Chapter {
  recording: string
  /** 1-based. */
  number: number
}

function chapterOf(relativePath: string): Chapter | null {
  if (!/(?:^|\/)g[^/]*$/i.test(relativePath)) return null
  const name = baseName(relativePath)
  const stem = name.replace(/\.(mp4|360|lrv|thm|wav)$/i, '')
  if (stem === name) return null
  const newer = CHAPTER.exec(stem)
  if (newer) return { recording: newer[2] ?? '', number: Number(newer[1]) }
  const older = OLDER.exec(stem)
  if (older) return { recording: older[2] ?? '', number: Number(older[1] ?? 0) + 1 }
  const loop = LOOP.exec(stem)
  if (!loop) return null
  const [first = 0, second = 0] = (loop[1] ?? '')
    .toLowerCase()
    .split('')
    .map((letter) => letter.charCodeAt(0) - 97)
  return { recording: `loop ${loop[2] ?? ''}`, number: first * 26 + second + 1 }
}

const isMovie = (file: IntakeFile) => /^(mp4|360)$/.test(kindOf(file)) && !/^gl\d/i.test(stemOf(file))

function clipsOf(tree: CardTree): CardClip[] {
  const recordings = Map.groupBy(tree.files, (file) =>
    caseless(joinPath(folderOf(file.relativePath), chapterOf(file.relativePath)?.recording ?? '')),
  )
  return [...recordings.values()].flatMap((files) => {
    const essence = files.filter(isMovie).sort(byChapter)
    const first = essence[0]
    // A thumbnail alone is no clip; one chapter alone is a file like any other.
    if (!first) return []
    const numbers = essence.map((file) => chapterOf(file.relativePath)?.number ?? 1)
    const lost = gapsBelow(numbers)
    return [
      {
        tree,
        id: joinPath(folderOf(tree.pathOf(first)), stemOf(first)),
        title: baseName(first.relativePath),
        essence,
        index: files.filter((file) => !isMovie(file)),
        missing: [
          ...lost.map((number) => `Chapter ${number} of ${baseName(first.relativePath)} is missing.`),
          ...emptyFiles(essence),
        ],
        remarks: essence.length > 1 ? [`One recording in ${essence.length} chapters.`] : [],
      },
    ]
  })
}

function byChapter(a: IntakeFile, b: IntakeFile): number {
  const number = (file: IntakeFile) => chapterOf(file.relativePath)?.number ?? 0
  return number(a) - number(b) || naturalOrder(a.relativePath, b.relativePath)
}
