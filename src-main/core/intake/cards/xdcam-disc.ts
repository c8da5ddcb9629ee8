import type { IntakeFile } from '../intake-file.ts'
import { baseName, naturalOrder } from '../path-names.ts'
import type { CardClip, CardKind, ReadCard } from './card.ts'
import { emptyFiles, rootBefore } from './card-tree.ts'
import { type SonyLayout, hasSonyClips, sonyClips } from './sony-clips.ts'

const OTHER_STRUCTURE = /(^|\/)(bpav|m4root|avchd|bdmv|contents)\//i
const MAY_BE_DISC = /(?:^|\/)(?:(?:clip|sub|thmbnl|edit|take)\/[^/]+|[a-z]+\.(?:xml|bup))$/i
const DISC_FOLDER = /^(clip|sub|thmbnl|edit|take)$/i
const DISC_FILE =
  /\.mxf$|m\d\d\.(xml|klv|xmp)$|r\d\d\.bim$|t\d\d\.jpg$|s\d\d\.mp4$|^[a-z]\d{4}[a-z]\d\d\.(xml|smi|jpg|mp4|mxf|bim|klv|xmp)$|^[ct]\d{4}\.(mp4|smi|xml)$/i
const DISC_INDEX = /^(mediapro|discmeta|discinfo|alias|cueup|index)\.(xml|bup)$/i
const SAM_FOLDER = 'proav/clpr'

/**
 * Sony XDCAM discs and professional XAVC: media and descriptions in Clip/, proxies in Sub/ (FAM), or, on older discs, a folder for each clip below
 * PROAV/CLPR (SAM). Adobe XMP Toolkit, XDCAM_Handler and XDCAMFAM_Handler.
 */
export const xdcamDisc: CardKind = {
  name: 'XDCAM',
  place(relativePath) {
    const above = rootBefore(relativePath, 'xdroot')
    if (above !== null) return relativePath.slice(0, above === '' ? 6 : above.length + 7)
    const older = rootBefore(relativePath, 'proav')
    if (older !== null) return older
    if (!MAY_BE_DISC.test(relativePath) || OTHER_STRUCTURE.test(relativePath)) return null
    const parts = relativePath.split('/')
    const name = parts.at(-1) ?? ''
    if (DISC_FOLDER.test(parts.at(-2) ?? '') && DISC_FILE.test(name)) return parts.slice(0, -2).join('/')
    return DISC_INDEX.test(name) ? parts.slice(0, -1).join('/') : null
  },
  fits: (card) => card.folders(SAM_FOLDER).length > 0 || hasSonyClips(card, layoutOf()),
  indexFiles: (card) => [card.file('mediapro.xml') ?? []].flat(),
  clips: (cards) =>
    cards.flatMap((card) =>
      card.tree.folders(SAM_FOLDER).length > 0 ? olderClips(card) : sonyClips(card, layoutOf()),
    ),
}

function layoutOf(): SonyLayout {
  return { base: '', clips: 'clip', beside: ['sub', 'thmbnl'] }
}

/** PROAV/CLPR/C0001/ with C0001C01.SMI, C0001V01.MXF, C0001A01.MXF and so on. */
function olderClips({ tree }: ReadCard): CardClip[] {
  return tree.folders(SAM_FOLDER).map((folder) => {
    const files = tree.in(folder)
    const id = nameOfFolder(files)
    const essence = files.filter((file) => /[va]\d\d\.mxf$/i.test(file.relativePath)).sort(pictureFirst)
    const has = (suffix: RegExp) => files.some((file) => suffix.test(file.relativePath))
    return {
      tree,
      id,
      title: id,
      essence,
      index: files.filter((file) => !essence.includes(file)),
      missing: [
        ...(has(/v\d\d\.mxf$/i) ? [] : [`The picture of clip ${id} (${id}V01.MXF) is missing.`]),
        ...(has(/c\d\d\.smi$/i) ? [] : [`${id}C01.SMI, the list of clip ${id}, is missing.`]),
        ...emptyFiles(essence),
      ],
      remarks: [],
    }
  })
}

const isSound = (file: IntakeFile) => (/a\d\d\.mxf$/i.test(file.relativePath) ? 1 : 0)

function pictureFirst(a: IntakeFile, b: IntakeFile): number {
  return isSound(a) - isSound(b) || naturalOrder(a.relativePath, b.relativePath)
}

/** The folder's name as the disk spells it. */
function nameOfFolder(files: readonly IntakeFile[]): string {
  const path = files[0]?.relativePath ?? ''
  return baseName(path.slice(0, path.lastIndexOf('/')))
}
