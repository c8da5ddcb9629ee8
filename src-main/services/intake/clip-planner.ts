import type { AssetId, StorageId } from '@contract/ids.ts'
import type { PlanTargets } from '@contract/uploads.ts'
import type { PlannedClip, ScannedFile } from '../../core/clip.ts'
import type { CardFolder, CardSafety } from '../../core/intake/cards/card-folder.ts'
import type { IgnoreRules } from '../../core/intake/ignore-rules.ts'
import { AppError } from '../../core/errors.ts'
import {
  type ClipKnowledge,
  type PlannedField,
  describeClip,
  lateValues,
} from '../../core/intake/describe-clip.ts'
import type { GroupedClip, Orphan } from '../../core/intake/group-clips.ts'
import type { IntakeFile } from '../../core/intake/intake-file.ts'
import { needsProbe } from '../../core/intake/metadata-template.ts'
import type { PathPattern } from '../../core/intake/path-pattern.ts'
import { extensionOf, joinPath } from '../../core/intake/path-names.ts'
import { readGatewaySidecar, readXmp } from '../../core/intake/sidecar-values.ts'
import { patternOf } from '../../core/intake/template-problems.ts'
import type { Judgement, Prospect, Prospects } from '../../core/intake/prospect.ts'
import type { ClipPlanning } from '../../ports/clip-planning.ts'
import type { Clock } from '../../ports/clock.ts'
import type { FileSystem } from '../../ports/file-system.ts'
import type { Hasher } from '../../ports/hasher.ts'
import { SMALL_BYTES } from '../../ports/hash-streams.ts'
import type { IconikApi } from '../../ports/iconik-api.ts'
import type { Logger } from '../../ports/logger.ts'
import type { MediaProbe } from '../../ports/media-probe.ts'
import type { KnownUploads } from '../../ports/upload-intake.ts'
import { examineCard } from './card-safety.ts'
import { judgeClip } from './find-duplicates.ts'
import { findTwins } from './find-twins.ts'
import { hashOnce } from './hash-once.ts'
import { knownOfClips } from './known-of-clips.ts'
import { lateSidecar, uploadedOwner } from './late-sidecars.ts'
import { LARGEST_SIDECAR_BYTES, recogniseClips } from './recognise-clips.ts'

export interface PlannerPorts {
  fileSystem: FileSystem
  hasher: Hasher
  probe: MediaProbe
  clock: Clock
  logger: Logger
  /** Memory of the signed-in account. */
  known: KnownUploads
  /** null while nobody is signed in. */
  api: () => IconikApi | null
  /** Why nothing can be sent to a storage (null: iconik's choice) from here; null when it can. */
  storageProblem?: (id: StorageId | null, signal?: AbortSignal) => Promise<string | null>
  libraryHasSize?: (sizeBytes: number) => boolean
}

type JudgingPorts = Pick<PlannerPorts, 'hasher' | 'known' | 'libraryHasSize'>

export const DEFAULT_TARGETS: PlanTargets = {
  collectionId: null,
  collectionPath: null,
  mirrorTree: false,
  storageId: null,
  duplicates: 'skip',
  changed: 'version',
  access: 'default',
  sequences: 'auto',
  viewId: null,
  metadata: {},
  pathPattern: null,
  title: null,
}

/** Clips of small files that are looked at side by side: those that have to be read are read together. */
const SMALL_CLIPS_AT_ONCE = 64

/**
 * From files to planned clips, for drops, watch folders and the command line alike. It reads only what a rule asks for, and writes nothing.
 */
export class ClipPlanner implements ClipPlanning {
  readonly #ports: PlannerPorts

  constructor(ports: PlannerPorts) {
    this.#ports = ports
  }

  /**
   * Groups files, reads their sidecars and looks for duplicates. One bad file becomes a problem of its clip.
   *
   * @param files below one root; neither ignored nor settling
   */
  async examine(
    files: readonly IntakeFile[],
    targets: PlanTargets,
    options: {
      signal?: AbortSignal
      onClip?: (done: number, total: number) => void
      onHashed?: (bytes: number) => void
    } = {},
  ): Promise<Prospects> {
    const recognition = await recogniseClips(this.#ports, files, {
      sequences: targets.sequences,
      // Without a view nothing can be described: then sidecars go along as files.
      keepSidecars: targets.viewId === null,
      signal: options.signal,
    })
    const templates = templatesOf(targets)
    const prospects: Prospect[] = []
    const { clips } = recognition
    const probed = needsProbe(templates)
    const ports = { ...this.#ports, hasher: hashOnce(this.#ports.hasher) }
    for (let at = 0; at < clips.length; at = prospects.length) {
      options.signal?.throwIfAborted()
      const some = nextTogether(clips, at)
      const judging = { ...ports, known: knownOfClips(ports.known, some) }
      const examined = await Promise.all(
        some.map((clip) => this.#examineClip(judging, clip, targets, probed, options)),
      )
      prospects.push(...examined)
      options.onClip?.(prospects.length, clips.length)
    }
    const orphans: Orphan[] = []
    for (const orphan of recognition.orphans) {
      const late = await this.#lateSidecar(orphan, targets, options)
      if (late) prospects.push(late)
      else orphans.push(orphan)
    }
    return {
      prospects: targets.duplicates === 'ingest' ? prospects : await findTwins(ports, prospects, options),
      problems: recognition.problems,
      orphans,
    }
  }

  /** @param judging what it is told from others by */
  async #examineClip(
    judging: JudgingPorts,
    clip: GroupedClip,
    targets: PlanTargets,
    probed: boolean,
    options: { signal?: AbortSignal; onHashed?: (bytes: number) => void },
  ): Promise<Prospect> {
    const knowledge: ClipKnowledge = { embedded: {}, sidecar: {} }
    try {
      const judgement = await this.#judge(judging, clip, targets, options)
      const { original } = judgement
      if (judgement.decision.do === 'skip' && original !== null && clip.metadataSidecars.length > 0) {
        // One of them may have come after its clip.
        knowledge.sidecar = await this.readSidecars(clip)
        knowledge.sent = this.#ports.known.valuesSent(original.uploadId)
      } else if (judgement.decision.do !== 'skip') {
        knowledge.sidecar = await this.readSidecars(clip)
        if (probed) knowledge.embedded = await this.#embedded(clip, options.signal)
      }
      return { clip, knowledge, judgement, problem: null }
    } catch (error) {
      if (!(error instanceof AppError) || !error.code.startsWith('file.')) throw error
      return {
        clip,
        knowledge,
        judgement: {
          decision: { do: 'wait', reason: error.message },
          duplicateOf: null,
          original: null,
          note: null,
        },
        problem: error.message,
      }
    }
  }

  examineCard(
    card: CardFolder,
    isIgnored: IgnoreRules,
    fateOf: (file: ScannedFile) => string | null,
    signal?: AbortSignal,
  ): Promise<CardSafety> {
    return examineCard(this.#ports.fileSystem, card, isIgnored, fateOf, signal)
  }

  async #judge(
    { hasher, known, libraryHasSize = () => false }: JudgingPorts,
    clip: GroupedClip,
    targets: PlanTargets,
    options: { signal?: AbortSignal; onHashed?: (bytes: number) => void },
  ): Promise<Judgement> {
    const judgement = await judgeClip(
      { hasher, known, api: this.#ports.api(), libraryHasSize },
      clip,
      targets,
      options,
    )
    const [only] = clip.files
    if (judgement.decision.do !== 'upload' || clip.kind !== 'file' || !only) return judgement
    // Captions and the like that come when their clip is gone already join it.
    const sidecar = { ...only, relativePath: joinPath(clip.directory, only.relativePath) }
    const owner = uploadedOwner(known, sidecar)
    return owner ? lateSidecar(sidecar, owner, false).judgement : judgement
  }

  /** A sidecar without a clip beside it, whose clip was uploaded from there: it may have been moved away since. */
  async #lateSidecar(
    orphan: Orphan,
    targets: PlanTargets,
    options: { signal?: AbortSignal },
  ): Promise<Prospect | null> {
    const owner = uploadedOwner(this.#ports.known, orphan)
    if (!owner) return null
    const isMetadata = targets.viewId !== null
    const { clip, judgement } = lateSidecar(orphan, owner, isMetadata)
    if (isMetadata)
      return {
        clip,
        knowledge: {
          embedded: {},
          sidecar: await this.readSidecars(clip),
          sent: this.#ports.known.valuesSent(owner.uploadId),
        },
        judgement,
        problem: null,
      }
    const found = await this.#examineClip(this.#ports, clip, targets, false, options)
    return found.judgement.decision.do === 'upload' ? { ...found, judgement } : found
  }

  /** Field values of a clip's metadata sidecars; later ones go before earlier ones. */
  async readSidecars(clip: Pick<GroupedClip, 'metadataSidecars'>): Promise<Record<string, string[]>> {
    const values: Record<string, string[]> = {}
    for (const sidecar of clip.metadataSidecars) {
      const text = new TextDecoder().decode(
        await this.#ports.fileSystem.readSmall(sidecar, LARGEST_SIDECAR_BYTES),
      )
      const extension = extensionOf(sidecar.replaceAll('\\', '/'))
      Object.assign(values, extension === 'xmp' ? readXmp(text) : (readGatewaySidecar(text, extension) ?? {}))
    }
    return values
  }

  async #embedded(clip: GroupedClip, signal: AbortSignal | undefined): Promise<Record<string, string>> {
    const [first] = clip.files
    if (!first) return {}
    const media = await this.#ports.probe.probe(first.path, signal)
    const technical = Object.entries(media.format).map(([key, value]) => [`media.${key}`, value])
    const streams = media.components.flatMap(({ metadata }) =>
      Object.entries(metadata).map(([key, value]) => [`media.${key}`, value]),
    )
    return {
      ...Object.fromEntries(streams.toReversed()),
      ...Object.fromEntries(technical),
      ...media.embedded,
    }
  }

  /**
   * Lays targets over what was found: where each clip goes, as what, and whether it may go at all. Pure but for its input, so that a
   * change of targets in the plan sheet answers at once.
   *
   * @param fields of the chosen view; null when there is none or it could not be read
   * @param released keys of incomplete clips that a person takes as they are
   */
  settle(
    prospects: readonly Prospect[],
    targets: PlanTargets,
    fields: readonly PlannedField[] | null,
    released: ReadonlySet<string> = new Set(),
  ): PlannedClip[] {
    const pattern = patternOf(targets)
    if (targets.into) return givenTo(targets.into.assetId, prospects, targets, fields, pattern)
    return prospects.map(({ clip, knowledge, judgement }) => {
      const { title, target, missingFields } = describeClip(clip, targets, fields, knowledge, pattern)
      const isReleased = targets.incomplete === 'upload' || released.has(clip.key)
      const incomplete = isReleased ? null : incompleteReason(clip)
      const undescribed =
        missingFields.length === 0
          ? null
          : `${listOf(missingFields)} ${missingFields.length === 1 ? 'is' : 'are'} required.`
      const { decision: found } = judgement
      const reason =
        found.do === 'upload' ? (incomplete ?? undescribed) : found.do === 'version' ? incomplete : null
      const decision = reason === null ? found : ({ do: 'wait', reason } as const)
      const late =
        found.do === 'skip' && knowledge.sent !== undefined && targets.viewId !== null && judgement.original
          ? lateValues(clip, targets, fields, knowledge, pattern)
          : {}
      if (judgement.original && Object.keys(late).length > 0)
        return {
          clip: { ...clip, files: [] },
          target: { ...target, metadata: late },
          decision: { do: 'join', uploadId: judgement.original.uploadId },
        }
      const files = judgement.newFiles ?? clip.files
      // An asset that is there keeps its title; one person may have changed it since.
      const isNew = found.do === 'upload'
      return { clip: { ...clip, files, title: isNew ? title : clip.title }, target, decision }
    })
  }

  /** Why the chosen storage takes no bytes from here; null when it does. @throws AppError network.* auth.* */
  async storageProblem(targets: PlanTargets, signal?: AbortSignal): Promise<string | null> {
    return (await this.#ports.storageProblem?.(targets.storageId, signal)) ?? null
  }

  /** Required fields of a view; null without a view or an account. @throws AppError api.not-found network.* */
  async fieldsOf(targets: PlanTargets, signal?: AbortSignal): Promise<PlannedField[] | null> {
    const api = this.#ports.api()
    if (targets.viewId === null || api === null) return null
    const view = await api.inLane('person').metadata.getView(targets.viewId, signal)
    return view.fields.map(({ name, label, required, readOnly }) => ({
      name,
      label: label ?? name,
      required: required && !readOnly,
    }))
  }
}

/** The first clip goes into the asset that waits for one, as it is and whatever is known of it; it takes no second. */
function givenTo(
  assetId: AssetId,
  prospects: readonly Prospect[],
  targets: PlanTargets,
  fields: readonly PlannedField[] | null,
  pattern: PathPattern | null,
): PlannedClip[] {
  return prospects.map(({ clip, knowledge, judgement: { decision } }, place) => {
    const { target } = describeClip(clip, targets, fields, knowledge, pattern)
    const isHeld = decision.do === 'wait'
    const wait = { do: 'wait', reason: 'An asset takes one clip; another one is chosen already.' } as const
    return {
      clip,
      target: { ...target, collectionId: null, collectionPath: [] },
      decision: isHeld ? decision : place > 0 ? wait : { do: 'version', assetId, intoCurrent: true },
    }
  })
}

/** The clips to look at next: small ones together, others one by one, since a disk reads one large file after the other faster than two at once. */
function nextTogether(clips: readonly GroupedClip[], at: number): readonly GroupedClip[] {
  const isLarge = ({ files }: GroupedClip) => files.some(({ sizeBytes }) => sizeBytes >= SMALL_BYTES)
  const some = clips.slice(at, at + SMALL_CLIPS_AT_ONCE)
  const large = some.findIndex(isLarge)
  return large < 0 ? some : some.slice(0, Math.max(1, large))
}

function templatesOf(targets: PlanTargets): string[] {
  return [
    ...Object.values(targets.metadata).flat(),
    ...(targets.collectionPath ?? []),
    ...(targets.title ? [targets.title] : []),
  ]
}

/** Why a clip of a camera card is held back; null when nothing of it lacks. */
function incompleteReason({ card }: GroupedClip): string | null {
  if (!card || card.missing.length === 0) return null
  return `The ${card.kind} card ${card.name} is incomplete. ${card.missing.join(' ')}`
}

function listOf(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
