import { randomUUID } from 'node:crypto'
import path from 'node:path'
import type { AccountId, BatchId, PlanId, Window } from '@contract/ids.ts'
import type { PlanClip, PlanTargets, PlanView } from '@contract/uploads.ts'
import type { CommittedPlan, PlannedClip } from '../../core/clip.ts'
import { AppError, findAppError } from '../../core/errors.ts'
import type { PlannedField } from '../../core/intake/describe-clip.ts'
import type { IntakeProblem } from '../../core/intake/intake-file.ts'
import {
  type PlanEntry,
  groupIdOf,
  isIncluded,
  isProblem,
  planClip,
  planGroups,
  planTotals,
} from '../../core/intake/plan-view.ts'
import { promoteTwins } from '../../core/intake/promote-twins.ts'
import type { Prospect } from '../../core/intake/prospect.ts'
import type { Clock } from '../../ports/clock.ts'
import type { FileSystem } from '../../ports/file-system.ts'
import type { Logger } from '../../ports/logger.ts'
import type { UploadIntake } from '../../ports/upload-intake.ts'
import { type ClipPlanner, DEFAULT_TARGETS } from './clip-planner.ts'
import { templateProblems } from '../../core/intake/template-problems.ts'
import { type ScannedRoot, scanPaths } from './scan-paths.ts'

const SETTLE_MS = 5000
const PATIENCE_MS = 30_000
/** A plan that nobody confirmed or discarded is forgotten after this. */
const FORGET_AFTER_MS = 12 * 3_600_000
const MOST_SESSIONS = 20
const ANNOUNCE_EVERY_MS = 250

interface Session {
  id: PlanId
  /** Whose collections, view and storage it names; null when nobody was signed in. */
  accountId: AccountId | null
  paths: string[]
  startedMs: number
  abort: AbortController
  state: PlanView['state']
  error: PlanView['error']
  targets: PlanTargets
  /** Sequences of the last examination; a change of them needs another. */
  examinedFor: string
  roots: ScannedRoot[]
  problems: IntakeProblem[]
  prospects: Prospect[]
  excluded: Set<string>
  /** Keys of incomplete clips that a person takes as they are. */
  released: Set<string>
  entries: PlanEntry[]
  fields: PlannedField[] | null
  fieldsProblem: string | null
  storageProblem: string | null
  scannedFiles: number
  settling: number
}

export interface PlanSessionPorts {
  planner: ClipPlanner
  intake: UploadIntake
  fileSystem: FileSystem
  clock: Clock
  logger: Logger
  /** The account that is chosen now. */
  accountId: () => AccountId | null
}

/**
 * Plans that are shown before they start: each grows while its paths are scanned, answers to every change of its targets at once, and becomes
 * a batch when it is confirmed. Nothing is written before that.
 */
export class PlanSessions {
  readonly #ports: PlanSessionPorts
  readonly #sessions = new Map<PlanId, Session>()
  readonly #listeners = new Set<(view: PlanView) => void>()
  readonly #announcing = new Set<PlanId>()

  constructor(ports: PlanSessionPorts) {
    this.#ports = ports
  }

  /** @returns stops it */
  onChanged(listener: (view: PlanView) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Starts to scan and answers at once. @throws AppError file.missing file.unreadable when none of the paths can be read */
  async open(paths: readonly string[], targets: Partial<PlanTargets>): Promise<PlanView> {
    this.#forgetOld()
    await this.#refuseUnreadable(paths)
    const session: Session = {
      id: randomUUID() as PlanId,
      accountId: this.#ports.accountId(),
      paths: [...paths],
      startedMs: this.#ports.clock.nowMs(),
      abort: new AbortController(),
      state: 'scanning',
      error: null,
      targets: { ...DEFAULT_TARGETS, ...targets },
      examinedFor: '',
      roots: [],
      problems: [],
      prospects: [],
      excluded: new Set(),
      released: new Set(),
      entries: [],
      fields: null,
      fieldsProblem: null,
      storageProblem: null,
      scannedFiles: 0,
      settling: 0,
    }
    this.#sessions.set(session.id, session)
    void this.#scan(session)
    return this.#view(session)
  }

  view(id: PlanId): PlanView {
    return this.#view(this.#session(id))
  }

  clips(
    id: PlanId,
    filter: { groupId: string | null; problemsOnly: boolean; window: Window },
  ): { total: number; rows: PlanClip[] } {
    const found = this.#session(id).entries.filter(
      (entry) =>
        (filter.groupId === null || groupIdOf(entry) === filter.groupId) &&
        (!filter.problemsOnly || isProblem(entry)),
    )
    const { offset, limit } = filter.window
    return {
      total: found.length,
      rows: found.slice(offset, offset + limit).map((entry) => planClip(entry, id)),
    }
  }

  /** @returns the absolute path of the file that stands for a clip; null where the plan or the clip is not there any more */
  fileOf(id: PlanId, clipId: string): string | null {
    return this.#sessions.get(id)?.entries.find((entry) => entry.id === clipId)?.clip.files[0]?.path ?? null
  }

  async setTargets(id: PlanId, changes: Partial<PlanTargets>): Promise<PlanView> {
    const session = this.#session(id)
    const before = session.targets
    session.targets = { ...before, ...changes }
    if (session.targets.viewId !== before.viewId) await this.#readFields(session)
    if (session.targets.storageId !== before.storageId) await this.#askStorage(session)
    if (session.state === 'ready') {
      if (examinationKey(session.targets) !== session.examinedFor) void this.#examine(session)
      else this.#settle(session)
    }
    return this.#view(session)
  }

  include(id: PlanId, change: { clipIds: string[]; groupIds: string[]; included: boolean }): PlanView {
    const session = this.#session(id)
    const groups = new Set(change.groupIds)
    const clips = new Set(change.clipIds)
    for (const entry of session.entries) {
      if (!clips.has(entry.id) && !groups.has(groupIdOf(entry))) continue
      const { key, card } = entry.clip
      if (change.included) session.excluded.delete(key)
      else session.excluded.add(key)
      // To take a card as a whole is no word on a clip that is held back; to take that clip is.
      if (!change.included) session.released.delete(key)
      else if (clips.has(entry.id) && (card?.missing.length ?? 0) > 0) session.released.add(key)
    }
    this.#settle(session)
    return this.#view(session)
  }

  /** @throws AppError api.invalid when something keeps the plan from starting; store.full; auth.required */
  async confirm(id: PlanId): Promise<{ batchId: BatchId; clips: number }> {
    const session = this.#session(id)
    if (session.accountId !== this.#ports.accountId())
      throw new AppError(
        'api.invalid',
        'This plan was made for another account than the one that is open now. Drop the files again.',
      )
    const view = this.#view(session)
    if (view.state !== 'ready') throw new AppError('api.invalid', 'The plan is still being made.')
    const [blocker] = view.blockers
    if (blocker) throw new AppError('api.invalid', blocker.text, { details: { fields: {} } })
    if (view.totals.clips === 0) throw new AppError('api.invalid', 'There is nothing in this plan to upload.')
    const plan = this.#committed(session)
    const { batchId, uploadIds } = await this.#ports.intake.enqueue(plan)
    this.discard(id)
    return { batchId, clips: uploadIds.filter((upload) => upload !== null).length }
  }

  discard(id: PlanId): void {
    this.#sessions.get(id)?.abort.abort()
    this.#sessions.delete(id)
  }

  /** Stops every scan. */
  close(): void {
    for (const id of this.#sessions.keys()) this.discard(id)
  }

  #committed(session: Session): CommittedPlan {
    const included = new Set(session.entries.filter(isIncluded).map((entry) => entry.clip.key))
    const planned = this.#planned(session)
    return {
      title: titleOf(session.paths),
      source: 'drop',
      watchFolderId: null,
      after: { do: 'leave' },
      clips: planned.filter((_, at) => included.has(session.prospects[at]?.clip.key ?? '')),
    }
  }

  #session(id: PlanId): Session {
    const session = this.#sessions.get(id)
    if (!session) throw new AppError('file.missing', 'This plan is not there any more. Drop the files again.')
    return session
  }

  async #refuseUnreadable(paths: readonly string[]): Promise<void> {
    let failure: unknown
    for (const given of paths) {
      if (!path.isAbsolute(given)) throw new AppError('file.missing', `“${given}” is not an absolute path.`)
      try {
        await this.#ports.fileSystem.stat(given)
        return
      } catch (error) {
        failure = error
      }
    }
    throw failure
  }

  async #scan(session: Session): Promise<void> {
    await this.#guarded(session, async () => {
      const scan = await scanPaths(this.#ports, session.paths, {
        settleMs: SETTLE_MS,
        patienceMs: PATIENCE_MS,
        signal: session.abort.signal,
        onProgress: ({ scannedFiles, settling }) => {
          session.scannedFiles = scannedFiles
          session.settling = settling
          this.#announce(session)
        },
      })
      session.roots = scan.roots
      session.problems = scan.problems
      session.settling = 0
      await this.#readFields(session)
      await this.#askStorage(session)
      await this.#examine(session)
    })
  }

  async #examine(session: Session): Promise<void> {
    await this.#guarded(session, async () => {
      session.state = 'hashing'
      const key = examinationKey(session.targets)
      const prospects: Prospect[] = []
      const problems: IntakeProblem[] = []
      for (const root of session.roots) {
        const found = await this.#ports.planner.examine(root.files, session.targets, {
          signal: session.abort.signal,
          onClip: () => this.#announce(session),
        })
        prospects.push(...found.prospects)
        problems.push(
          ...found.problems,
          ...found.orphans.map(({ path: orphan, reason }) => ({ path: orphan, reason })),
        )
      }
      session.prospects = prospects
      session.problems = [...new Map([...session.problems, ...problems].map((p) => [p.path, p])).values()]
      session.examinedFor = key
      session.state = 'ready'
      // Targets may have changed while the examination ran.
      if (examinationKey(session.targets) === key) this.#settle(session)
      else await this.#examine(session)
    })
  }

  /** Runs a step of a session; what fails in it is the session's own failure and is shown there. */
  async #guarded(session: Session, step: () => Promise<void>): Promise<void> {
    try {
      await step()
    } catch (error) {
      if (session.abort.signal.aborted) return
      const known = findAppError(error)
      this.#ports.logger.warn('a plan failed', { planId: session.id, reason: String(error) })
      session.state = 'failed'
      session.error = (known ?? new AppError('bug', 'The plan could not be made.', { cause: error })).toView()
    }
    this.#announce(session)
  }

  async #readFields(session: Session): Promise<void> {
    try {
      session.fields = await this.#ports.planner.fieldsOf(session.targets, session.abort.signal)
      session.fieldsProblem = null
    } catch (error) {
      const known = findAppError(error)
      if (!known || known.code === 'cancelled') throw error
      session.fields = null
      session.fieldsProblem = `The view could not be read: ${known.message}`
    }
  }

  /** A storage that could not be asked about blocks nothing: the upload says so itself. */
  async #askStorage(session: Session): Promise<void> {
    try {
      session.storageProblem = await this.#ports.planner.storageProblem(session.targets, session.abort.signal)
    } catch (error) {
      const known = findAppError(error)
      if (!known || known.code === 'cancelled') throw error
      session.storageProblem = null
    }
  }

  #planned(session: Session): PlannedClip[] {
    const { prospects, targets, fields, released, excluded } = session
    const planned = this.#ports.planner.settle(prospects, targets, fields, released)
    return promoteTwins(planned, prospects, (key) => excluded.has(key))
  }

  #settle(session: Session): void {
    const planned = this.#planned(session)
    session.entries = planned.map(({ decision, target }, at) => {
      const { clip, judgement } = session.prospects[at] as Prospect
      return {
        id: `c${at}`,
        clip: { ...clip, title: planned[at]?.clip.title ?? clip.title },
        decision,
        duplicateOf: judgement.duplicateOf,
        note: judgement.note ?? '',
        excluded: session.excluded.has(clip.key),
        collectionPath: target.collectionPath,
      }
    })
    this.#announce(session)
  }

  #view(session: Session): PlanView {
    const { entries } = session
    const rootName = path.basename(session.roots[0]?.rootPath ?? session.paths[0] ?? '')
    return {
      id: session.id,
      state: session.state,
      title: titleOf(session.paths),
      scannedFiles: session.scannedFiles,
      targets: session.targets,
      groups: planGroups(entries, session.problems, rootName),
      totals: {
        ...planTotals(entries, session.targets.viewId !== null),
        problems: entries.filter(isProblem).length + session.problems.length,
        settling: session.settling,
      },
      blockers: blockersOf(session),
      error: session.error,
    }
  }

  /** At most four times a second for each plan, and once more after the last change. */
  #announce(session: Session): void {
    if (this.#announcing.has(session.id)) return
    this.#announcing.add(session.id)
    this.#ports.clock.after(ANNOUNCE_EVERY_MS, () => {
      this.#announcing.delete(session.id)
      if (!this.#sessions.has(session.id)) return
      const view = this.#view(session)
      for (const listener of this.#listeners) listener(view)
    })
  }

  #forgetOld(): void {
    const oldestMs = this.#ports.clock.nowMs() - FORGET_AFTER_MS
    for (const session of [...this.#sessions.values()].toReversed().slice(MOST_SESSIONS - 1))
      this.discard(session.id)
    for (const session of this.#sessions.values()) if (session.startedMs < oldestMs) this.discard(session.id)
  }
}

/** Targets that change what is found, as against where it goes. */
function examinationKey(targets: PlanTargets): string {
  const { sequences, duplicates, changed } = targets
  const tokens = [
    ...Object.values(targets.metadata).flat(),
    ...(targets.collectionPath ?? []),
    targets.title ?? '',
  ]
  const probes = tokens.some((template) => /\{[^}]*\b(exif|xmp|iptc|media)\./i.test(template))
  return JSON.stringify([sequences, duplicates, changed, probes, targets.viewId === null])
}

function titleOf(paths: readonly string[]): string {
  const name = path.basename(paths[0] ?? '') || (paths[0] ?? '')
  return paths.length === 1 ? name : `${name} and ${paths.length - 1} more`
}

function blockersOf(session: Session): PlanView['blockers'] {
  const blockers: PlanView['blockers'] = templateProblems(session.targets)
  if (session.fieldsProblem !== null) blockers.push({ field: null, text: session.fieldsProblem })
  if (session.storageProblem !== null) blockers.push({ field: null, text: session.storageProblem })
  const waiting = session.entries.filter((entry) => !entry.excluded && entry.decision.do === 'wait')
  const included = session.entries.filter(isIncluded).length
  for (const field of session.fields ?? []) {
    if (!field.required) continue
    const count = waiting.filter(
      ({ decision }) => decision.do === 'wait' && decision.reason.includes(field.label),
    ).length
    if (count > 0 && included === 0)
      blockers.push({
        field: field.name,
        text: `${field.label} is required. ${count} ${count === 1 ? 'clip waits' : 'clips wait'} for it.`,
      })
  }
  return blockers
}
