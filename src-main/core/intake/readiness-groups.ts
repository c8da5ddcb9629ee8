import { frameName, mayBeFrame } from './image-sequences.ts'
import { baseName, caseless, folderOf, splitName } from './path-names.ts'
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
  /** Folder below the root whose files are looked at together, and whether with all that is below it. */
  scope: { folder: string; isDeep: boolean }
}

/** Folders that only camera structures have. What is above the first of them is the card. */
const CARD_FOLDER = /^(contents|bpav|m4root|avchd|bdmv|proav|xdroot)$/i
const RED_FOLDER = /\.(rdm|rdc)$/i
/** Folders of an XDCAM disc whose root is the card itself; only together do they mean anything. */
const DISC_FOLDER = /^(clip|sub|thmbnl|edit|take)$/i
const DISC_FILE = /^c?\d{4}.*\.(mxf|xml|smi|jpg|mp4|bim|klv)$|^t\d{4}\.smi$|^e\d{4}e\d\d\.smi$/i
const DISC_INDEX = /^(mediapro|discmeta|alias|index|cueup)\.(xml|bup)$/i
const GOPRO_NAME = /^(g[hxs]\d{2}|gopr|gp\d{2}|gh[a-z]{2})(\d{4})$/i

export function readinessGroup(relativePath: string): ReadinessGroup {
  const folder = folderOf(relativePath)
  const card = cardRootOf(relativePath)
  if (card !== null)
    return { key: `card:${caseless(card)}`, isLong: true, scope: { folder: card, isDeep: true } }
  const scope = { folder, isDeep: false }
  const { stem, extension } = splitName(baseName(relativePath))
  const gopro = GOPRO_NAME.exec(stem)?.[2]
  if (gopro !== undefined) return { key: `gopro:${caseless(folder)}/${gopro}`, isLong: true, scope }
  if (mayBeFrame(relativePath)) {
    const parts = frameName(baseName(relativePath))
    const run = `${parts?.head ?? ''}#${parts?.tail ?? ''}.${extension}`
    return { key: `run:${caseless(`${folder}/${run}`)}`, isLong: true, scope }
  }
  const plain = sidecarKind(relativePath) === null ? stem : splitName(stem).stem
  return { key: `stem:${caseless(`${folder}/${plain}`)}`, isLong: false, scope }
}

/** The card's own folder below the root ('' when the root is the card), or null for a file of no card. */
export function cardRootOf(relativePath: string): string | null {
  const parts = relativePath.split('/')
  for (const [at, part] of parts.slice(0, -1).entries()) {
    if (RED_FOLDER.test(part)) return parts.slice(0, at + 1).join('/')
    if (!CARD_FOLDER.test(part)) continue
    // Consumer cameras keep their structure below PRIVATE; the card is what holds that.
    const above = /^private$/i.test(parts[at - 1] ?? '') ? at - 1 : at
    return parts.slice(0, /^xdroot$/i.test(part) ? at + 1 : above).join('/')
  }
  const name = parts.at(-1) ?? ''
  const parent = parts.at(-2) ?? ''
  if (DISC_FOLDER.test(parent) && DISC_FILE.test(name)) return parts.slice(0, -2).join('/')
  return DISC_INDEX.test(name) && /^mediapro|^discmeta/i.test(name) ? parts.slice(0, -1).join('/') : null
}
