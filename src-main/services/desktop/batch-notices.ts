import type { BatchId } from '@contract/ids.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Notifier } from '../../ports/notifier.ts'

/** How a batch stands. */
export interface BatchStanding {
  title: string
  done: number
  failed: number
  /** Not yet at rest, paused ones included. */
  open: number
}

export interface BatchNoticeOptions {
  standing: (batchId: BatchId) => BatchStanding | null
  mode: () => 'all' | 'problems' | 'off'
  /** Whether the person looks at the app already. */
  isWatched: () => boolean
  /** Brings the queue before the person. */
  show: () => void
}

/** Watch folders make a batch for every few files, so that what ends close together is told in one notice. */
const GATHER_MS = 5000

/** Tells by the system's notifications that batches ended, when nobody is looking at the app. */
export class BatchNotices {
  readonly #options: BatchNoticeOptions
  readonly #notifier: Notifier
  readonly #clock: Clock
  readonly #touched = new Set<BatchId>()
  #timer: { cancel(): void } | null = null

  constructor(notifier: Notifier, clock: Clock, options: BatchNoticeOptions) {
    this.#notifier = notifier
    this.#clock = clock
    this.#options = options
  }

  /** An upload of this batch came to rest. */
  noteEnded(batchId: BatchId): void {
    this.#touched.add(batchId)
    this.#timer ??= this.#clock.after(GATHER_MS, () => this.#tell())
  }

  /** The server does not take the token any more: nothing moves until somebody signs in. */
  askForSignIn(accountName: string): void {
    if (this.#options.mode() === 'off' || this.#options.isWatched()) return
    this.#notifier.notify({
      title: 'Ferry waits for you',
      body: `${accountName} does not take the token any more. Sign in again; the uploads go on where they were.`,
      onClick: this.#options.show,
    })
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
  }

  #tell(): void {
    this.#timer = null
    const ended: BatchStanding[] = []
    for (const batchId of this.#touched) {
      const standing = this.#options.standing(batchId)
      if (standing && standing.open > 0) continue
      this.#touched.delete(batchId)
      if (standing && standing.done + standing.failed > 0) ended.push(standing)
    }
    const mode = this.#options.mode()
    if (mode === 'off' || this.#options.isWatched()) return
    const worth = mode === 'all' ? ended : ended.filter(({ failed }) => failed > 0)
    if (worth.length > 0) this.#notifier.notify({ ...noticeOf(worth), onClick: this.#options.show })
  }
}

const clips = (count: number) => (count === 1 ? '1 clip' : `${count} clips`)

/** The words for batches that ended; plain text. */
export function noticeOf(batches: readonly BatchStanding[]): { title: string; body: string } {
  const done = batches.reduce((sum, batch) => sum + batch.done, 0)
  const failed = batches.reduce((sum, batch) => sum + batch.failed, 0)
  const [first] = batches
  const where = batches.length === 1 && first ? first.title : `${batches.length} batches`
  if (failed === 0) return { title: `${clips(done)} verified`, body: where }
  return {
    title: `${clips(failed)} could not be uploaded`,
    body: `${where}: ${done} verified, ${failed} failed.`,
  }
}
