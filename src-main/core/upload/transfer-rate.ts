const WINDOW_MS = 10_000

/** Mean speed over the last ten seconds, from totals that may go back when a part is sent again. */
export class TransferRate {
  #samples: { atMs: number; totalBytes: number }[] = []

  /** @param atMs of a clock that never goes back */
  record(atMs: number, totalBytes: number): void {
    const last = this.#samples.at(-1)
    if (last && totalBytes < last.totalBytes) this.#samples = []
    this.#samples.push({ atMs, totalBytes })
    while (this.#samples.length > 2 && (this.#samples[1]?.atMs ?? atMs) <= atMs - WINDOW_MS)
      this.#samples.shift()
  }

  /** null until there are two samples some time apart. */
  bytesPerSecond(): number | null {
    const first = this.#samples[0]
    const last = this.#samples.at(-1)
    if (!first || !last || last.atMs - first.atMs < 200) return null
    return ((last.totalBytes - first.totalBytes) * 1000) / (last.atMs - first.atMs)
  }
}
