import type { IntakeFile } from './intake-file.ts'
import { baseName, caseless, extensionOf, folderOf, naturalOrder, splitName } from './path-names.ts'

const RAW = new Set(
  'arw cr2 cr3 crw nef nrw orf raf rw2 rwl dng pef srw x3f 3fr fff iiq erf mef mos gpr'.split(' '),
)
const PICTURE = new Set('jpg jpeg heic heif hif avif tif tiff png'.split(' '))
const MOVIE = new Set('mp4 mov m4v mts avi nev insv 360 mxf'.split(' '))
const COMPANION = new Set('thm lrv lrf'.split(' '))

const DCF_FOLDER = /(^|\/)dcim\/\d{3}[0-9a-z_]{5}$/i
/** Four characters and four digits; the number names the object, whatever the prefix. */
const DCF_NAME = /^[0-9a-z_]{4}(\d{4})$/i

/**
 * Files that a camera wrote as one object. In a DCF folder ("DCIM/100CANON") those of one number, whatever their prefix; elsewhere
 * those of one stem, when they are a raw and its picture, a picture and its sound, or a movie and its thumbnail.
 *
 * @returns groups of two or more files, the one that stands for the object first
 */
export function findStillGroups(files: readonly IntakeFile[]): { key: string; files: IntakeFile[] }[] {
  const groups = new Map<string, IntakeFile[]>()
  for (const file of files) {
    const key = objectKey(file)
    if (key === null) continue
    const group = groups.get(key)
    if (group) group.push(file)
    else groups.set(key, [file])
  }
  return [...groups]
    .filter(([key, group]) => group.length > 1 && (key.startsWith('dcf:') || belongTogether(group)))
    .map(([key, group]) => ({ key, files: group.toSorted(byRank) }))
}

function objectKey(file: IntakeFile): string | null {
  const extension = extensionOf(file.relativePath)
  if (rankOf(extension) === null) return null
  const folder = folderOf(file.relativePath)
  const { stem } = splitName(baseName(file.relativePath))
  const number = DCF_FOLDER.test(folder) ? DCF_NAME.exec(stem)?.[1] : undefined
  return number === undefined ? `stem:${caseless(`${folder}/${stem}`)}` : `dcf:${caseless(folder)}/${number}`
}

function belongTogether(group: readonly IntakeFile[]): boolean {
  const kinds = group.map((file) => extensionOf(file.relativePath))
  const has = (kind: Set<string>) => kinds.some((extension) => kind.has(extension))
  const raws = kinds.filter((extension) => RAW.has(extension)).length
  const pictures = kinds.filter((extension) => PICTURE.has(extension)).length
  if (has(MOVIE)) return has(COMPANION) && raws === 0 && pictures === 0
  return raws === 1 ? pictures >= 1 || kinds.includes('wav') : pictures === 1 && kinds.includes('wav')
}

/** A movie stands for its thumbnail, a picture for its raw (it can be shown), sound comes last. */
function rankOf(extension: string): number | null {
  if (MOVIE.has(extension)) return 0
  if (PICTURE.has(extension)) return 1
  if (RAW.has(extension)) return 2
  if (extension === 'wav') return 3
  return COMPANION.has(extension) ? 4 : null
}

function byRank(a: IntakeFile, b: IntakeFile): number {
  return (
    (rankOf(extensionOf(a.relativePath)) ?? 9) - (rankOf(extensionOf(b.relativePath)) ?? 9) ||
    naturalOrder(a.relativePath, b.relativePath)
  )
}
