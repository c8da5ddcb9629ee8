import { randomUUID } from 'node:crypto'
import path from 'node:path'
import type { WatchFolderId } from '@contract/ids.ts'
import type {
  AttentionRow,
  CardView,
  RulePreviewRow,
  WatchFolderView,
  WatchRules,
} from '@contract/watch-folders.ts'
import { AppError } from '../../core/errors.ts'
import { makeIgnoreRules } from '../../core/intake/ignore-rules.ts'
import type { WatchFolderRecord } from '../../ports/watch-journal.ts'
import { DEFAULT_RULES } from '../../core/intake/watch-rules.ts'
import { refuseBadTemplates } from '../../core/intake/template-problems.ts'
import { contains, refuseWatchedDoneFolder } from './done-folder.ts'
import { FolderWatch } from './folder-watch.ts'
import { previewRules } from './preview-rules.ts'
import type { WatchPorts } from './watch-ports.ts'

const MOST_ATTENTION = 200
const ANNOUNCE_EVERY_MS = 500
/** Settling files count down, so that views go out while any do. */
const COUNTDOWN_EVERY_MS = 1000
const LONGEST_HALT_MS = 10_000

/** The watch folders of the signed-in account: kept in the journal, watched while the service runs. */
export class WatchFolders {
  readonly #ports: WatchPorts
  readonly #accountId: () => string | null
  readonly #watches = new Map<WatchFolderId, FolderWatch>()
  readonly #listeners = new Set<(views: WatchFolderView[]) => void>()
  #stopListening: (() => void) | null = null
  #announcement: { cancel(): void } | null = null
  #isRunning = false
  /** Raised by each start and stop: the latest holds. */
  #turn = 0

  constructor(ports: WatchPorts, accountId: () => string | null) {
    this.#ports = ports
    this.#accountId = accountId
  }

  /**
   * Starts every folder of the account, or only those at the given paths. Call it again after another account signed in.
   */
  async start(only?: readonly string[]): Promise<void> {
    const turn = (this.#turn += 1)
    await this.#haltWithin(LONGEST_HALT_MS)
    // Another account was chosen, or the end came, while the folders of the last one came to rest.
    if (turn !== this.#turn) return
    this.#isRunning = true
    this.#stopListening = this.#ports.intake.onOutcome((outcome) => {
      for (const watch of this.#watches.values()) watch.conclude(outcome)
    })
    const accountId = this.#accountId()
    for (const folder of this.#ports.journal.folders())
      if (folder.accountId === accountId && (only?.includes(folder.path) ?? true)) this.#watch(folder)
    this.#changed()
  }

  async stop(): Promise<void> {
    this.#turn += 1
    await this.#halt()
  }

  /** A folder on a share that hangs may never come to rest; it does nothing any more, and the others do not wait for it. */
  async #haltWithin(timeoutMs: number): Promise<void> {
    const halted = this.#halt()
    const patience = new AbortController()
    await Promise.race([halted, this.#ports.clock.sleep(timeoutMs, patience.signal).catch(() => undefined)])
    patience.abort()
  }

  async #halt(): Promise<void> {
    this.#isRunning = false
    this.#stopListening?.()
    this.#stopListening = null
    this.#announcement?.cancel()
    this.#announcement = null
    const watches = [...this.#watches.values()]
    this.#watches.clear()
    await Promise.all(watches.map((watch) => watch.stop()))
  }

  /** @returns stops it */
  onChanged(listener: (views: WatchFolderView[]) => void): () => void {
    this.#listeners.add(listener)
    this.#changed()
    return () => this.#listeners.delete(listener)
  }

  list(): WatchFolderView[] {
    return [...this.#watches.values()].map((watch) => watch.view())
  }

  /** Whether any folder has something that settles or is being looked at or handed over. */
  get isBusy(): boolean {
    return [...this.#watches.values()].some((watch) => watch.isBusy)
  }

  /** Resolves when every folder had its first pass and gets events. */
  async ready(): Promise<void> {
    await Promise.all([...this.#watches.values()].map((watch) => watch.ready))
  }

  /**
   * Watches a folder, now and after every start.
   *
   * @param paused takes nothing yet, until it goes on
   * @throws AppError watch.overlap naming both folders; file.missing file.unreadable file.unsupported; auth.required;
   *   contract.invalid-input for a pattern that cannot be read, or a token that means nothing
   */
  async add(given: string, changes: Partial<WatchRules>, paused = false): Promise<WatchFolderView> {
    const accountId = this.#accountId()
    if (accountId === null) throw new AppError('auth.required', 'Sign in before you add a watch folder.')
    if (!path.isAbsolute(given)) throw new AppError('file.missing', `“${given}” is not an absolute path.`)
    const folder = path.resolve(given)
    const entry = await this.#ports.fileSystem.stat(folder)
    if (entry.kind !== 'folder')
      throw new AppError('file.unreadable', `${folder} is not a folder.`, {
        details: { reason: 'It is not a folder.' },
      })
    this.#refuseOverlap(folder)
    const record: WatchFolderRecord = {
      id: randomUUID() as WatchFolderId,
      accountId,
      path: folder,
      rules: checkedRules(folder, { ...DEFAULT_RULES, ...changes }, [...this.#watches.values()]),
      paused,
      createdMs: this.#ports.clock.nowMs(),
      rootInode: '',
      completeAsOfMs: null,
    }
    this.#ports.journal.saveFolder(record)
    const watch = this.#watch(record)
    this.#changed()
    return watch.view()
  }

  /** Watches a folder with these rules, whether it was watched before or not. @throws AppError as `add` */
  async ensure(given: string, rules: Partial<WatchRules>): Promise<WatchFolderView> {
    const known = [...this.#watches.values()].find(({ folder }) => folder.path === path.resolve(given))
    return known ? this.update(known.folder.id, rules) : this.add(given, rules)
  }

  /** @throws AppError contract.invalid-input; watch.overlap for a place to move files to that is watched */
  update(id: WatchFolderId, changes: Partial<WatchRules>): WatchFolderView {
    const watch = this.#existing(id)
    const others = [...this.#watches.values()].filter((other) => other !== watch)
    watch.setRules(checkedRules(watch.folder.path, { ...watch.folder.rules, ...changes }, others))
    this.#changed()
    return watch.view()
  }

  async remove(id: WatchFolderId): Promise<void> {
    const watch = this.#existing(id)
    this.#watches.delete(id)
    await watch.stop()
    this.#ports.journal.removeFolder(id)
    this.#changed()
  }

  pause(id: WatchFolderId, paused: boolean): Promise<void> {
    return this.#existing(id).setPaused(paused)
  }

  rescan(id: WatchFolderId): void {
    this.#existing(id).rescan()
  }

  /** Camera cards below the folder, looked at now. @throws AppError file.missing file.unreadable cancelled */
  cards(id: WatchFolderId, signal: AbortSignal): Promise<CardView[]> {
    return this.#existing(id).cards(signal)
  }

  /** Takes the incomplete clips of a card as they are. @returns how many files that concerns */
  releaseCard(id: WatchFolderId, cardPath: string): number {
    return this.#existing(id).releaseCard(path.resolve(cardPath))
  }

  /** Files that a person has to see to, the most pressing first. */
  attention(id: WatchFolderId): AttentionRow[] {
    return this.#existing(id).attention(MOST_ATTENTION)
  }

  /** Looks again at files that wait. @param paths absolute; all of them when there is none */
  retry(id: WatchFolderId, paths: readonly string[]): void {
    this.#existing(id).retry(paths.length === 0 ? null : paths)
  }

  /** What rules would do to the files below a folder. @throws AppError file.missing file.unreadable */
  preview(
    folder: string,
    rules: Partial<WatchRules>,
    signal: AbortSignal,
  ): Promise<{ scanned: number; rows: RulePreviewRow[] }> {
    return previewRules(this.#ports, path.resolve(folder), { ...DEFAULT_RULES, ...rules }, signal)
  }

  #watch(folder: WatchFolderRecord): FolderWatch {
    const watch = new FolderWatch(this.#ports, folder, () => this.#changed())
    this.#watches.set(folder.id, watch)
    if (this.#isRunning) watch.start()
    return watch
  }

  #existing(id: WatchFolderId): FolderWatch {
    const watch = this.#watches.get(id)
    if (!watch) throw new AppError('file.missing', 'This folder is not watched any more.')
    return watch
  }

  #refuseOverlap(folder: string): void {
    for (const { folder: other } of this.#watches.values()) {
      if (!contains(other.path, folder) && !contains(folder, other.path)) continue
      throw new AppError('watch.overlap', `${folder} overlaps ${other.path}, which is watched already.`, {
        details: { other: other.path },
      })
    }
  }

  #changed(): void {
    if (this.#announcement !== null || this.#listeners.size === 0) return
    this.#announcement = this.#ports.clock.after(ANNOUNCE_EVERY_MS, () => {
      this.#announcement = null
      const views = this.list()
      for (const listener of this.#listeners) listener(views)
      if (views.some((view) => view.counts.settling > 0) && this.#listeners.size > 0)
        this.#announcement ??= this.#countdown()
    })
  }

  #countdown(): { cancel(): void } {
    return this.#ports.clock.after(COUNTDOWN_EVERY_MS - ANNOUNCE_EVERY_MS, () => {
      this.#announcement = null
      this.#changed()
    })
  }
}

/** @throws AppError contract.invalid-input; watch.overlap where verified files would go to a watched place */
function checkedRules(folder: string, rules: WatchRules, others: readonly FolderWatch[]): WatchRules {
  makeIgnoreRules(rules.ignore)
  // A template with a token that means nothing would give no value, to every file that ever comes.
  refuseBadTemplates(rules)
  refuseWatchedDoneFolder(
    { path: folder, rules },
    others.map((watch) => watch.folder),
  )
  return rules
}
