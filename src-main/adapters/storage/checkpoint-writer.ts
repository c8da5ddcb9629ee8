/**
 * Writes checkpoints one after another. What changes while one is being written goes into the next, so that a thousand
 * parts a second do not mean a thousand writes.
 */
export class CheckpointWriter {
  readonly #save: () => Promise<void>
  #running: Promise<void> | null = null
  #next: Promise<void> | null = null

  /** @param save writes the state as it is when it is called */
  constructor(save: () => Promise<void>) {
    this.#save = save
  }

  /** Resolves when the state as it is now is durable. */
  write(): Promise<void> {
    if (this.#running === null) return this.#start()
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = null
        return this.#start()
      })
    return this.#next
  }

  #start(): Promise<void> {
    const running = this.#save().finally(() => {
      if (this.#running === running) this.#running = null
    })
    this.#running = running
    return running
  }
}
