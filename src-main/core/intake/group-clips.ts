import type { Clip, ClipFile } from '../clip.ts'
import type { FoundCardClip } from './cards/card.ts'
import { type SequenceCandidate, sequenceTitle } from './image-sequences.ts'
import type { IntakeFile } from './intake-file.ts'
import { baseName, comparable, folderOf, naturalOrder } from './path-names.ts'
import { matchSidecars, sidecarKind } from './sidecars.ts'
import { findStillGroups } from './stills.ts'
import { cleanTitle, titleOfFile } from './titles.ts'

/** A clip with the name that it is known by within its root, so that members that come later find it. */
export interface GroupedClip extends Clip {
  key: string
}

/** A file that never becomes an asset of its own and that no clip is there for. */
export interface Orphan extends IntakeFile {
  reason: string
}

export interface Grouping {
  clips: GroupedClip[]
  /** They wait for a clip. */
  orphans: Orphan[]
}

export interface GroupingFacts {
  /** Clips that camera structures told of; their files are taken from the rest. */
  cardClips: readonly FoundCardClip[]
  /** Files of cards without any clip. */
  cardStrays?: readonly IntakeFile[]
  /** Sequences that were found to be such. */
  sequences: readonly SequenceCandidate[]
  /** Relative paths of .json, .xml and .csv files whose content is metadata in one of the gateway's forms. */
  metadataFiles: ReadonlySet<string>
  /** Nothing is described: sidecars of every kind go along as files, so that what they say is not lost. */
  keepSidecars?: boolean
}

/**
 * Makes clips of files, in this order: camera structures, image sequences, stills of one number, then every file on its own with its
 * sidecars. Each file ends in exactly one clip, as a metadata sidecar of one or more, or among the orphans.
 *
 * @param files all below one root that are neither ignored nor settling
 */
export function groupClips(files: readonly IntakeFile[], facts: GroupingFacts): Grouping {
  const taken = new Set<string>()
  const take = (members: readonly IntakeFile[]) => members.forEach((file) => taken.add(file.relativePath))
  const rest = () => files.filter((file) => !taken.has(file.relativePath))

  const clips: GroupedClip[] = []
  for (const found of facts.cardClips) {
    take(found.files)
    clips.push(cardClip(found))
  }
  const strays = facts.cardStrays ?? []
  take(strays)
  for (const candidate of facts.sequences) {
    if (candidate.files.some((file) => taken.has(file.relativePath))) continue
    take(candidate.files)
    clips.push(sequenceClip(candidate))
  }
  const groups = findStillGroups(rest())
  for (const group of groups) {
    take(group.files)
    clips.push(stillsClip(group.key, group.files))
  }
  const named = matchSidecars([...rest(), ...clips.flatMap(essenceOf)])
  // "shot.xmp" speaks of a file "shot" where there is one, else of the frames whose common name that is.
  const { matches, orphans } = matchSidecars([...named.orphans, ...clips.flatMap(commonNameOf)])
  matches.unshift(...named.matches)
  const clipOf = new Map<string, GroupedClip>()
  for (const clip of clips) for (const file of clip.files) clipOf.set(file.path, clip)
  take(matches.map(({ sidecar }) => sidecar))
  const kept = orphans.filter((file) => facts.metadataFiles.has(file.relativePath) || isMetadataOnly(file))
  take(kept)
  for (const file of rest()) {
    const clip = plainClip(file)
    clips.push(clip)
    clipOf.set(file.path, clip)
  }
  for (const { sidecar, kind, of } of matches) {
    const isMetadata =
      facts.keepSidecars !== true &&
      (kind === 'metadata' || (kind === 'metadata-or-file' && facts.metadataFiles.has(sidecar.relativePath)))
    const owners = [...new Set(of.map((file) => clipOf.get(file.path)))].filter((clip) => clip !== undefined)
    if (isMetadata) for (const clip of owners) clip.metadataSidecars.push(sidecar.path)
    else
      owners[0]?.files.push({ ...clipFile(sidecar, 'sidecar'), relativePath: baseName(sidecar.relativePath) })
  }
  return {
    clips: clips.sort(byPlace),
    orphans: [
      ...kept.map((file) => ({ ...file, reason: 'A sidecar without a clip beside it.' })),
      ...strays.map((file) => ({ ...file, reason: 'It belongs to a card on which there is no clip.' })),
    ],
  }
}

const isMetadataOnly = (file: IntakeFile) => /\.xmp$/i.test(file.relativePath)

function byPlace(a: GroupedClip, b: GroupedClip): number {
  return naturalOrder(a.directory, b.directory) || naturalOrder(a.title, b.title)
}

/** Files of a clip that sidecars may be named after, with their place below the intake's root again. */
function essenceOf(clip: GroupedClip): IntakeFile[] {
  if (clip.kind !== 'stills' && clip.kind !== 'sequence') return []
  // A thumbnail that belongs to the clip already is no sidecar of it once more.
  const named = clip.files.filter((file) => sidecarKind(file.relativePath) === null)
  return named.map((file) => ({
    ...file,
    relativePath: clip.directory === '' ? file.relativePath : `${clip.directory}/${file.relativePath}`,
  }))
}

/** The first frame of a sequence under the name that all its frames begin with: "shot.exr" of "shot.0001.exr". */
function commonNameOf({ sequence, directory, files: [first] }: GroupedClip): IntakeFile[] {
  const stem = sequence?.stem.replace(/[._ -]+$/, '') ?? ''
  if (!sequence || !first || stem === '') return []
  const name = `${stem}.${sequence.extension}`
  return [{ ...first, relativePath: directory === '' ? name : `${directory}/${name}` }]
}

function plainClip(file: IntakeFile): GroupedClip {
  const name = baseName(file.relativePath)
  return {
    key: `file:${comparable(file.relativePath)}`,
    kind: 'file',
    title: titleOfFile(name),
    rootPath: folderPath(file),
    directory: folderOf(file.relativePath),
    files: [{ ...clipFile(file, 'essence'), relativePath: name }],
    metadataSidecars: [],
  }
}

function sequenceClip(candidate: SequenceCandidate): GroupedClip {
  const first = candidate.files[0] as IntakeFile
  return {
    key: `sequence:${candidate.key}`,
    kind: 'sequence',
    title: cleanTitle(sequenceTitle(candidate.facts).normalize('NFC')),
    rootPath: folderPath(first),
    directory: folderOf(first.relativePath),
    files: candidate.files.map((file) => ({
      ...clipFile(file, 'essence'),
      relativePath: baseName(file.relativePath),
    })),
    metadataSidecars: [],
    sequence: candidate.facts,
  }
}

function stillsClip(key: string, members: readonly IntakeFile[]): GroupedClip {
  const first = members[0] as IntakeFile
  return {
    key: `stills:${key}`,
    kind: 'stills',
    title: titleOfFile(baseName(first.relativePath)),
    rootPath: folderPath(first),
    directory: folderOf(first.relativePath),
    files: members.map((file) => ({
      ...clipFile(file, 'essence'),
      relativePath: baseName(file.relativePath),
    })),
    metadataSidecars: [],
  }
}

function cardClip(found: FoundCardClip): GroupedClip {
  const first = found.files[0] as IntakeFile
  const below = found.cardRoot === '' ? 0 : found.cardRoot.length + 1
  return {
    key: `camera:${comparable(found.cardRoot)}/${found.kind}/${comparable(found.id)}`,
    kind: 'camera',
    title: cleanTitle(found.title.normalize('NFC')),
    rootPath: rootBefore(first, first.relativePath.length - below),
    directory: found.cardRoot,
    files: found.files.map((file) => ({
      ...clipFile(file, roleOnCard(found, file)),
      relativePath: file.relativePath.slice(below),
    })),
    metadataSidecars: [],
    card: { kind: found.kind, name: found.cardName, missing: found.missing, remarks: found.remarks },
  }
}

function roleOnCard({ essence, shared }: FoundCardClip, { relativePath }: IntakeFile): ClipFile['role'] {
  if (essence.has(relativePath)) return 'essence'
  return shared.has(relativePath) ? 'card' : 'index'
}

function clipFile(file: IntakeFile, role: ClipFile['role']): ClipFile {
  const { path, sizeBytes, mtimeMs, inode, relativePath } = file
  return { path, sizeBytes, mtimeMs, inode, relativePath, role }
}

/** Absolute folder of a file, in the system's spelling. */
function folderPath(file: IntakeFile): string {
  return rootBefore(file, baseName(file.relativePath).length)
}

/** What stands before the last `length` characters of a path, without the separator unless it is the top of a disk. */
function rootBefore(file: IntakeFile, length: number): string {
  const before = file.path.slice(0, file.path.length - length)
  const folder = before.slice(0, -1)
  return folder === '' || folder.endsWith(':') ? before : folder
}
