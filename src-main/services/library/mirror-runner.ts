import type { LibraryState } from '@contract/assets.ts'
import type { AssetId } from '@contract/ids.ts'
import { findAppError } from '../../core/errors.ts'
import type { AccountSession, OpenSession } from '../../ports/account-session.ts'
import type { Clock } from '../../ports/clock.ts'
import type { LibraryStore, PendingEdit } from '../../ports/library-store.ts'
import type { Logger } from '../../ports/logger.ts'
import { LibrarySync, type SyncProgress } from './library-sync.ts'
import { Outbox } from './outbox.ts'

const POLL_LOCAL_MS = 2_000
const POLL_ICONIK_MS = 10_000
const RETRY_MS = 15_000
/** When assets that somebody touched are read again: the index lags, and previews come later still. */
const NOTICED_AFTER_MS = [300, 1_500, 5_000, 15_000, 40_000, 90_000]

export interface RunnerDependencies {
  store: LibraryStore
  session: OpenSession
  accounts: AccountSession
  clock: Clock
  logger: Logger
  /** Something that `state` shows may have changed. */
  onChange: () => void
  /** Values of these assets changed on the server or were sent. */
  onMetadata: (assetIds: AssetId[]) => void
  /** An edit in the outbox got further. */
  onEdits: () => void
}

/** Keeps the mirror of a signed-in account in step with the server for as long as the session lasts. */
export class MirrorRunner {
  readonly #deps: RunnerDependencies
  readonly #sync: LibrarySync
  readonly #outbox: Outbox
  readonly #stop = new AbortController()
  readonly #noticed = new Map<AssetId, { dueMs: number; round: number }>()
  /** Edits that somebody waits for. */
  readonly #awaited = new Map<number, () => void>()
  #wake: () => void = () => {}
  #progress: SyncProgress | null = null
  #state: LibraryState['state'] = 'stale'
  #completeAsOf: string | null = null
  #nextStepMs = 0
  #ended: Promise<void> = Promise.resolve()

  constructor(deps: RunnerDependencies) {
    this.#deps = deps
    const { store, clock, session } = deps
    this.#sync = new LibrarySync({
      store,
      clock,
      api: session.api,
      onProgress: (progress) => {
        this.#progress = progress
        if (progress) this.#state = 'filling'
        deps.onChange()
      },
    })
    this.#outbox = new Outbox({
      store,
      api: session.api,
      clock,
      onProgress: (edit, touched) => this.#progressed(edit, touched),
    })
  }

  start(): void {
    this.#ended = this.#run()
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    this.#wake()
    await this.#ended
  }

  get view(): Pick<LibraryState, 'state' | 'completeAsOf' | 'filled'> {
    return { state: this.#state, completeAsOf: this.#completeAsOf, filled: this.#progress }
  }

  /** These assets changed, or will: they are read soon and again a few times. */
  noticed(ids: readonly AssetId[]): void {
    const now = this.#deps.clock.monotonicMs()
    for (const id of ids) this.#noticed.set(id, { dueMs: now + (NOTICED_AFTER_MS[0] ?? 0), round: 0 })
    this.#wake()
  }

  /** Reads assets now, past the polling. @throws AppError */
  reread(ids: readonly AssetId[], signal: AbortSignal): Promise<void> {
    return this.#sync.reread(ids, signal)
  }

  /** Looks for changes and sends edits now. */
  refresh(): void {
    this.#nextStepMs = 0
    this.#wake()
  }

  /** Sends what is in the outbox until one edit of it was dealt with, or `patienceMs` are over; the rest goes on behind. */
  async sendSoon(editId: number, patienceMs: number): Promise<void> {
    const { signal } = this.#stop
    const patience = new AbortController()
    const sending = this.#outbox.drain(signal).catch((error: unknown) => {
      if (!signal.aborted && !findAppError(error)) throw error
      // The loop finds out in what state the server is.
      this.refresh()
    })
    const settled = new Promise<void>((resolve) => this.#awaited.set(editId, resolve))
    const tired = this.#deps.clock.sleep(patienceMs, patience.signal).catch(() => {})
    try {
      await Promise.race([sending, settled, tired])
    } finally {
      this.#awaited.delete(editId)
      patience.abort()
    }
  }

  #progressed(edit: PendingEdit, touched: AssetId[]): void {
    if (edit.state !== 'waiting') this.#awaited.get(edit.id)?.()
    if (edit.kind === 'metadata') this.#deps.onMetadata(touched)
    if (edit.assetIds.length <= 500) this.noticed(touched)
    else if (edit.state !== 'waiting') this.refresh()
    this.#deps.onEdits()
    this.#deps.onChange()
  }

  async #run(): Promise<void> {
    const { clock, session } = this.#deps
    const { signal } = this.#stop
    while (!signal.aborted) {
      try {
        await this.#outbox.drain(signal)
        await this.#rereadNoticed(signal)
        if (clock.monotonicMs() >= this.#nextStepMs) {
          await this.#sync.step(signal)
          this.#nextStepMs = clock.monotonicMs() + (session.kind === 'local' ? POLL_LOCAL_MS : POLL_ICONIK_MS)
          this.#becomes('fresh')
        }
      } catch (error) {
        if (signal.aborted) return
        this.#failed(error)
      }
      await this.#sleepUntilDue()
    }
  }

  #failed(error: unknown): void {
    const { accounts, session, logger, clock } = this.#deps
    const known = findAppError(error)
    this.#nextStepMs = clock.monotonicMs() + RETRY_MS
    if (known?.code === 'auth.rejected') accounts.rejected(session)
    if (known?.code.startsWith('network.')) this.#becomes('offline')
    else {
      logger.warn('the library could not be brought up to date', { error })
      this.#becomes('stale')
    }
  }

  #becomes(state: LibraryState['state']): void {
    if (state === 'fresh') this.#completeAsOf = new Date(this.#deps.clock.nowMs()).toISOString()
    const isNews = state !== this.#state
    this.#state = state
    if (isNews) this.#deps.onChange()
  }

  async #rereadNoticed(signal: AbortSignal): Promise<void> {
    const now = this.#deps.clock.monotonicMs()
    const due = [...this.#noticed].filter(([, { dueMs }]) => dueMs <= now)
    if (due.length === 0) return
    await this.#sync.reread(
      due.map(([id]) => id),
      signal,
    )
    for (const [id, { round }] of due) {
      const next = NOTICED_AFTER_MS[round + 1]
      // It may have been noticed anew meanwhile.
      if (this.#noticed.get(id)?.round !== round) continue
      if (next === undefined) this.#noticed.delete(id)
      else this.#noticed.set(id, { dueMs: this.#deps.clock.monotonicMs() + next, round: round + 1 })
    }
  }

  #sleepUntilDue(): Promise<void> {
    const { clock } = this.#deps
    let dueMs = this.#nextStepMs
    // A server that cannot be reached is not asked again earlier for the sake of single assets.
    if (this.#state !== 'offline')
      for (const noticed of this.#noticed.values()) dueMs = Math.min(dueMs, noticed.dueMs)
    return new Promise((resolve) => {
      const timer = clock.after(Math.max(50, dueMs - clock.monotonicMs()), () => resolve())
      this.#wake = () => {
        timer.cancel()
        resolve()
      }
      if (this.#stop.signal.aborted) this.#wake()
    })
  }
}
