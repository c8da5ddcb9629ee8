import type { IntakeFile } from '../intake-file.ts'
import { baseName, folderOf, splitName } from '../path-names.ts'
import type { CardClip, CardKind, ReadCard } from './card.ts'
import { type CardTree, emptyFiles, kindOf, rootBefore } from './card-tree.ts'
import { gapsBelow } from './part-numbers.ts'
import { type SonyClip, type SonyShot, joinShots, readMediaProfile, withProfile } from './media-profile.ts'

const CLIPS = 'bpav/clpr'
const TAKES = 'bpav/takr'

/**
 * Sony XDCAM EX (SxS): a folder for each clip below BPAV/CLPR. What passed 4 GB goes on in the folder with the next number at its end; a folder of
 * the common name below BPAV/TAKR joins them (Adobe XMP Toolkit, XDCAMEX_Handler).
 */
export const xdcamEx: CardKind = {
  name: 'XDCAM EX',
  place: (relativePath) => rootBefore(relativePath, 'bpav'),
  fits: (card) => card.folders(CLIPS).length > 0,
  indexFiles: (card) => [card.file('bpav/mediapro.xml') ?? []].flat(),
  clips: (cards) => cards.flatMap(clipsOf),
}

function clipsOf({ tree, content }: ReadCard): CardClip[] {
  const clips = tree.folders(CLIPS).map((folder) => clipIn(tree.in(folder)))
  const profile = tree.file('bpav/mediapro.xml')
  const shots = withProfile(
    clips,
    profile ? readMediaProfile(content(profile)) : null,
    (path) => tree.file(`bpav/${path}`) !== undefined,
  )
  return joinTakes(tree, shots).map((shot) => ({ ...shot, tree, title: shot.id }))
}

function clipIn(files: readonly IntakeFile[]): SonyClip {
  const id = baseName(folderOf(files[0]?.relativePath ?? ''))
  const essence = files.filter((file) => /^(mp4|mxf)$/.test(kindOf(file)))
  const has = (name: string) => files.some((file) => baseName(file.relativePath).toLowerCase() === name)
  const lower = id.toLowerCase()
  return {
    id,
    essence,
    index: files.filter((file) => !essence.includes(file)),
    missing: [
      ...(essence.length > 0 ? [] : [`${id}.MP4 is missing.`]),
      ...(has(`${lower}m01.xml`) ? [] : [`${id}M01.XML, which describes clip ${id}, is missing.`]),
      ...emptyFiles(essence),
    ],
    // The camera maker's own program makes these again from picture and description.
    remarks: has(`${lower}.smi`) ? [] : [`${id}.SMI is missing; it can be made again from the clip.`],
  }
}

/** "709_001_02" is part 2 of "709_001". */
function partOf(id: string): { shot: string; number: number } | null {
  const found = /^(.+)_(\d\d)$/.exec(id)
  return found ? { shot: found[1] ?? '', number: Number(found[2]) } : null
}

function joinTakes(tree: CardTree, shots: readonly SonyShot[]): SonyShot[] {
  const takes = new Map(tree.folders(TAKES).map((folder) => [baseName(folder), tree.in(folder)]))
  const joined = new Map<string, SonyShot[]>()
  const alone: SonyShot[] = []
  for (const shot of shots) {
    // Joined by the card's list already: its name is the take's.
    const part = shot.parts.length > 1 ? { shot: shot.id } : partOf(shot.id)
    const take = part?.shot.toLowerCase() ?? ''
    if (part && takes.has(take)) joined.set(take, [...(joined.get(take) ?? []), shot])
    else alone.push(shot)
  }
  const whole = [...joined].map(([take, members]) => {
    const files = takes.get(take) ?? []
    const numbers = members.flatMap((member) => member.parts).map((id) => partOf(id)?.number ?? 0)
    const lost = gapsBelow(numbers)
    const id = splitName(baseName(files[0]?.relativePath ?? '')).stem.replace(/[mu]\d\d$/i, '') || take
    const [first] = members
    const shot =
      members.length > 1 || !first
        ? joinShots(id, members)
        : { ...first, id: first.parts.length > 1 ? id : first.id }
    return {
      ...shot,
      index: [...shot.index, ...files],
      missing: [...shot.missing, ...lost.map((number) => `Part ${number} of ${id} is missing.`)],
    }
  })
  return [...whole, ...alone]
}
