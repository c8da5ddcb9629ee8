import type { UpdatesView } from '@contract/updates.ts'
import { AppError, findAppError } from '../../core/errors.ts'
import { offerIn, type UpdateOffer } from '../../core/updates/update-manifest.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Logger } from '../../ports/logger.ts'
import type { UpdateFeed } from '../../ports/update-feed.ts'

const FIRST_LOOK_MS = 60_000
const LOOK_EVERY_MS = 24 * 3600_000
const TELL_MS = 250
const LOOK_TIMEOUT_MS = 30_000

export interface UpdatesDependencies {
  /** null where this build looks nowhere. */
  feed: UpdateFeed | null
  running: { version: string; platform: string; arch: string }
  /** Whether the feed is read once a day without being asked. */
  mayLook: () => boolean
  /** Shows a file in the system's file manager. */
  reveal: (path: string) => void
  clock: Clock
  logger: Logger
}

/**
 * Newer versions of Ferry: found in a signed feed, fetched when the person wants it, and opened by the person. Nothing is ever
 * installed by itself, and what cannot be checked is not offered.
 */
export class Updates {
  readonly #deps: UpdatesDependencies
  readonly #listeners = new Set<(view: UpdatesView) => void>()
  readonly #stop = new AbortController()
  #view: UpdatesView
  #offer: UpdateOffer | null = null
  #path: string | null = null
  #busy: Promise<UpdatesView> | null = null
  #timer: { cancel(): void } | null = null
  #toldMs = 0

  constructor(deps: UpdatesDependencies) {
    this.#deps = deps
    this.#view = {
      state: deps.feed ? 'idle' : 'off',
      version: null,
      sizeBytes: null,
      doneBytes: 0,
      checkedAt: null,
      problem: null,
    }
  }

  view(): UpdatesView {
    return this.#view
  }

  /** @returns stops it */
  onChanged(listener: (view: UpdatesView) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Looks once a day from now on, where that is wanted. */
  start(): void {
    if (!this.#deps.feed) return
    const lookAfter = (delayMs: number) => {
      this.#timer = this.#deps.clock.after(delayMs, () => {
        if (this.#deps.mayLook() && this.#path === null) void this.check()
        lookAfter(LOOK_EVERY_MS)
      })
    }
    lookAfter(FIRST_LOOK_MS)
  }

  stop(): void {
    this.#timer?.cancel()
    this.#stop.abort(new AppError('cancelled', 'Ferry ends.'))
  }

  /** Reads the feed. Never throws; what goes wrong is in the view. */
  check(): Promise<UpdatesView> {
    return this.#alone(async (feed) => {
      this.#set({ state: 'checking', problem: null })
      const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(LOOK_TIMEOUT_MS)])
      this.#offer = null
      this.#path = null
      this.#set({ version: null, sizeBytes: null, doneBytes: 0 })
      this.#offer = offerIn(await feed.manifest(signal), this.#deps.running)
      this.#set({
        state: this.#offer ? 'available' : 'current',
        version: this.#offer?.version ?? null,
        sizeBytes: this.#offer?.file.sizeBytes ?? null,
        checkedAt: new Date(this.#deps.clock.nowMs()).toISOString(),
      })
    })
  }

  /** Brings the offered package here. Never throws; what goes wrong is in the view, and the version stays on offer. */
  download(): Promise<UpdatesView> {
    return this.#alone(async (feed) => {
      const offer = this.#offer
      if (!offer || this.#path !== null) return
      this.#set({ state: 'downloading', doneBytes: 0, problem: null })
      this.#path = await feed.fetch(offer.file, (doneBytes) => this.#progress(doneBytes), this.#stop.signal)
      this.#set({ state: 'ready', doneBytes: offer.file.sizeBytes })
    })
  }

  /** @throws AppError file.missing when there is none, update.refused when it changed since it was checked */
  async reveal(): Promise<void> {
    const { feed, reveal } = this.#deps
    if (!feed || !this.#offer || this.#path === null)
      throw new AppError('file.missing', 'No newer version was fetched.')
    if (!(await feed.isIntact(this.#offer.file, this.#path))) {
      this.#path = null
      this.#set({ state: 'available', doneBytes: 0 })
      throw new AppError('update.refused', `${this.#offer.file.name} is not what was fetched any more.`)
    }
    reveal(this.#path)
  }

  /** One step at a time; who asks meanwhile gets the one that is under way. */
  #alone(step: (feed: UpdateFeed) => Promise<void>): Promise<UpdatesView> {
    const { feed, logger } = this.#deps
    if (!feed) return Promise.resolve(this.#view)
    this.#busy ??= step(feed)
      .catch((error: unknown) => {
        const known = findAppError(error) ?? new AppError('bug', String(error), { cause: error })
        logger.warn('no update', { code: known.code, reason: known.message })
        this.#set({ state: this.#offer ? 'available' : 'idle', doneBytes: 0, problem: known.toView() })
      })
      .then(() => this.#view)
      .finally(() => (this.#busy = null))
    return this.#busy
  }

  #progress(doneBytes: number): void {
    const nowMs = this.#deps.clock.monotonicMs()
    if (nowMs - this.#toldMs < TELL_MS) return
    this.#toldMs = nowMs
    this.#set({ doneBytes })
  }

  #set(changes: Partial<UpdatesView>): void {
    this.#view = { ...this.#view, ...changes }
    for (const listener of this.#listeners) listener(this.#view)
  }
}
