import type { HashStreams } from '../../ports/hash-streams.ts'

/** Memory of one part while it is read, hashed and sent. */
export interface PartBuffer {
  bytes: Uint8Array
  release(): void
}

/**
 * Lends memory to the parts in flight, all transfers together, within one budget: however many or large the files are,
 * memory stays the same. A part larger than the budget gets its memory when nothing else is lent.
 */
export class PartMemory {
  readonly #streams: HashStreams
  readonly #budgetBytes: number
  readonly #waiting: { sizeBytes: number; start: () => void }[] = []
  #free: Uint8Array[] = []
  #lentBytes = 0

  constructor(streams: HashStreams, budgetBytes: number) {
    this.#streams = streams
    this.#budgetBytes = budgetBytes
  }

  /** First come, first served. Rejects with the signal's reason when it is aborted while waiting. */
  async lend(sizeBytes: number, signal: AbortSignal): Promise<PartBuffer> {
    signal.throwIfAborted()
    if (this.#waiting.length > 0 || !this.#fits(sizeBytes)) await this.#wait(sizeBytes, signal)
    else this.#lentBytes += sizeBytes
    const memory = this.#take(sizeBytes)
    let lent = true
    return {
      bytes: memory.subarray(0, sizeBytes),
      release: () => {
        if (!lent) return
        lent = false
        this.#lentBytes -= sizeBytes
        this.#keep(memory)
        this.#serve()
      },
    }
  }

  #fits(sizeBytes: number): boolean {
    return this.#lentBytes === 0 || this.#lentBytes + sizeBytes <= this.#budgetBytes
  }

  #wait(sizeBytes: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const entry = {
        sizeBytes,
        start: () => {
          signal.removeEventListener('abort', giveUp)
          resolve()
        },
      }
      const giveUp = () => {
        const at = this.#waiting.indexOf(entry)
        if (at >= 0) this.#waiting.splice(at, 1)
        reject(signal.reason as Error)
        this.#serve()
      }
      signal.addEventListener('abort', giveUp, { once: true })
      this.#waiting.push(entry)
    })
  }

  #serve(): void {
    for (let next = this.#waiting[0]; next && this.#fits(next.sizeBytes); next = this.#waiting[0]) {
      this.#waiting.shift()
      this.#lentBytes += next.sizeBytes
      next.start()
    }
  }

  /** The smallest kept memory that is large enough, but not many times too large; else new memory. */
  #take(sizeBytes: number): Uint8Array {
    let best = -1
    for (const [index, memory] of this.#free.entries()) {
      const fits = memory.length >= sizeBytes && memory.length <= Math.max(sizeBytes * 4, 64 * 1024)
      if (fits && (best < 0 || memory.length < (this.#free[best] as Uint8Array).length)) best = index
    }
    return best >= 0 ? (this.#free.splice(best, 1)[0] as Uint8Array) : this.#streams.allocate(sizeBytes)
  }

  #keep(memory: Uint8Array): void {
    this.#free.push(memory)
    let kept = this.#free.reduce((sum, { length }) => sum + length, 0)
    // Oldest first: sizes that are not asked for any more must not fill the budget.
    while (kept + this.#lentBytes > this.#budgetBytes && this.#free.length > 0)
      kept -= this.#free.shift()?.length ?? 0
  }
}
