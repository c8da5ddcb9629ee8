import { AppError } from '../../core/errors.ts'
import type { WatchHint, WatchSession } from '../../ports/file-watcher.ts'
import type { WatchFolderRecord } from '../../ports/watch-journal.ts'
import type { WatchPorts } from './watch-ports.ts'

/** So many hints within one sweep may have overflowed the kernel's queue, which holds 16,384. */
const STORM_HINTS = 8000
/** Sweeps do what events would tell: a watcher that never becomes ready holds nothing up for longer. */
const LONGEST_OPENING_MS = 60_000

/** What is made of the watcher's hints. */
export interface HeardEvents {
  /** Something changed there. */
  at(path: string): void
  /** Events were lost, or may have been: everything is to be looked at. */
  lost(reason: string): void
  /** The root itself went. */
  gone(): void
  /** The watcher does not work as it was asked (`problem` says why); scans do its work. */
  failed(): void
}

/** The watcher of one root while it is there: opened and closed, its hints counted, its failures explained. */
export class RootEvents {
  readonly #ports: Pick<WatchPorts, 'watcher' | 'clock' | 'logger'>
  readonly #heard: HeardEvents
  #session: WatchSession | null = null
  #generation = 0
  #hintsSinceSweep = 0
  #problem: AppError | null = null

  constructor(ports: Pick<WatchPorts, 'watcher' | 'clock' | 'logger'>, heard: HeardEvents) {
    this.#ports = ports
    this.#heard = heard
  }

  /** Why the watcher does not work as it was asked, with the command that lifts a limit; null while it does. */
  get problem(): AppError | null {
    return this.#problem
  }

  /** Whether the system allows no more watches. */
  get isLimited(): boolean {
    return this.#problem?.code === 'watch.limit'
  }

  /** Whether so many files are better watched in another way. */
  isOutgrown(fileCount: number): boolean {
    return this.#session?.isOutgrown?.(fileCount) ?? false
  }

  /** Opens the watcher, again if it was open. Resolves when events are being delivered. */
  async open(
    folder: WatchFolderRecord,
    isIgnored: (file: string) => boolean,
    fileCount: number,
  ): Promise<void> {
    await this.close()
    const generation = this.#generation
    const wasLimited = this.isLimited
    let problem: AppError | null = null
    const { rules, path: root } = folder
    const session = this.#ports.watcher.watch(
      root,
      {
        ...(rules.watcher === 'polling' ? { polling: { intervalMs: rules.pollSeconds * 1000 } } : {}),
        ignore: isIgnored,
        fileCount,
      },
      (hint) => {
        if (generation !== this.#generation) return
        if (hint.kind !== 'failed' || hint.reason === 'gone') return this.#hear(hint)
        // One failure for each folder that could not be watched: the first says it all.
        if (problem !== null) return
        this.#problem = problem = problemOf(hint)
        this.#ports.logger.warn('a watcher failed', { path: root, reason: hint.reason, text: hint.message })
        // Known already, when the watcher was opened once more to see whether the limit was lifted.
        if (!wasLimited || !this.isLimited) this.#heard.failed()
      },
    )
    this.#session = session
    await this.#within(session.ready, LONGEST_OPENING_MS)
    if (generation === this.#generation) this.#problem = problem
  }

  async #within(work: Promise<void>, mostMs: number): Promise<void> {
    let timer: { cancel(): void } | undefined
    const over = new Promise<void>((resolve) => (timer = this.#ports.clock.after(mostMs, resolve)))
    await Promise.race([work, over])
    timer?.cancel()
  }

  async close(): Promise<void> {
    this.#generation++
    const session = this.#session
    this.#session = null
    await session?.close()
  }

  /** A look at all folders makes up for what events missed until now. */
  swept(): void {
    this.#hintsSinceSweep = 0
  }

  #hear(hint: WatchHint): void {
    if (hint.kind === 'overflow') return this.#heard.lost('events were lost')
    if (hint.kind === 'failed') return this.#heard.gone()
    this.#hintsSinceSweep++
    if (this.#hintsSinceSweep === STORM_HINTS)
      this.#heard.lost('so much happened that events may have been lost')
    this.#heard.at(hint.path)
  }
}

function problemOf(hint: Extract<WatchHint, { kind: 'failed' }>): AppError {
  if (hint.reason !== 'limit')
    return new AppError('file.unreadable', hint.message, { retry: { when: 'later' } })
  const command = `sudo sysctl ${hint.setting}`
  return new AppError(
    'watch.limit',
    `${hint.message} Until the limit is lifted, it is scanned every minute. ${command}`,
    { details: { command } },
  )
}
