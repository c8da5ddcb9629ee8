import type { IntakeFile } from '../intake-file.ts'
import { baseName, naturalOrder } from '../path-names.ts'
import type { CardClip, ReadCard } from './card.ts'
import { type CardTree, emptyFiles, kindOf, stemOf } from './card-tree.ts'
import { type SonyClip, readMediaProfile, withProfile } from './media-profile.ts'

/** Where a Sony card keeps what belongs to a clip, below the folder of MEDIAPRO.XML, in lower case. */
export interface SonyLayout {
  /** Folder of MEDIAPRO.XML below the card; '' when it is the card's own. */
  base: string
  clips: string
  /** Folders of proxies and pictures, whose names are the clip's with a suffix such as S03 or T01. */
  beside: readonly string[]
}

const MEDIA = /^(mxf|mp4)$/

/** Clips of a card with one folder of media (XDCAM disc, XAVC): `C0001.MP4`, `C0001M01.XML`, `C0001R01.BIM`, `C0001T01.JPG`. */
export function sonyClips({ tree, content }: ReadCard, layout: SonyLayout): CardClip[] {
  const below = (folder: string) => [layout.base, folder].filter((part) => part !== '').join('/')
  const media = tree.in(below(layout.clips)).filter((file) => MEDIA.test(kindOf(file)))
  const idOf = clipNames(media.map(stemOf))
  const side = new Map<string, IntakeFile[]>()
  const folders = [layout.clips, ...layout.beside]
  for (const file of folders.flatMap((folder) => tree.in(below(folder)))) {
    if (media.includes(file)) continue
    const id = idOf(stemOf(file)) ?? describedClip(file)
    if (id !== null) side.set(id, [...(side.get(id) ?? []), file])
  }
  const known = new Set(media.map((file) => stemOf(file).toLowerCase()))
  const orphaned = [...side.keys()].filter((id) => !known.has(id))
  const clips: SonyClip[] = media.map((file) => {
    const id = stemOf(file)
    const index = side.get(id.toLowerCase()) ?? []
    const isDescribed = index.some((other) => /m\d\d\.xml$/i.test(other.relativePath))
    return {
      id,
      essence: [file],
      index,
      missing: [
        ...(isDescribed ? [] : [`${id}M01.XML, which describes ${baseName(file.relativePath)}, is missing.`]),
        ...emptyFiles([file]),
      ],
      remarks: [],
    }
  })
  for (const id of orphaned.sort(naturalOrder))
    clips.push({
      id: id.toUpperCase(),
      essence: [],
      index: side.get(id) ?? [],
      missing: [`The media of clip ${id.toUpperCase()} is missing.`],
      remarks: [],
    })
  const profile = tree.file(below('mediapro.xml'))
  const read = profile ? readMediaProfile(content(profile)) : null
  return withProfile(clips, read, (path) => tree.file(below(path)) !== undefined).map((shot) => ({
    ...shot,
    tree,
    title: shot.id,
  }))
}

/** The clip that a name begins with, when a suffix of letter and two digits is all that follows. The longest one wins. */
function clipNames(ids: readonly string[]): (stem: string) => string | null {
  const known = new Set(ids.map((id) => id.toLowerCase()))
  return (stem) => {
    const name = stem.toLowerCase()
    const cut = name.replace(/[a-z]\d\d$/, '')
    return known.has(cut) ? cut : known.has(name) ? name : null
  }
}

/** A description whose media is gone still tells of a clip. */
function describedClip(file: IntakeFile): string | null {
  return /^(.+)m01\.xml$/i.exec(baseName(file.relativePath))?.[1]?.toLowerCase() ?? null
}

/** Whether there is media with a description beside it, or a profile. */
export function hasSonyClips(card: CardTree, layout: SonyLayout): boolean {
  const below = (folder: string) => [layout.base, folder].filter((part) => part !== '').join('/')
  const files = card.in(below(layout.clips))
  const isMedia = files.some((file) => MEDIA.test(kindOf(file)))
  const isDescribed = files.some((file) => /m\d\d\.xml$/i.test(file.relativePath))
  return (
    (isMedia && isDescribed) || ((isMedia || isDescribed) && card.file(below('mediapro.xml')) !== undefined)
  )
}
