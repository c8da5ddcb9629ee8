import type { PlanClip, PlanGroup } from '@contract/uploads.ts'
import type { ClipDecision } from '../clip.ts'
import { clipPictureUrl } from '../media-address.ts'
import { pictureWay } from '../media/picture-way.ts'
import type { GroupedClip } from './group-clips.ts'
import { frameReport } from './image-sequences.ts'
import type { IntakeProblem } from './intake-file.ts'

/** What the plan sheet shows of a clip, besides the clip itself. */
export interface PlanEntry {
  id: string
  clip: GroupedClip
  decision: ClipDecision
  duplicateOf: { assetId: string | null; title: string; certain: boolean } | null
  /** Remark of the duplicate search, '' for none. */
  note: string
  /** A person took it out. */
  excluded: boolean
  /** Titles of the collections it goes into, below the chosen one. */
  collectionPath: string[]
}

/** Whether the entry is uploaded when the plan is confirmed. */
export function isIncluded(entry: PlanEntry): boolean {
  return !entry.excluded && ['upload', 'version', 'join'].includes(entry.decision.do)
}

export function sizeOf(clip: GroupedClip): number {
  return clip.files.reduce((sum, file) => sum + file.sizeBytes, 0)
}

export function planClip(entry: PlanEntry, planId: string): PlanClip {
  const { clip } = entry
  const file = clip.files[0]
  return {
    id: entry.id,
    pictureUrl: file && pictureWay(file.path) ? clipPictureUrl(`${planId}_${entry.id}`) : null,
    title: clip.title,
    kind: clip.kind,
    directory: clip.directory,
    fileCount: clip.files.length,
    sizeBytes: sizeOf(clip),
    included: isIncluded(entry),
    isHeldBack: entry.decision.do === 'wait' && (clip.card?.missing.length ?? 0) > 0,
    notes: notesOf(entry),
    duplicateOf: entry.duplicateOf as PlanClip['duplicateOf'],
    frames: clip.sequence
      ? {
          present: frameReport(clip.sequence).present,
          missing: frameReport(clip.sequence).missing,
          missingCount: clip.sequence.missing.length,
          emptyCount: clip.sequence.empty.length,
        }
      : null,
  }
}

function notesOf(entry: PlanEntry): PlanClip['notes'] {
  const notes: PlanClip['notes'] = []
  if (entry.decision.do === 'wait')
    notes.push({ level: entry.clip.card ? 'error' : 'warn', text: entry.decision.reason })
  if (entry.note !== '') notes.push({ level: 'info', text: entry.note })
  for (const text of entry.clip.sequence ? frameReport(entry.clip.sequence).notes : [])
    notes.push({ level: 'warn', text })
  for (const text of entry.clip.card?.missing ?? [])
    if (entry.decision.do !== 'wait') notes.push({ level: 'error', text })
  for (const text of entry.clip.card?.remarks ?? []) notes.push({ level: 'info', text })
  if (entry.clip.kind === 'file' && entry.clip.files.length > 0 && sizeOf(entry.clip) === 0)
    notes.push({ level: 'warn', text: 'It is empty.' })
  return notes
}

/** Whether a person should look at it before the upload starts. */
export function isProblem(entry: PlanEntry): boolean {
  return notesOf(entry).some(({ level }) => level !== 'info')
}

/** Which group of the sheet an entry stands in. */
export function groupIdOf(entry: PlanEntry): string {
  const { clip } = entry
  if (entry.decision.do === 'skip') return 'duplicates'
  if (clip.card) return `card:${clip.directory}/${clip.card.kind}`
  if (clip.kind === 'sequence') return `sequence:${entry.id}`
  return `folder:${clip.directory}`
}

/** Groups of the sheet: cards, sequences and folders in their order, then what is there already, then what cannot be read. */
export function planGroups(
  entries: readonly PlanEntry[],
  problems: readonly IntakeProblem[],
  rootName: string,
): PlanGroup[] {
  const members = new Map<string, PlanEntry[]>()
  for (const entry of entries) {
    const id = groupIdOf(entry)
    const group = members.get(id)
    if (group) group.push(entry)
    else members.set(id, [entry])
  }
  const duplicates = members.get('duplicates')
  members.delete('duplicates')
  const groups = [...members].map(([id, group]) => describeGroup(id, group, rootName))
  if (duplicates) groups.push(describeGroup('duplicates', duplicates, rootName))
  if (problems.length > 0) groups.push(unreadableGroup(problems))
  return groups
}

function describeGroup(id: string, group: readonly PlanEntry[], rootName: string): PlanGroup {
  const first = group[0] as PlanEntry
  const common = {
    id,
    clipCount: group.length,
    sizeBytes: group.reduce((sum, entry) => sum + sizeOf(entry.clip), 0),
    includedCount: group.filter(isIncluded).length,
  }
  if (id === 'duplicates')
    return {
      ...common,
      kind: 'duplicates',
      title: 'Already in iconik',
      note: 'Skipped: the same content is there.',
      badge: { level: 'ok', text: 'Skipped' },
    }
  const { card, sequence } = first.clip
  if (card) {
    const incomplete = group.filter((entry) => (entry.clip.card?.missing.length ?? 0) > 0).length
    return {
      ...common,
      kind: 'card',
      title: card.name,
      note: `${card.kind} card${incomplete === 0 ? ', complete' : ''}.`,
      badge:
        incomplete === 0
          ? { level: 'ok', text: 'Card complete' }
          : { level: 'error', text: `${incomplete} incomplete` },
    }
  }
  if (sequence) {
    const flawed = sequence.missing.length + sequence.empty.length
    const span = sequence.lastFrame - sequence.firstFrame + 1
    return {
      ...common,
      kind: 'sequence',
      title: first.clip.title,
      note: `Image sequence. One asset, ${first.clip.files.length} of ${span} frames.`,
      badge: flawed === 0 ? null : { level: 'warn', text: `${flawed} ${flawed === 1 ? 'frame' : 'frames'}` },
    }
  }
  return { ...common, kind: 'folder', title: first.clip.directory || rootName, note: '', badge: null }
}

function unreadableGroup(problems: readonly IntakeProblem[]): PlanGroup {
  const shown = problems.slice(0, 20).map(({ path, reason }) => `${path}: ${reason}`)
  const rest = problems.length - shown.length
  return {
    id: 'unreadable',
    kind: 'unreadable',
    title: 'Left out',
    note: shown.join('\n') + (rest > 0 ? `\n… and ${rest} more` : ''),
    badge: { level: 'error', text: String(problems.length) },
    clipCount: problems.length,
    sizeBytes: 0,
    includedCount: 0,
  }
}

export interface PlanTotals {
  clips: number
  files: number
  sizeBytes: number
  collections: number
  apiCalls: number
}

/** Calls that an ordinary clip needs besides those of its files: asset, format, file set, preview trigger. */
const CALLS_PER_CLIP = 4
/** Creating a file, and closing it. */
const CALLS_PER_FILE = 2
/** Calls of a batch: its job, progress, the end. */
const CALLS_PER_BATCH = 4
/** Assets that one bulk call of metadata takes, and one search page reads back. */
const CLIPS_PER_METADATA_CALL = 100

/** Sums over what is included. The number of calls is an estimate: retries and multipart uploads add to it. */
export function planTotals(entries: readonly PlanEntry[], withMetadata: boolean): PlanTotals {
  const included = entries.filter(isIncluded)
  const collections = new Set<string>()
  let files = 0
  let sizeBytes = 0
  for (const { clip, collectionPath } of included) {
    files += clip.files.length
    sizeBytes += sizeOf(clip)
    collectionPath.forEach((_, depth) => collections.add(collectionPath.slice(0, depth + 1).join('\0')))
  }
  const clips = included.length
  const apiCalls = estimatedCalls({ clips, files, collections: collections.size, withMetadata })
  return { clips, files, sizeBytes, collections: collections.size, apiCalls }
}

/** How many calls to iconik a plan takes, about: retries and multipart uploads add to it. */
export function estimatedCalls(plan: {
  clips: number
  files: number
  collections: number
  withMetadata: boolean
}): number {
  if (plan.clips === 0) return 0
  const metadataCalls = plan.withMetadata ? Math.ceil(plan.clips / CLIPS_PER_METADATA_CALL) * 2 : 0
  return (
    plan.clips * CALLS_PER_CLIP +
    plan.files * CALLS_PER_FILE +
    plan.collections * 2 +
    metadataCalls +
    CALLS_PER_BATCH
  )
}
