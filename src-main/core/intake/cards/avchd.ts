import type { IntakeFile } from '../intake-file.ts'
import { baseName, folderOf } from '../path-names.ts'
import { type PlayItem, readPlaylist } from './avchd-playlist.ts'
import type { CardClip, CardKind, ReadCard } from './card.ts'
import { type CardTree, abovePrivate, emptyFiles, kindOf, rootBefore, stemOf } from './card-tree.ts'

const GIB = 1024 ** 3
/** FAT32 takes files below 4 GiB, some cameras stop at 2: within one percent counts as full. */
const FULL_BYTES = [2 * GIB, 4 * GIB]

/**
 * AVCHD: numbered streams below BDMV/STREAM with a description each in CLIPINF; the playlists tell which of them are one recording (Adobe XMP
 * Toolkit, AVCHD_Handler; MultimediaWiki, MPL).
 */
export const avchd: CardKind = {
  name: 'AVCHD',
  place(relativePath) {
    const above = rootBefore(relativePath, 'bdmv')
    if (above === null) return abovePrivate(rootBefore(relativePath, 'avchd'))
    return abovePrivate(/(^|\/)avchd$/i.test(above) ? folderOf(above) : above)
  },
  fits: (card) => bdmvOf(card) !== null,
  indexFiles: (card) => card.in(`${bdmvOf(card)}/playlist`).filter((file) => /^mpls?$/.test(kindOf(file))),
  clips: (cards) => cards.flatMap(clipsOf),
}

/** Folder of the structure on the card: it may lie below AVCHD, and that below PRIVATE. */
function bdmvOf(card: CardTree): string | null {
  for (const folder of ['private/avchd/bdmv', 'avchd/bdmv', 'bdmv'])
    if (card.in(`${folder}/stream`).some(isStream)) return folder
  return null
}

const isStream = (file: IntakeFile) => /^(mts|m2ts)$/.test(kindOf(file))

function clipsOf(card: ReadCard): CardClip[] {
  const { tree } = card
  const bdmv = bdmvOf(tree) ?? 'bdmv'
  const streams = new Map(
    tree
      .in(`${bdmv}/stream`)
      .filter(isStream)
      .map((file) => [stemOf(file), file]),
  )
  const playlists = tree
    .in(`${bdmv}/playlist`)
    .filter((file) => /^mpls?$/.test(kindOf(file)))
    .map((file) => ({ file, items: readPlaylist(card.content(file)) }))
  const items = playlists.flatMap((list) => list.items ?? [])
  const recordings = joinItems(items, streams)
  const listed = new Set(recordings.flat())
  for (const stem of streams.keys()) if (!listed.has(stem)) recordings.push([stem])
  return recordings.map((stems) => {
    const own = playlists.filter(
      ({ items: named }) => named?.length && named.every(({ stem }) => stems.includes(stem)),
    )
    return clipOf(tree, bdmv, stems, streams, {
      playlists: own.map(({ file }) => file),
      isListed: stems.some((stem) => listed.has(stem)),
    })
  })
}

/** Stems of each recording, in the order of the playlists. */
function joinItems(items: readonly PlayItem[], streams: ReadonlyMap<string, IntakeFile>): string[][] {
  const recordings: string[][] = []
  const seen = new Set<string>()
  let before: PlayItem | undefined
  for (const item of items) {
    if (seen.has(item.stem)) continue
    seen.add(item.stem)
    const goesOn = before !== undefined && (item.continues || followsFull(before, item, streams))
    if (goesOn) recordings.at(-1)?.push(item.stem)
    else recordings.push([item.stem])
    before = item
  }
  return recordings
}

/** Some cameras name every file a recording of its own, however long it was: a full file, the next number, and no break in time. */
function followsFull(before: PlayItem, item: PlayItem, streams: ReadonlyMap<string, IntakeFile>): boolean {
  const sizeBytes = streams.get(before.stem)?.sizeBytes ?? 0
  const isFull = FULL_BYTES.some((limit) => sizeBytes >= limit * 0.99 && sizeBytes <= limit)
  return isFull && Number(item.stem) === Number(before.stem) + 1 && item.inTime === before.outTime
}

function clipOf(
  tree: CardTree,
  bdmv: string,
  stems: readonly string[],
  streams: ReadonlyMap<string, IntakeFile>,
  told: { playlists: IntakeFile[]; isListed: boolean },
): CardClip {
  const essence = stems.flatMap((stem) => streams.get(stem) ?? [])
  const descriptions = (stem: string) => tree.in(`${bdmv}/clipinf`).filter((file) => stemOf(file) === stem)
  const besides = (stem: string) =>
    tree.in(`${bdmv}/stream`).filter((file) => stemOf(file) === stem && !isStream(file))
  const id = stems[0] ?? ''
  return {
    tree,
    id,
    title: essence[0] ? baseName(essence[0].relativePath) : `${id}.MTS`,
    essence,
    index: [...stems.flatMap((stem) => [...descriptions(stem), ...besides(stem)]), ...told.playlists],
    missing: [
      ...stems
        .filter((stem) => !streams.has(stem))
        .map((stem) => `STREAM/${stem}.MTS, which a playlist names, is missing.`),
      ...stems
        .filter((stem) => descriptions(stem).length === 0)
        .map((stem) => `CLIPINF/${stem}.CPI, the description of ${stem}.MTS, is missing.`),
      ...emptyFiles(essence),
    ],
    remarks: [
      ...(stems.length > 1 ? [`One recording in ${stems.length} files: ${stems.join(', ')}.`] : []),
      ...(told.isListed
        ? []
        : [`No playlist names ${id}.MTS: whether the recording is whole cannot be checked.`]),
    ],
  }
}
