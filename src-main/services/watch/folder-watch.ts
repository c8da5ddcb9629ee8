import path from 'node:path'
import type { ErrorView } from '@contract/errors.ts'
import type { CardView, WatchFolderView, WatchRules } from '@contract/watch-folders.ts'
import { AppError, findAppError } from '../../core/errors.ts'
import type { PlannedField } from '../../core/intake/describe-clip.ts'
import type { IntakeFile } from '../../core/intake/intake-file.ts'
import { comparable } from '../../core/intake/path-names.ts'
import type { WalkEntry } from '../../ports/file-system.ts'
import type { WatchHint, WatchSession } from '../../ports/file-watcher.ts'
import type { UploadOutcome } from '../../ports/upload-intake.ts'
import type { WatchFolderRecord } from '../../ports/watch-journal.ts'
import { clearSources, concludeUpload } from './after-upload.ts'
import { absolutePath, handOver, intakeFileOf, rulesMatter } from './hand-over.ts'
import { type ReadyGroup, SettlingFiles } from './settling-files.ts'
import { StepQueue } from './step-queue.ts'
import type { WatchPorts } from './watch-ports.ts'
import { waitingFiles, watchedCards } from './watched-cards.ts'
import { WatchedTree } from './watched-tree.ts'

/** How often directory dates are compared with the last look, for changes whose events were lost. */
const SWEEP_EVERY_MS = 5000
const PASS_EVERY_MS = 10 * 60_000
/** Without enough watches, passes have to do the work. */
const LIMITED_PASS_EVERY_MS = 60_000
const AWAY_CHECK_EVERY_MS = 5000
/** So many hints within one sweep may have overflowed the kernel's queue, which holds 16,384. */
const STORM_HINTS = 8000
const HINT_DELAY_MS = 50
/** Files of one commit to the queue. */
const FILES_PER_PLAN = 1000
const SETTLING_SHOWN = 50
const RETRY_FIRST_MS = 2000
const RETRY_MOST_MS = 60_000
const FIELDS_KEPT_MS = 60_000

type Presence = 'starting' | 'present' | 'away' | 'paused' | 'failed'

/**
 * Watches one folder. A scan is the truth: at the start, every ten minutes, and whenever events may have been lost, everything is looked at and
 * compared with what is known; events only say where to look sooner. Work runs one step after another, so that a file is never handled twice at once.
 */
export class FolderWatch {
  readonly #ports: WatchPorts
  readonly #changed: () => void
  readonly #settling: SettlingFiles
  readonly #tree: WatchedTree
  readonly #steps: StepQueue<'sweep' | 'settle' | 'hints' | 'away'>
  readonly #hints = new Set<string>()
  /** Cards whose incomplete clips a person takes as they are, until they were handed over. */
  readonly #released = new Set<string>()
  #folder: WatchFolderRecord
  #presence: Presence = 'starting'
  #isLimited = false
  #problem: ErrorView | null = null
  #session: WatchSession | null = null
  #rootInode = ''
  #passWanted: string | null = null
  #lastPassMs = 0
  #hintsSinceSweep = 0
  #retryMs = RETRY_FIRST_MS
  #fields: { atMs: number; value: PlannedField[] | null } | null = null
  #ready: Promise<void> = Promise.resolve()

  constructor(ports: WatchPorts, folder: WatchFolderRecord, changed: () => void) {
    this.#ports = ports
    this.#folder = folder
    this.#changed = changed
    this.#settling = new SettlingFiles(
      (relativePath) => absolutePath(folder, relativePath),
      folder.rules.settleSeconds * 1000,
      folder.rules.groupSettleSeconds * 1000,
    )
    this.#tree = new WatchedTree(ports, folder, this.#settling)
    this.#steps = new StepQueue(
      ports.clock,
      {
        sweep: () => this.#sweepAndGoOn(),
        settle: () => this.#takeReady(),
        hints: () => this.#followHints(),
        away: () => this.#checkAway(),
      },
      (error) => this.#fail(error),
    )
  }

  get folder(): WatchFolderRecord {
    return this.#folder
  }

  /** Resolves when the first pass is over and events are being delivered (or the folder is away). */
  get ready(): Promise<void> {
    return this.#ready
  }

  /** Whether something settles, waits to be looked at, or is being handed over. */
  get isBusy(): boolean {
    return (
      this.#presence === 'starting' || this.#steps.isBusy || this.#settling.size > 0 || this.#hints.size > 0
    )
  }

  start(): void {
    if (this.#folder.paused) {
      this.#presence = 'paused'
      return
    }
    this.#steps.start()
    this.#presence = 'starting'
    this.#problem = null
    this.#ready = this.#steps.add(() => this.#arrive())
  }

  async stop(): Promise<void> {
    this.#steps.halt()
    const session = this.#session
    this.#session = null
    await session?.close()
    await this.#steps.stop()
    this.#settling.clear()
    this.#hints.clear()
    this.#tree.forgetDates()
  }

  async setPaused(paused: boolean): Promise<void> {
    if (paused === this.#folder.paused) return
    this.#save({ ...this.#folder, paused })
    await this.stop()
    this.start()
    this.#changed()
  }

  /** New rules hold for what comes and for what waits; what was uploaded is left alone. */
  setRules(rules: WatchRules): void {
    const before = this.#folder.rules
    this.#save({ ...this.#folder, rules })
    this.#settling.setTimes(rules.settleSeconds * 1000, rules.groupSettleSeconds * 1000)
    this.#fields = null
    if (!rulesMatter(before, rules)) return
    const waiting = this.#ports.journal.filesInState(this.#folder.id, 'waits')
    this.#ports.journal.forget(
      this.#folder.id,
      waiting.map(({ key }) => key),
    )
    if (before.watcher !== rules.watcher || before.pollSeconds !== rules.pollSeconds)
      void this.stop().then(() => this.start())
    else this.rescan('the rules changed')
  }

  rescan(reason = 'asked for'): void {
    if (this.#presence !== 'present') return
    this.#passWanted ??= reason
    void this.#steps.add(() => this.#passIfWanted())
  }

  cards(signal: AbortSignal): Promise<CardView[]> {
    return watchedCards(
      this.#ports,
      this.#folder,
      (file) => this.#tree.relative(file),
      this.#tree.ignoreRules,
      signal,
    )
  }

  /** Incomplete clips of a card go as they are, at once. @returns files that this concerns */
  releaseCard(cardPath: string): number {
    const { files, cards } = waitingFiles(this.#ports, this.#folder, cardPath)
    for (const card of cards) this.#released.add(card)
    const longAgoMs = this.#ports.clock.monotonicMs() - this.#folder.rules.groupSettleSeconds * 1000
    for (const file of files) this.#settling.see(intakeFileOf(this.#folder, file), longAgoMs)
    this.#scheduleSettle()
    this.#changed()
    return files.length
  }

  /** An upload came to rest that may carry files of this folder. */
  conclude(outcome: UploadOutcome): void {
    void this.#steps.add(async () => {
      await concludeUpload(this.#ports, this.#folder, outcome)
      for (const held of this.#tree.takeHeldMoves(outcome.uploadId)) this.#hint(held)
      this.#changed()
    })
  }

  // ---- arriving, leaving, coming back ----

  async #arrive(): Promise<void> {
    const root = await this.#lookAtRoot()
    if (!root) return
    this.#rootInode = root.inode
    this.#passWanted = 'starting'
    await this.#catchUpWithQueue()
    await this.#passIfWanted()
    await this.#openWatcher()
    // What changed between the pass and the first event shows in the directory dates.
    await this.#sweep()
    this.#presence = 'present'
    this.#steps.at('sweep', SWEEP_EVERY_MS)
    this.#changed()
  }

  async #lookAtRoot(): Promise<WalkEntry | null> {
    try {
      const root = await this.#ports.fileSystem.stat(this.#folder.path)
      if (root.kind === 'folder') return root
      await this.#leave(`${this.#folder.path} is not a folder any more.`)
    } catch (error) {
      const known = findAppError(error)
      if (!known) throw error
      await this.#leave(known.message)
    }
    return null
  }

  /** The root is away: nothing is deleted, nothing is forgotten; it is looked for until it is back. */
  async #leave(message: string): Promise<void> {
    this.#presence = 'away'
    this.#problem = new AppError('file.missing', message, { retry: { when: 'later' } }).toView()
    this.#settling.clear()
    this.#hints.clear()
    this.#tree.forgetDates()
    this.#steps.cancel('sweep', 'settle', 'hints')
    const session = this.#session
    this.#session = null
    await session?.close()
    this.#steps.at('away', AWAY_CHECK_EVERY_MS)
    this.#changed()
  }

  async #checkAway(): Promise<void> {
    try {
      const root = await this.#ports.fileSystem.stat(this.#folder.path)
      if (root.kind === 'folder') {
        this.#problem = null
        this.#presence = 'starting'
        return await this.#arrive()
      }
    } catch (error) {
      if (!findAppError(error)) throw error
    }
    this.#steps.at('away', AWAY_CHECK_EVERY_MS)
  }

  async #sweepAndGoOn(): Promise<void> {
    await this.#sweep()
    if (this.#presence === 'present')
      this.#steps.at('sweep', Math.max(SWEEP_EVERY_MS, this.#tree.folderCount))
  }

  async #openWatcher(): Promise<void> {
    await this.#session?.close()
    this.#isLimited = false
    const { rules, path: root } = this.#folder
    const session = this.#ports.watcher.watch(
      root,
      {
        ...(rules.watcher === 'polling' ? { polling: { intervalMs: rules.pollSeconds * 1000 } } : {}),
        ignore: (file) => this.#tree.isIgnored(file),
        fileCount: this.#tree.fileCount,
      },
      (hint) => {
        if (this.#session === session || this.#session === null) this.#onHint(hint)
      },
    )
    this.#session = session
    await session.ready
  }

  #onHint(hint: WatchHint): void {
    if (this.#steps.signal.aborted) return
    if (hint.kind === 'changed' || hint.kind === 'removed') {
      this.#hintsSinceSweep++
      if (this.#hintsSinceSweep === STORM_HINTS)
        this.rescan('so much happened that events may have been lost')
      return this.#hint(hint.path)
    }
    if (hint.kind === 'overflow') return this.rescan('events were lost')
    if (hint.reason === 'gone') return void this.#steps.add(() => this.#sweep())
    if (hint.reason === 'limit') {
      this.#isLimited = true
      this.#problem = limitProblem(hint.message).toView()
    } else
      this.#problem = new AppError('file.unreadable', hint.message, { retry: { when: 'later' } }).toView()
    this.#ports.logger.warn('a watcher failed', {
      path: this.#folder.path,
      reason: hint.reason,
      text: hint.message,
    })
    this.rescan('the watcher failed')
    this.#changed()
  }

  // ---- looking ----

  #hint(file: string): void {
    this.#hints.add(file)
    this.#steps.at('hints', HINT_DELAY_MS)
  }

  async #followHints(): Promise<void> {
    const paths = [...this.#hints]
    this.#hints.clear()
    await this.#tree.lookAtAll(paths, this.#steps.signal)
    this.#scheduleSettle()
    this.#changed()
  }

  /** Everything is looked at, if there is a reason to. */
  async #passIfWanted(): Promise<void> {
    if (this.#passWanted === null) return
    const startedMs = this.#ports.clock.nowMs()
    await this.#tree.fullPass(this.#steps.signal)
    this.#passWanted = null
    this.#lastPassMs = this.#ports.clock.monotonicMs()
    this.#save({ ...this.#folder, completeAsOfMs: startedMs })
    this.#scheduleSettle()
    this.#changed()
  }

  /** Compares the dates of all folders with those at the last look: a mismatch shows what events missed. */
  async #sweep(): Promise<void> {
    const root = await this.#lookAtRoot()
    if (!root) return
    if (root.inode !== this.#rootInode) {
      // Another volume, or a folder put in its place: the watcher holds on to the one that left.
      this.#rootInode = root.inode
      this.#passWanted = 'the folder came back'
      await this.#openWatcher()
    }
    this.#hintsSinceSweep = 0
    const everyMs = this.#isLimited ? LIMITED_PASS_EVERY_MS : PASS_EVERY_MS
    if (this.#ports.clock.monotonicMs() - this.#lastPassMs >= everyMs) this.#passWanted ??= 'it is time'
    if (this.#passWanted !== null) await this.#passIfWanted()
    else await this.#tree.compareFolderDates(this.#steps.signal)
    this.#scheduleSettle()
  }

  // ---- settling and handing over ----

  #scheduleSettle(): void {
    const dueMs = this.#settling.nextDueMs(this.#ports.clock.monotonicMs())
    // A little later, so that files that become ready together go together.
    if (dueMs !== null) this.#steps.at('settle', dueMs + 100)
  }

  async #takeReady(): Promise<void> {
    const ready = await this.#confirmQuiet(this.#settling.due(this.#ports.clock.monotonicMs()))
    try {
      for (const chunk of chunksOf(ready)) {
        this.#steps.signal.throwIfAborted()
        const handed = await handOver(
          this.#ports,
          this.#folder,
          chunk,
          await this.#viewFields(),
          this.#steps.signal,
          this.#released,
        )
        for (const { group } of chunk) if (group.card !== null) this.#released.delete(group.card)
        for (const { files } of chunk)
          for (const file of files) this.#settling.drop(comparable(file.relativePath))
        for (const uploadId of handed.verifiedOriginals)
          await clearSources(this.#ports, this.#folder, uploadId)
        this.#changed()
      }
      if (this.#retryMs !== RETRY_FIRST_MS) this.#problem = null
      this.#retryMs = RETRY_FIRST_MS
      this.#scheduleSettle()
    } catch (error) {
      const known = findAppError(error)
      if (!known) throw error
      if (known.code === 'cancelled') return
      // The files stay where they are, settled; they are tried again, at growing intervals.
      this.#problem = known.toView()
      this.#steps.at('settle', this.#retryMs)
      this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MOST_MS)
      this.#changed()
    }
  }

  /** A last look at each file, and at who has it open; what moved again waits again, its group with it. */
  async #confirmQuiet(groups: readonly ReadyGroup[]): Promise<ReadyGroup[]> {
    if (groups.length === 0) return []
    const all = groups.flatMap(({ files }) => files)
    const open =
      (await this.#ports.fileSystem.openForWriting(all.map((file) => file.path))) ?? new Set<string>()
    const restless = new Set<string>()
    const atMs = this.#ports.clock.monotonicMs()
    const look = async (file: IntakeFile) => {
      const entry = await this.#ports.fileSystem.stat(file.path).catch((error: unknown) => {
        if (!findAppError(error)) throw error
        return null
      })
      if (entry === null || entry.kind !== 'file') {
        restless.add(file.path)
        this.#settling.drop(comparable(file.relativePath))
      } else if (open.has(file.path)) {
        restless.add(file.path)
        this.#settling.disturb(file, atMs)
      } else if (!this.#settling.isUnchanged(this.#tree.intakeFile(entry))) {
        restless.add(file.path)
        this.#settling.see(this.#tree.intakeFile(entry), atMs)
      }
    }
    for (let at = 0; at < all.length; at += 128) await Promise.all(all.slice(at, at + 128).map(look))
    return groups.filter(({ files }) => !files.some((file) => restless.has(file.path)))
  }

  /** Fields of the view, when the storage takes bytes. @throws AppError storage.unsupported network.* api.* */
  async #viewFields(): Promise<PlannedField[] | null> {
    const atMs = this.#ports.clock.monotonicMs()
    if (this.#fields === null || atMs - this.#fields.atMs > FIELDS_KEPT_MS) {
      const problem = await this.#ports.planner.storageProblem(this.#folder.rules, this.#steps.signal)
      if (problem !== null) throw new AppError('storage.unsupported', problem, { retry: { when: 'later' } })
      this.#fields = {
        atMs,
        value: await this.#ports.planner.fieldsOf(this.#folder.rules, this.#steps.signal),
      }
    }
    return this.#fields.value
  }

  /** Uploads that came to rest while nobody listened. */
  async #catchUpWithQueue(): Promise<void> {
    const uploads = new Set(
      this.#ports.journal.filesInState(this.#folder.id, 'sent').flatMap(({ uploadId }) => uploadId ?? []),
    )
    for (const uploadId of uploads) {
      const outcome = this.#ports.intake.outcome(uploadId)
      if (outcome) await concludeUpload(this.#ports, this.#folder, outcome)
    }
  }

  // ---- what a person sees ----

  view(): WatchFolderView {
    const { id, path: root, rules } = this.#folder
    const atMs = this.#ports.clock.monotonicMs()
    const known = this.#ports.journal.counts(id)
    const uploads = this.#ports.intake.countsOfWatchFolder(id)
    return {
      id,
      path: root,
      name: path.basename(root) || root,
      rules,
      state: this.#state(),
      coverage: this.#coverage(),
      counts: {
        files: known.sent + known.done + known.waits + known.kept + this.#settling.size,
        settling: this.#settling.size,
        queued: uploads.queued,
        uploading: uploads.uploading,
        done: uploads.done,
        needsYou: uploads.needsYou + known.waits + this.#tree.unreadableCount + this.#settling.hotCount(atMs),
      },
      settlingFiles: this.#settling
        .view(SETTLING_SHOWN, atMs)
        .map(({ path, sizeBytes, quietMs, neededMs }) => ({
          path,
          sizeBytes,
          quietSeconds: Math.floor(quietMs / 1000),
          neededSeconds: neededMs / 1000,
        })),
      problem: this.#problem,
    }
  }

  #state(): WatchFolderView['state'] {
    if (this.#presence !== 'present') return this.#presence
    if (this.#isLimited) return 'limited'
    if (this.#passWanted !== null) return 'catching-up'
    return this.#settling.size > 0 ? 'settling' : 'watching'
  }

  /** Said only as far as it is true: complete as of the last full pass, unless there is reason to look again. */
  #coverage(): WatchFolderView['coverage'] {
    const completeAsOf = this.#folder.completeAsOfMs
    const asOf = completeAsOf === null ? null : new Date(completeAsOf).toISOString()
    if (this.#presence === 'paused')
      return { kind: 'unknown', asOf, remaining: null, reason: 'It is paused.' }
    if (this.#presence === 'away' || this.#presence === 'failed')
      return { kind: 'unknown', asOf, remaining: null, reason: this.#problem?.message ?? 'It is away.' }
    if (this.#presence === 'starting' || this.#passWanted !== null || this.#hints.size > 0)
      return { kind: 'catching-up', asOf, remaining: this.#hints.size || null, reason: this.#passWanted }
    return { kind: 'complete', asOf, remaining: null, reason: null }
  }

  // ---- small things ----

  #save(folder: WatchFolderRecord): void {
    this.#folder = folder
    this.#tree.follow(folder)
    this.#ports.journal.saveFolder(folder)
  }

  #fail(error: unknown): void {
    const known = findAppError(error)
    this.#ports.logger.error('watching a folder failed', { path: this.#folder.path, reason: String(error) })
    this.#problem = (
      known ?? new AppError('bug', `Watching ${this.#folder.path} failed.`, { cause: error })
    ).toView()
    if (this.#presence === 'starting') {
      this.#presence = 'failed'
      this.#steps.at('away', RETRY_MOST_MS)
    } else if (this.#presence === 'present') {
      // Whatever the step was about to see is seen by the next pass.
      this.#passWanted ??= 'the last look failed'
      this.#steps.at('sweep', SWEEP_EVERY_MS)
    }
    this.#changed()
  }
}

function limitProblem(message: string): AppError {
  const command = 'sudo sysctl fs.inotify.max_user_watches=1048576'
  return new AppError(
    'watch.limit',
    `${message} Until the limit is lifted, it is scanned every minute. ${command}`,
    {
      details: { command },
    },
  )
}

/** Groups in portions that one commit takes; a group is never parted. */
function* chunksOf(groups: readonly ReadyGroup[]): Iterable<ReadyGroup[]> {
  let chunk: ReadyGroup[] = []
  let files = 0
  for (const group of groups) {
    chunk.push(group)
    files += group.files.length
    if (files < FILES_PER_PLAN) continue
    yield chunk
    chunk = []
    files = 0
  }
  if (chunk.length > 0) yield chunk
}
