import type { JournalTables } from './journal-tables.ts'

/** How long the end of an upload waits for others that end too, so that they share one wait for the disk. */
const SETTLE_TOGETHER_MS = 5

interface Ending {
  write: () => void
  resolve: () => void
  reject: (error: Error) => void
}

/** Ends of uploads are durable, and a wait for the disk is dear: what ends in the same moment is written in one transaction. */
export class EndTogether {
  readonly #tables: JournalTables
  #ending: Ending[] = []

  constructor(tables: JournalTables) {
    this.#tables = tables
  }

  /** @returns when the write is on the disk */
  add(write: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#ending.push({ write, resolve, reject })
      if (this.#ending.length === 1) setTimeout(() => this.writeAll(), SETTLE_TOGETHER_MS)
    })
  }

  /** One wait for the disk for all that ended meanwhile. Where one of them cannot be written the others are written alone. */
  writeAll(): void {
    const ending = this.#ending.splice(0)
    if (ending.length === 0) return
    try {
      this.#tables.transaction(() => ending.forEach(({ write }) => write()), { durable: true })
      for (const { resolve } of ending) resolve()
    } catch (error) {
      if (ending.length === 1) return ending[0]?.reject(error as Error)
      for (const { write, resolve, reject } of ending)
        try {
          this.#tables.transaction(write, { durable: true })
          resolve()
        } catch (reason) {
          reject(reason as Error)
        }
    }
  }
}
