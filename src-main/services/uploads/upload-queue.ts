import type { UploadId } from '@contract/ids.ts'
import { findAppError } from '../../core/errors.ts'
import { limitHolds } from '../../core/upload/bandwidth.ts'
import { chooseUploads, mostTiny, roomBeside } from '../../core/upload/choose-uploads.ts'
import { FEWEST_SMALL, nextMostSmall } from '../../core/upload/room-for-person.ts'
import { backOffMs } from '../../core/upload/retry-policy.ts'
import { STALE_RUNNER_MS } from '../../core/upload/upload-record.ts'
import type { UploadRecord } from '../../core/upload/upload-record.ts'
import { BandwidthLimit } from './bandwidth-limit.ts'
import { CollectionTree } from './collection-tree.ts'
import { ProgressBook } from './progress-book.ts'
import type { PaceSettings, UploadDependencies, UploadSession } from './session.ts'
import { StorageChoice } from './storage-choice.ts'
import { runUpload } from './upload-run.ts'
import type { RunOutcome } from './upload-run.ts'

const HEARTBEAT_MS = 2000
/** How often a full disk is tried again. */
const STORE_PROBE_MS = 5000

/** So often it is looked at how busy the process is. */
const ROOM_EVERY_MS = 200

/** How long small uploads stand back for what is being taken in. */
const LONGEST_YIELD_MS = 10_000

/** Why nothing moves although something waits. */
export type QueueHold =
  | { reason: 'offline'; sinceMs: number }
  | { reason: 'signed-out' }
  /** The disk that holds the journal takes nothing more: without a row nothing is sent. */
  | { reason: 'store-full'; sinceMs: number }
  | { reason: 'other-runner'; pid: number }
  | null

export interface QueueOptions {
  session: () => UploadSession | null
  /** The server refused the token of this session. */
  onRejected: (session: UploadSession) => void
  pace: () => PaceSettings
  owner: { ownerId: string; pid: number }
  /** The last upload that ran has come to rest, and none follows it. */
  onRest?: () => void
}

interface SessionParts {
  session: UploadSession
  storages: StorageChoice
  collections: CollectionTree
}

interface Running {
  upload: UploadRecord
  session: UploadSession
  abort: AbortController
  done: Promise<void>
}

/**
 * Runs the uploads of the signed-in account, several at a time, while it holds the journal's lock; else it waits for the lock.
 * Its owner calls `tick` a few times a second; whatever was asked for through the journal, by this process or another, is seen then.
 */
export class UploadQueue {
  readonly #deps: UploadDependencies
  readonly #options: QueueOptions
  readonly progress = new ProgressBook()
  readonly #running = new Map<UploadId, Running>()
  readonly #bandwidth: BandwidthLimit
  #perSession: SessionParts | null = null
  #hold: QueueHold = null
  #probeAtMs = 0
  #probes = 0
  #probing = false
  /** Uploads whose end could not be written down: their rows still say that somebody is at work on them. */
  readonly #unrecorded = new Set<UploadId>()
  #holdsLock = false
  #heartbeatAtMs = 0
  #stopped = false
  #refills = false
  #mostSmall = Number.POSITIVE_INFINITY
  #roomAtMs = 0
  /** Works that small uploads stand back for, and since when there was one of them all the time. */
  #takingIn = 0
  #yieldingSinceMs = 0

  constructor(deps: UploadDependencies, options: QueueOptions) {
    this.#deps = deps
    this.#options = options
    this.#bandwidth = new BandwidthLimit(deps.clock, () => this.limitNow())
  }

  get hold(): QueueHold {
    return this.#hold
  }

  /** Whether this process is the one that runs the queue. */
  get holdsLock(): boolean {
    return this.#holdsLock
  }

  get runningCount(): number {
    return this.#running.size
  }

  /** Looks at what there is to do and starts it. */
  tick(): void {
    if (this.#stopped || !this.#keepLock()) return
    const current = this.#current()
    this.#cutOthers(current?.session)
    if (!current) {
      this.#hold = { reason: 'signed-out' }
      return
    }
    this.#obey()
    this.#leaveRoom()
    if (this.#hold?.reason === 'other-runner') this.#hold = null
    if (this.#unrecorded.size > 0 && !this.#record()) return
    if (this.#hold) void this.#probe(current)
    else this.#startMore(current)
  }

  /** Few small uploads begin until the work is done, or has gone on for long. */
  async yieldTo<T>(work: () => Promise<T>): Promise<T> {
    if (this.#takingIn++ === 0) this.#yieldingSinceMs = this.#deps.clock.monotonicMs()
    try {
      return await work()
    } finally {
      if (--this.#takingIn === 0) this.#refillSoon()
    }
  }

  /** A person wants it tried now: waits for the network or a sign-in end at once. */
  nudge(): void {
    this.#probeAtMs = 0
    this.tick()
  }

  /** Stops cleanly: cuts what runs, waits until the journal has it all, lets the lock go. */
  async stop(): Promise<void> {
    this.#stopped = true
    for (const running of this.#running.values()) running.abort.abort()
    await Promise.allSettled([...this.#running.values()].map((running) => running.done))
    if (this.#holdsLock) this.#deps.journal.releaseRunner(this.#options.owner.ownerId)
    this.#holdsLock = false
  }

  /** One runner per journal: takes the lock when it is free, says that it lives while it has it. */
  #keepLock(): boolean {
    const { journal, clock } = this.#deps
    const nowMs = clock.nowMs()
    if (this.#holdsLock && clock.monotonicMs() < this.#heartbeatAtMs) return true
    this.#heartbeatAtMs = clock.monotonicMs() + HEARTBEAT_MS
    if (this.#holdsLock) {
      if (journal.heartbeat(this.#options.owner.ownerId, nowMs)) return true
      // Taken from us, as after a long sleep of the machine: whoever has it goes on with our rows.
      this.#holdsLock = false
      for (const running of this.#running.values()) running.abort.abort()
    }
    if (this.#running.size > 0 || !journal.acquireRunner(this.#options.owner, nowMs, STALE_RUNNER_MS)) {
      this.#hold = { reason: 'other-runner', pid: journal.runner(nowMs, STALE_RUNNER_MS)?.pid ?? 0 }
      return false
    }
    this.#holdsLock = true
    journal.clearActive()
    return true
  }

  #current(): SessionParts | null {
    const session = this.#options.session()
    if (!session) {
      this.#perSession = null
      return null
    }
    if (this.#perSession?.session !== session) {
      this.#perSession = {
        session,
        storages: new StorageChoice(session.api),
        collections: new CollectionTree(session, this.#deps.journal, this.#deps.clock),
      }
      if (this.#hold?.reason === 'signed-out') this.#hold = null
    }
    return this.#perSession
  }

  /** Whoever signed out or switched wants nothing sent for the account that was left; it goes on when that is back. */
  #cutOthers(session: UploadSession | undefined): void {
    for (const running of this.#running.values()) if (running.session !== session) running.abort.abort()
  }

  /** Cuts what a person paused or cancelled. */
  #obey(): void {
    for (const running of this.#running.values()) {
      if (running.abort.signal.aborted) continue
      const hold = this.#deps.journal.holdOf(running.upload.id) ?? 'cancelling'
      if (hold !== running.upload.hold) running.abort.abort()
    }
  }

  /** A person's clicks come before small files. */
  #leaveRoom(): void {
    const { clock, loopDelayMs } = this.#deps
    if (!loopDelayMs || clock.monotonicMs() < this.#roomAtMs) return
    this.#roomAtMs = clock.monotonicMs() + ROOM_EVERY_MS
    this.#mostSmall = nextMostSmall(
      this.#mostSmall,
      loopDelayMs(),
      mostTiny(this.#options.pace().parallelUploads),
    )
  }

  #startMore(current: SessionParts): void {
    const { journal, clock } = this.#deps
    const { accountId } = current.session
    for (const upload of journal.cancelling(accountId))
      if (!this.#running.has(upload.id) && upload.notBeforeMs <= clock.nowMs()) this.#start(upload, current)
    const slots = this.#options.pace().parallelUploads
    const room = roomBeside(
      [...this.#running.values()].map(({ upload }) => upload),
      slots,
      this.isYielding ? FEWEST_SMALL : this.#mostSmall,
    )
    if (room.free <= 0) return
    const waiting = (lane: 'small' | 'large', most: number) =>
      journal.runnable(accountId, clock.nowMs(), lane, most, this.#running)
    const candidates = [...waiting('small', room.small), ...waiting('large', room.large)]
    for (const upload of chooseUploads(candidates, room, slots)) this.#start(upload, current)
  }

  /** Whether small uploads stand back for what is being taken in. */
  get isYielding(): boolean {
    return this.#takingIn > 0 && this.#deps.clock.monotonicMs() - this.#yieldingSinceMs < LONGEST_YIELD_MS
  }

  #start(upload: UploadRecord, current: SessionParts): void {
    const abort = new AbortController()
    const context = {
      ...this.#deps,
      ...current,
      id: upload.id,
      progress: this.progress,
      throttle: this.#bandwidth.throttle.bind(this.#bandwidth),
      signal: abort.signal,
    }
    const done = runUpload(context, upload)
      .then((outcome) => this.#finished(upload.id, outcome, current.session))
      .catch((error: unknown) => {
        // The journal itself cannot be written: nothing is lost, and nothing can be gone on with either.
        this.#running.delete(upload.id)
        this.#unrecorded.add(upload.id)
        if (findAppError(error)?.code === 'store.full') this.#storeIsFull()
        this.#deps.logger.error('An upload could not be recorded.', {
          upload: upload.id,
          reason: error instanceof Error ? error.message : String(error),
        })
      })
    this.#running.set(upload.id, { upload, session: current.session, abort, done })
  }

  #finished(id: UploadId, outcome: RunOutcome, session: UploadSession): void {
    this.#running.delete(id)
    // What a server says to an account that was left is no word on the one that is here.
    const isOfNow = this.#options.session() === session
    if (outcome === 'offline' && isOfNow) this.#goOffline()
    if (outcome === 'signed-out' && isOfNow) this.#signedOut(session)
    if (!this.#stopped && !this.#hold) this.#refillSoon()
  }

  /** Those that end in one turn of the loop are replaced together. */
  #refillSoon(): void {
    if (this.#refills) return
    this.#refills = true
    setImmediate(() => {
      this.#refills = false
      const current = this.#current()
      if (this.#stopped || this.#hold || !this.#holdsLock || !current) return
      try {
        this.#startMore(current)
      } catch (error) {
        // The next tick says so, and tries again.
        this.#deps.logger.debug('The next uploads could not be read.', { reason: String(error) })
      }
      if (this.#running.size === 0) this.#options.onRest?.()
    })
  }

  /** What could not be written before; the queue goes on once it is. @returns whether everything is */
  #record(): boolean {
    const { journal, clock } = this.#deps
    if (this.#hold?.reason === 'store-full' && clock.monotonicMs() < this.#probeAtMs) return false
    try {
      for (const id of this.#unrecorded) {
        if (journal.get(id)?.active) journal.update(id, { active: false })
        this.#unrecorded.delete(id)
      }
    } catch (error) {
      if (findAppError(error)?.code !== 'store.full') throw error
      this.#storeIsFull()
      return false
    }
    if (this.#hold?.reason === 'store-full') this.#hold = null
    return true
  }

  #storeIsFull(): void {
    const { clock } = this.#deps
    if (this.#hold?.reason !== 'store-full') this.#hold = { reason: 'store-full', sinceMs: clock.nowMs() }
    this.#probeAtMs = clock.monotonicMs() + STORE_PROBE_MS
  }

  /** The queue waits and the person is asked. */
  #signedOut(session: UploadSession): void {
    if (this.#hold?.reason !== 'signed-out') this.#options.onRejected(session)
    this.#hold = { reason: 'signed-out' }
    this.#probes = 0
    this.#probeAtMs = this.#deps.clock.monotonicMs() + 15_000
  }

  #goOffline(): void {
    if (this.#hold?.reason === 'offline') return
    this.#hold = { reason: 'offline', sinceMs: this.#deps.clock.nowMs() }
    this.#probes = 0
    this.#probeAtMs = this.#deps.clock.monotonicMs() + 1000
  }

  /** Asks the server now and then whether it answers again, and whether it takes our credentials. */
  async #probe(current: SessionParts): Promise<void> {
    const { clock } = this.#deps
    if (this.#probing || clock.monotonicMs() < this.#probeAtMs) return
    this.#probing = true
    try {
      await current.session.api.auth.check()
      this.#hold = null
    } catch (error) {
      const code = findAppError(error)?.code
      if (code === 'auth.rejected' || code === 'auth.required') this.#signedOut(current.session)
      else if (this.#hold?.reason !== 'offline') this.#goOffline()
      this.#probes++
      this.#probeAtMs = clock.monotonicMs() + Math.min(15_000, backOffMs(this.#probes, this.#deps.random()))
    } finally {
      this.#probing = false
    }
    if (this.#hold) return
    try {
      this.tick()
    } catch (error) {
      // Nobody waits for this; the next tick says so to its caller.
      this.#deps.logger.debug('The queue could not go on at once.', { reason: String(error) })
    }
  }

  /** Bytes a second that may be sent now; null without a limit. */
  limitNow(): number | null {
    const { limitBytesPerSecond, limitSchedule } = this.#options.pace()
    if (limitBytesPerSecond === null) return null
    const now = new Date(this.#deps.clock.nowMs())
    return limitHolds(limitSchedule, { weekday: now.getDay(), hour: now.getHours() })
      ? limitBytesPerSecond
      : null
  }
}
