import type { ErrorView } from '@contract/errors.ts'
import type { AttentionRow, CardView, WatchFolderView, WatchRules } from '@contract/watch-folders.ts'
import { sameInode } from '../../core/clip.ts'
import { AppError, findAppError } from '../../core/errors.ts'
import type { WalkEntry } from '../../ports/file-system.ts'
import type { UploadOutcome } from '../../ports/upload-intake.ts'
import type { WatchFolderRecord } from '../../ports/watch-journal.ts'
import { concludeMissed, concludeUpload } from './after-upload.ts'
import { attentionOf } from './attention.ts'
import { type Presence, folderView } from './folder-view.ts'
import { absolutePath, rulesMatter } from './hand-over.ts'
import { ReadyFiles } from './ready-files.ts'
import { RootEvents } from './root-events.ts'
import { SettlingFiles } from './settling-files.ts'
import { StepQueue } from './step-queue.ts'
import type { WatchPorts } from './watch-ports.ts'
import { watchedCards } from './watched-cards.ts'
import { lookAtRoot } from './watched-root.ts'
import { WatchedTree } from './watched-tree.ts'

/** How often directory dates are compared with the last look, for changes whose events were lost. */
const SWEEP_EVERY_MS = 5000
const PASS_EVERY_MS = 10 * 60_000
/** Without enough watches, passes have to do the work. */
const LIMITED_PASS_EVERY_MS = 60_000
/** So often it is tried whether the limit was lifted. */
const LIMITED_RETRY_MS = 5 * 60_000
const AWAY_CHECK_EVERY_MS = 5000
const FAILED_RETRY_MS = 60_000
const HINT_DELAY_MS = 50
const SETTLING_SHOWN = 50

/**
 * Watches one folder. A scan is the truth: at the start, every ten minutes, and whenever events may have been lost, everything is looked at and
 * compared with what is known; events only say where to look sooner. Work runs one step after another, so that a file is never handled twice at once.
 */
export class FolderWatch {
  readonly #ports: WatchPorts
  readonly #changed: () => void
  readonly #settling: SettlingFiles
  readonly #tree: WatchedTree
  readonly #ready: ReadyFiles
  readonly #events: RootEvents
  readonly #steps: StepQueue<'sweep' | 'settle' | 'hints' | 'away'>
  readonly #hints = new Set<string>()
  #folder: WatchFolderRecord
  #presence: Presence = 'starting'
  /** Why the folder is not watched, or what its last step failed at. */
  #trouble: ErrorView | null = null
  /** Why files that are ready could not be handed over. */
  #handOverProblem: ErrorView | null = null
  #passWanted: string | null = null
  #lastPassMs = 0
  #openedMs = 0
  /** Hints that are being followed. */
  #lookingAt = 0
  /** Folders whose date shows that something was missed there, until they were read. */
  #foldersToRead = 0
  #arrived: Promise<void> = Promise.resolve()
  #restarting: Promise<void> = Promise.resolve()
  #isOver = false

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
    this.#ready = new ReadyFiles(ports, this.#settling, this.#tree)
    this.#events = new RootEvents(ports, {
      at: (file) => this.#hint(file),
      lost: (reason) => this.rescan(reason),
      gone: () => void this.#steps.add(() => this.#sweep()),
      failed: () => {
        this.rescan('the watcher failed')
        this.#changed()
      },
    })
    this.#steps = new StepQueue(
      ports.clock,
      {
        sweep: () => this.#sweepAndGoOn(),
        settle: () => this.#takeReady(),
        hints: () => this.#followHints(),
        away: () => this.#arrive(),
      },
      (error) => this.#fail(error),
    )
  }

  get folder(): WatchFolderRecord {
    return this.#folder
  }

  /** Resolves when the first pass is over and events are being delivered (or the folder is away). */
  get ready(): Promise<void> {
    return this.#arrived
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
    const unread = this.#folder.unreadRules ?? []
    if (unread.length > 0) {
      this.#presence = 'failed'
      this.#trouble = new AppError(
        'store.failed',
        `Rules of ${this.#folder.path} cannot be read (${unread.join(', ')}). Look through them and save them; nothing is taken before.`,
      ).toView()
      return
    }
    this.#steps.start()
    this.#presence = 'starting'
    this.#trouble = null
    this.#handOverProblem = null
    this.#arrived = this.#steps.add(() => this.#arrive())
  }

  /** For good: nothing starts it again. */
  async stop(): Promise<void> {
    this.#isOver = true
    await this.#rest()
    await this.#restarting
  }

  async #rest(): Promise<void> {
    this.#steps.halt()
    await this.#events.close()
    await this.#steps.stop()
    this.#settling.clear()
    this.#hints.clear()
    this.#tree.forgetDates()
  }

  /** One restart after another, so that two of them never watch at once. */
  #restart(): Promise<void> {
    this.#restarting = this.#restartAfter(this.#restarting)
    return this.#restarting
  }

  async #restartAfter(before: Promise<void>): Promise<void> {
    await before
    await this.#rest()
    if (!this.#isOver) this.start()
  }

  async setPaused(paused: boolean): Promise<void> {
    if (paused === this.#folder.paused) return
    this.#save({ ...this.#folder, paused })
    await this.#restart()
    this.#changed()
  }

  /** New rules hold for what comes and for what waits; what was uploaded is left alone. */
  setRules(rules: WatchRules): void {
    const { rules: before, unreadRules: unread = [] } = this.#folder
    this.#save({ ...this.#folder, rules, unreadRules: [] })
    this.#settling.setTimes(rules.settleSeconds * 1000, rules.groupSettleSeconds * 1000)
    this.#ready.forgetTarget()
    if (unread.length > 0) return void this.#restart()
    if (!rulesMatter(before, rules)) return this.#scheduleSettle()
    this.#forgetWaiting(null)
    if (before.watcher !== rules.watcher || before.pollSeconds !== rules.pollSeconds) void this.#restart()
    else this.rescan('the rules changed')
  }

  /** Looks again at files that wait for a person. @param paths absolute; null for all of them */
  retry(paths: readonly string[] | null): void {
    this.#forgetWaiting(paths)
    this.#ready.forgetTarget()
    this.rescan('files that waited are looked at again')
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
    const files = this.#ready.releaseCard(this.#folder, cardPath)
    this.#scheduleSettle()
    this.#changed()
    return files
  }

  /** Files that a person has to see to, the first so many. */
  attention(most: number): AttentionRow[] {
    return attentionOf(this.#ports, this.#folder, this.#tree, this.#settling, most)
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
    this.#trouble = null
    this.#presence = 'starting'
    this.#passWanted = 'starting'
    this.#save({ ...this.#folder, rootInode: root.inode })
    await concludeMissed(this.#ports, this.#folder)
    await this.#passIfWanted()
    if (!this.#isHere()) return
    await this.#openWatcher()
    // What changed between the pass and the first event shows in the directory dates.
    await this.#sweep()
    if (!this.#isHere()) return
    this.#presence = 'present'
    this.#steps.at('sweep', SWEEP_EVERY_MS)
    this.#changed()
  }

  /** The root as it is now; null, and the folder counts as away from then on, when it is not there. */
  async #lookAtRoot(): Promise<WalkEntry | null> {
    const found = await lookAtRoot(this.#ports, this.#folder)
    if ('root' in found) return found.root
    await this.#leave(found.away)
    return null
  }

  /** The root is away: nothing is deleted, nothing is forgotten; it is looked for until it is back. */
  async #leave(message: string): Promise<void> {
    const isNews = this.#presence !== 'away' || this.#trouble?.message !== message
    this.#presence = 'away'
    this.#trouble = new AppError('file.missing', message, { retry: { when: 'later' } }).toView()
    this.#settling.clear()
    this.#hints.clear()
    this.#tree.forgetDates()
    this.#steps.cancel('sweep', 'settle', 'hints')
    await this.#events.close()
    this.#steps.at('away', AWAY_CHECK_EVERY_MS)
    if (isNews) this.#changed()
  }

  async #sweepAndGoOn(): Promise<void> {
    await this.#sweep()
    if (this.#isHere()) this.#steps.at('sweep', Math.max(SWEEP_EVERY_MS, this.#tree.folderCount))
  }

  /** Asked after each step that may have found the root gone. */
  #isHere(): boolean {
    return this.#presence === 'present' || this.#presence === 'starting'
  }

  async #openWatcher(): Promise<void> {
    this.#openedMs = this.#ports.clock.monotonicMs()
    await this.#events.open(
      this.#folder,
      (file) => this.#tree.isIgnored(file),
      Math.max(this.#tree.fileCount, this.#settling.size),
    )
  }

  /** Another watcher, when so many files came that this one costs too much, or when the limit may have been lifted. */
  async #reopenIfWorthwhile(): Promise<void> {
    const openForMs = this.#ports.clock.monotonicMs() - this.#openedMs
    const isDue = !this.#events.isLimited
      ? this.#events.isOutgrown(Math.max(this.#tree.fileCount, this.#settling.size))
      : openForMs >= LIMITED_RETRY_MS
    if (!isDue) return
    await this.#openWatcher()
    // What happened in between shows in the dates of folders, but for files that were written to in place.
    this.#passWanted ??= 'it is watched in another way now'
    this.#changed()
  }

  // ---- looking ----

  #hint(file: string): void {
    if (this.#steps.signal.aborted) return
    this.#hints.add(file)
    this.#steps.at('hints', HINT_DELAY_MS)
  }

  async #followHints(): Promise<void> {
    const paths = [...this.#hints]
    this.#hints.clear()
    this.#lookingAt = paths.length
    await this.#tree.lookAtAll(paths, this.#steps.signal).finally(() => (this.#lookingAt = 0))
    this.#scheduleSettle()
    this.#changed()
  }

  /** Everything is looked at, if there is a reason to. */
  async #passIfWanted(): Promise<void> {
    if (this.#passWanted === null) return
    const startedMs = this.#ports.clock.nowMs()
    const vanished = await this.#tree.fullPass(this.#steps.signal)
    // A volume that went while it was being looked at has not lost its files.
    const root = await this.#lookAtRoot()
    if (!root || !sameInode(root.inode, this.#folder.rootInode)) return
    this.#tree.forgetVanished(vanished)
    this.#passWanted = null
    this.#trouble = null
    this.#lastPassMs = this.#ports.clock.monotonicMs()
    this.#save({ ...this.#folder, completeAsOfMs: startedMs })
    this.#scheduleSettle()
    this.#changed()
  }

  /** Compares the dates of all folders with those at the last look: a mismatch shows what events missed. */
  async #sweep(): Promise<void> {
    const root = await this.#lookAtRoot()
    if (!root) return
    if (root.inode !== this.#folder.rootInode) {
      // Another volume, or a folder put in its place: the watcher holds on to the one that left.
      this.#save({ ...this.#folder, rootInode: root.inode })
      this.#passWanted = 'the folder came back'
      await this.#openWatcher()
    }
    await this.#reopenIfWorthwhile()
    this.#events.swept()
    const everyMs = this.#events.isLimited ? LIMITED_PASS_EVERY_MS : PASS_EVERY_MS
    if (this.#ports.clock.monotonicMs() - this.#lastPassMs >= everyMs) this.#passWanted ??= 'it is time'
    if (this.#passWanted !== null) await this.#passIfWanted()
    else
      await this.#tree.compareFolderDates(this.#steps.signal, (folders) => {
        const isNews = folders > 0 !== this.#foldersToRead > 0
        this.#foldersToRead = folders
        if (isNews) this.#changed()
      })
    this.#scheduleSettle()
  }

  // ---- settling and handing over ----

  #scheduleSettle(): void {
    const dueMs = this.#isHere() ? this.#ready.nextDueMs() : null
    // A little later, so that files that become ready together go together.
    if (dueMs !== null) this.#steps.at('settle', dueMs + 100)
  }

  async #takeReady(): Promise<void> {
    const problem = await this.#ready.take(this.#folder, this.#steps.signal, this.#changed)
    const isNews = problem?.message !== this.#handOverProblem?.message
    this.#handOverProblem = problem?.toView() ?? null
    this.#scheduleSettle()
    if (isNews) this.#changed()
  }

  view(): WatchFolderView {
    const { id } = this.#folder
    const atMs = this.#ports.clock.monotonicMs()
    const known = this.#ports.journal.counts(id)
    const uploads = this.#ports.intake.countsOfWatchFolder(id)
    return folderView({
      folder: this.#folder,
      presence: this.#presence,
      isLimited: this.#events.isLimited,
      passReason: this.#passWanted,
      unseen: this.#hints.size + this.#lookingAt + this.#foldersToRead,
      counts: {
        files: known.sent + known.done + known.waits + known.kept + this.#settling.size,
        settling: this.#settling.size,
        queued: uploads.queued,
        uploading: uploads.uploading,
        done: uploads.done,
        needsYou:
          uploads.needsYou + known.waits + this.#tree.unreadableCount + this.#settling.hot(atMs).length,
      },
      settling: this.#settling.view(SETTLING_SHOWN, atMs),
      problem: this.#trouble ?? this.#events.problem?.toView() ?? this.#handOverProblem,
    })
  }

  // ---- small things ----

  /** What waited is news again to the next look. */
  #forgetWaiting(paths: readonly string[] | null): void {
    const wanted = paths === null ? null : new Set(paths)
    const waiting = this.#ports.journal
      .filesInState(this.#folder.id, 'waits')
      .filter(({ relativePath }) => wanted?.has(absolutePath(this.#folder, relativePath)) ?? true)
    this.#ports.journal.forget(
      this.#folder.id,
      waiting.map(({ key }) => key),
    )
  }

  #save(folder: WatchFolderRecord): void {
    this.#folder = folder
    this.#tree.follow(folder)
    this.#ports.journal.saveFolder(folder)
  }

  #fail(error: unknown): void {
    const known = findAppError(error)
    this.#ports.logger.error('watching a folder failed', { path: this.#folder.path, reason: String(error) })
    this.#trouble = (
      known ?? new AppError('bug', `Watching ${this.#folder.path} failed.`, { cause: error })
    ).toView()
    if (this.#presence === 'starting') {
      this.#presence = 'failed'
      this.#steps.at('away', FAILED_RETRY_MS)
    } else if (this.#presence === 'present') {
      // Whatever the step was about to see is seen by the next pass.
      this.#passWanted ??= 'the last look failed'
      this.#steps.at('sweep', SWEEP_EVERY_MS)
    } else this.#steps.at('away', FAILED_RETRY_MS)
    this.#changed()
  }
}
