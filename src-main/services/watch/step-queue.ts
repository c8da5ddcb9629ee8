import type { Clock } from '../../ports/clock.ts'

/**
 * Runs steps one after another, so that nothing is handled twice at once; some of them at a time. A step that fails is told of and does not stop the
 * others. After `stop` nothing runs until `start`.
 */
export class StepQueue<Name extends string> {
  readonly #clock: Clock
  readonly #steps: Record<Name, () => Promise<void>>
  readonly #failed: (error: unknown) => void
  readonly #timers = new Map<Name, { cancel(): void; atMs: number }>()
  #abort = new AbortController()
  #work: Promise<void> = Promise.resolve()
  #waiting = 0

  constructor(clock: Clock, steps: Record<Name, () => Promise<void>>, failed: (error: unknown) => void) {
    this.#clock = clock
    this.#steps = steps
    this.#failed = failed
  }

  /** Aborted when the queue is stopped. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  get isBusy(): boolean {
    return this.#waiting > 0
  }

  start(): void {
    this.#abort = new AbortController()
  }

  /** Resolves when the step that runs has ended. */
  async stop(): Promise<void> {
    this.halt()
    await this.#work
  }

  /** Cuts what runs; nothing more begins. */
  halt(): void {
    this.#abort.abort()
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
  }

  add(step: () => Promise<void>): Promise<void> {
    this.#waiting++
    this.#work = this.#runAfter(this.#work, this.#abort.signal, step)
    return this.#work
  }

  async #runAfter(before: Promise<void>, signal: AbortSignal, step: () => Promise<void>): Promise<void> {
    await before
    try {
      if (!signal.aborted) await step()
    } catch (error) {
      if (!signal.aborted) this.#failed(error)
    } finally {
      this.#waiting--
    }
  }

  /** Adds a named step after a delay; of two times the earlier one holds. */
  at(name: Name, delayMs: number): void {
    const atMs = this.#clock.monotonicMs() + delayMs
    const before = this.#timers.get(name)
    if (before && before.atMs <= atMs) return
    before?.cancel()
    const timer = this.#clock.after(delayMs, () => {
      this.#timers.delete(name)
      void this.add(this.#steps[name])
    })
    this.#timers.set(name, { cancel: () => timer.cancel(), atMs })
  }

  cancel(...names: Name[]): void {
    for (const name of names) {
      this.#timers.get(name)?.cancel()
      this.#timers.delete(name)
    }
  }
}
