import PQueue from 'p-queue'
import { AppError } from '../../core/errors.ts'

/** What is fetched for all who asked for the same. */
export interface Wish {
  /** Aborted when nobody waits any more, or when it was given up. */
  readonly signal: AbortSignal
  /** Does the costly part when its turn comes: some at a time, the newest wish first. @param workMs the longest it may take, from its turn on */
  inTurn<R>(work: (signal: AbortSignal) => Promise<R>, workMs: number): Promise<R>
}

interface Open<T> {
  readonly abort: AbortController
  /** The later it was last wished for, the higher. */
  place: number
  /** Its id in the queue while it waits there. */
  turn: string | null
  isWorking: boolean
  waiterCount: number
  result: Promise<T>
}

/**
 * Wishes that come faster than they can be fulfilled, as when somebody scrolls past pictures: those who wish for the same share one
 * fetch, the newest goes first, what nobody waits for any more is dropped, and of too many the oldest are given up.
 */
export class Wishes<T> {
  readonly #queue: PQueue
  readonly #mostWaiting: number
  readonly #open = new Map<string, Open<T>>()
  #places = 0

  /** @param limits `mostWaiting` counts those whose turn has not come */
  constructor(limits: { atOnce: number; mostWaiting: number }) {
    this.#queue = new PQueue({ concurrency: limits.atOnce })
    this.#mostWaiting = limits.mostWaiting
  }

  /**
   * @param id of what is wished for
   * @param signal of the one who wishes
   * @throws what `fulfil` throws; the reason of the signal; AppError cancelled when it was given up for newer ones
   */
  async make(id: string, signal: AbortSignal, fulfil: (wish: Wish) => Promise<T>): Promise<T> {
    signal.throwIfAborted()
    let open = this.#open.get(id)
    // One that was given up answers nobody who asks after that.
    if (!open || open.abort.signal.aborted) open = this.#begin(id, fulfil)
    else this.#renew(id, open)
    const { result } = open
    open.waiterCount += 1
    return new Promise<T>((resolve, reject) => {
      const leave = () => {
        reject(signal.reason as Error)
        open.waiterCount -= 1
        if (open.waiterCount === 0) open.abort.abort(signal.reason)
      }
      signal.addEventListener('abort', leave, { once: true })
      result.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
    })
  }

  /** Resolves when the wishes that are open now and match have ended, well or badly. */
  async ended(isMeant: (id: string) => boolean): Promise<void> {
    await Promise.allSettled([...this.#open].filter(([id]) => isMeant(id)).map(([, { result }]) => result))
  }

  #begin(id: string, fulfil: (wish: Wish) => Promise<T>): Open<T> {
    const abort = new AbortController()
    const { signal } = abort
    const open: Open<T> = {
      abort,
      place: ++this.#places,
      turn: null,
      isWorking: false,
      waiterCount: 0,
      result: Promise.resolve().then(() =>
        fulfil({ signal, inTurn: (work, workMs) => this.#inTurn(open, work, workMs) }),
      ),
    }
    this.#open.set(id, open)
    const forget = () => {
      if (this.#open.get(id) === open) this.#open.delete(id)
    }
    open.result.then(forget, forget)
    this.#giveUpOldest()
    return open
  }

  /** Somebody wishes for it again: it goes before what was wished for meanwhile. */
  #renew(id: string, open: Open<T>): void {
    open.place = ++this.#places
    if (open.turn !== null) this.#queue.setPriority(open.turn, open.place)
    this.#open.delete(id)
    this.#open.set(id, open)
  }

  #giveUpOldest(): void {
    // Oldest first, as the map keeps them.
    const waiting = [...this.#open.values()].filter((open) => !open.isWorking && !open.abort.signal.aborted)
    for (const open of waiting.slice(0, Math.max(0, waiting.length - this.#mostWaiting)))
      open.abort.abort(new AppError('cancelled', 'Newer pictures were asked for meanwhile.'))
  }

  async #inTurn<R>(open: Open<T>, work: (signal: AbortSignal) => Promise<R>, workMs: number): Promise<R> {
    const { signal } = open.abort
    const turn = `wish ${open.place}`
    open.turn = turn
    try {
      return await this.#queue.add(
        async () => {
          open.turn = null
          open.isWorking = true
          return work(AbortSignal.any([signal, AbortSignal.timeout(workMs)]))
        },
        { id: turn, priority: open.place, signal },
      )
    } finally {
      open.turn = null
      open.isWorking = false
    }
  }
}
