import { AppError, findAppError } from '../../core/errors.ts'
import type { PlannedField } from '../../core/intake/describe-clip.ts'
import { comparable } from '../../core/intake/path-names.ts'
import type { WatchFolderRecord } from '../../ports/watch-journal.ts'
import { concludeUpload } from './after-upload.ts'
import { handOver, intakeFileOf } from './hand-over.ts'
import type { ReadyGroup, SettlingFiles } from './settling-files.ts'
import { waitingFiles } from './watched-cards.ts'
import type { WatchPorts } from './watch-ports.ts'
import type { WatchedTree } from './watched-tree.ts'

/** Files of one commit to the queue. */
const FILES_PER_PLAN = 1000
const RETRY_FIRST_MS = 2000
const RETRY_MOST_MS = 60_000
const FIELDS_KEPT_MS = 60_000
/** Files that are ready so soon after others came with them. */
const SOON_MS = 500

/** Takes files that have come to rest: a last look at each, then over to the queue. What cannot be handed over now is tried again, ever more seldom. */
export class ReadyFiles {
  readonly #ports: WatchPorts
  readonly #settling: SettlingFiles
  readonly #tree: WatchedTree
  /** Cards whose incomplete clips a person takes as they are, until they were handed over. */
  readonly #released = new Set<string>()
  #retryMs = RETRY_FIRST_MS
  #notBeforeMs = 0
  #fields: { atMs: number; value: PlannedField[] | null } | null = null

  constructor(ports: WatchPorts, settling: SettlingFiles, tree: WatchedTree) {
    this.#ports = ports
    this.#settling = settling
    this.#tree = tree
  }

  /** What was learnt of the target is asked for again, and tried at once. */
  forgetTarget(): void {
    this.#fields = null
    this.#notBeforeMs = 0
  }

  /** How long until something could be taken; null when nothing settles. */
  nextDueMs(): number | null {
    const atMs = this.#ports.clock.monotonicMs()
    const dueMs = this.#settling.nextDueMs(atMs)
    return dueMs === null ? null : Math.max(dueMs, this.#notBeforeMs - atMs)
  }

  /** Incomplete clips of a card go as they are, as soon as they are looked at. @returns files that this concerns */
  releaseCard(folder: WatchFolderRecord, cardPath: string): number {
    const { files, cards } = waitingFiles(this.#ports, folder, cardPath)
    for (const card of cards) this.#released.add(card)
    const longAgoMs = this.#ports.clock.monotonicMs() - folder.rules.groupSettleSeconds * 1000
    for (const file of files) this.#settling.see(intakeFileOf(folder, file), longAgoMs)
    this.#notBeforeMs = 0
    return files.length
  }

  /**
   * Hands over what is due.
   *
   * @param progressed called whenever some of it was handed over
   * @returns why not all of it could be, for now; null when nothing stands in the way
   */
  async take(
    folder: WatchFolderRecord,
    signal: AbortSignal,
    progressed: () => void,
  ): Promise<AppError | null> {
    const atMs = this.#ports.clock.monotonicMs()
    if (atMs < this.#notBeforeMs) return null
    try {
      const ready = await this.#confirmQuiet(this.#settling.due(atMs))
      if (ready.length > 0) {
        await this.#ports.intake.whileTakingIn(() => this.#handOverAll(folder, ready, signal, progressed))
        this.#expectMore(signal)
      }
      this.#retryMs = RETRY_FIRST_MS
      return null
    } catch (error) {
      const known = findAppError(error)
      if (!known) throw error
      if (known.code === 'cancelled') return null
      // The files stay where they are, settled.
      this.#notBeforeMs = this.#ports.clock.monotonicMs() + this.#retryMs
      this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MOST_MS)
      return known
    }
  }

  /** What follows at once is still the same burst: its uploads go on standing back. */
  #expectMore(signal: AbortSignal): void {
    const dueMs = this.nextDueMs()
    if (dueMs === null || dueMs > SOON_MS) return
    const { intake, clock } = this.#ports
    void intake.whileTakingIn(() => clock.sleep(dueMs + SOON_MS, signal).catch(() => undefined))
  }

  async #handOverAll(
    folder: WatchFolderRecord,
    ready: readonly ReadyGroup[],
    signal: AbortSignal,
    progressed: () => void,
  ): Promise<void> {
    for (const chunk of chunksOf(ready)) {
      signal.throwIfAborted()
      const fields = await this.#viewFields(folder, signal)
      const handed = await handOver(this.#ports, folder, chunk, fields, signal, this.#released)
      for (const { group } of chunk) if (group.card !== null) this.#released.delete(group.card)
      for (const { files } of chunk)
        for (const file of files) this.#settling.drop(comparable(file.relativePath))
      for (const uploadId of handed.verifiedOriginals) {
        const outcome = this.#ports.intake.outcome(uploadId)
        if (outcome) await concludeUpload(this.#ports, folder, outcome)
      }
      progressed()
    }
  }

  /** A last look at each file, at who has it open, and at uploads on their way that may take it; what moved again waits again, its group with it. */
  async #confirmQuiet(groups: readonly ReadyGroup[]): Promise<ReadyGroup[]> {
    if (groups.length === 0) return []
    const all = groups.flatMap(({ files }) => files)
    const open =
      (await this.#ports.fileSystem.openForWriting(all.map((file) => file.path))) ?? new Set<string>()
    const restless = new Set<string>()
    const atMs = this.#ports.clock.monotonicMs()
    const entries = await this.#ports.fileSystem.statAll(all.map((file) => file.path))
    const mayBeTaken = this.#ports.intake.mayTakeAlong(all)
    for (const [at, file] of all.entries()) {
      const entry = entries[at]
      if (entry === undefined || entry instanceof AppError || entry.kind !== 'file') {
        restless.add(file.path)
        this.#settling.drop(comparable(file.relativePath))
      } else if (open.has(file.path) || mayBeTaken.has(file.path)) {
        restless.add(file.path)
        this.#settling.disturb(file, atMs)
      } else if (!this.#settling.isUnchanged(this.#tree.intakeFile(entry))) {
        restless.add(file.path)
        this.#settling.see(this.#tree.intakeFile(entry), atMs)
      }
    }
    return groups.filter(({ files }) => !files.some((file) => restless.has(file.path)))
  }

  /** Fields of the view, when the storage takes bytes. @throws AppError storage.unsupported network.* api.* */
  async #viewFields({ rules }: WatchFolderRecord, signal: AbortSignal): Promise<PlannedField[] | null> {
    const atMs = this.#ports.clock.monotonicMs()
    if (this.#fields === null || atMs - this.#fields.atMs > FIELDS_KEPT_MS) {
      const problem = await this.#ports.planner.storageProblem(rules, signal)
      if (problem !== null) throw new AppError('storage.unsupported', problem, { retry: { when: 'later' } })
      this.#fields = { atMs, value: await this.#ports.planner.fieldsOf(rules, signal) }
    }
    return this.#fields.value
  }
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
