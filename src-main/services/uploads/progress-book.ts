import type { UploadId } from '@contract/ids.ts'
import type { UploadJournal } from '../../ports/upload-journal.ts'

/** Bytes on their way, in memory; written to the journal together, a few times a second. */
export class ProgressBook {
  readonly #sent = new Map<UploadId, Map<number, number>>()
  readonly #changed = new Set<UploadId>()

  set(id: UploadId, fileIndex: number, sentBytes: number): void {
    let files = this.#sent.get(id)
    if (!files) this.#sent.set(id, (files = new Map()))
    if (files.get(fileIndex) === sentBytes) return
    files.set(fileIndex, sentBytes)
    this.#changed.add(id)
  }

  of(id: UploadId, fileIndex: number): number {
    return this.#sent.get(id)?.get(fileIndex) ?? 0
  }

  total(id: UploadId): number {
    let total = 0
    for (const bytes of this.#sent.get(id)?.values() ?? []) total += bytes
    return total
  }

  forget(id: UploadId): void {
    this.#sent.delete(id)
    this.#changed.delete(id)
  }

  flush(journal: UploadJournal): void {
    if (this.#changed.size === 0) return
    const rows = [...this.#changed].map((id) => ({ id, sentBytes: this.total(id) }))
    this.#changed.clear()
    journal.saveProgress(rows)
  }
}
