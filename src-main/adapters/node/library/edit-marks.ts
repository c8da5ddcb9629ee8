/** Edits of more assets than this in so short a time as one read takes do not happen. */
const MOST_KEPT = 200_000

/** When each asset was last edited here: what was read from the server before that is older than what is shown. */
export class EditMarks {
  #now = 0
  readonly #last = new Map<string, number>()

  /** Grows with each edit that is made, goes further or ends. */
  get now(): number {
    return this.#now
  }

  touch(assetIds: readonly string[]): void {
    this.#now += 1
    for (const id of assetIds) {
      this.#last.delete(id)
      this.#last.set(id, this.#now)
    }
    for (const id of this.#last.keys()) {
      if (this.#last.size <= MOST_KEPT) break
      this.#last.delete(id)
    }
  }

  isTouchedSince(assetId: string, mark: number): boolean {
    return (this.#last.get(assetId) ?? 0) > mark
  }
}
