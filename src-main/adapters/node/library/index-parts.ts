import { readStep, readToEnd, type Reading } from './index-reading.ts'

/** What changed in a document: new pairs of facet field and value code; null when it was removed. */
export interface DocChange {
  n: number
  isActive: boolean
  pairs: readonly (readonly [field: number, code: number])[] | null
}

interface PartKind<K, T> {
  /** Reads a part from the database. What changes while it is read may be in it or not. */
  readonly read: (key: K) => Reading<T>
  /** Brings a part up to date with the latest change of each document. */
  readonly mend: (part: T, changes: readonly DocChange[], key: K) => void
  /** A part with more changes waiting than this is mended at once, or given up where reading it anew is quicker. */
  readonly mostWaiting: number
  readonly whenMost: 'mend' | 'give up'
}

interface Part<T> {
  readonly waiting: Map<number, DocChange>
  /** What is left to read; null when the part is there. */
  reading: Reading<T> | null
  part: T | null
}

/**
 * Orders or columns of an index: read when they are first asked for, or bit by bit ahead of that, and brought up to date when
 * they are asked for again, so that many small writes cost one pass over a million documents.
 */
export class IndexParts<K, T> {
  readonly #kind: PartKind<K, T>
  readonly #parts = new Map<K, Part<T>>()

  constructor(kind: PartKind<K, T>) {
    this.#kind = kind
  }

  /** Whether it can be had at once. */
  has(key: K): boolean {
    return this.#parts.get(key)?.reading === null
  }

  get(key: K): T {
    const known = this.#known(key)
    if (known.reading) this.#advance(known, key, readToEnd)
    return this.#mended(known, key)
  }

  /** Reads a piece of a part. @returns whether it is there */
  prepare(key: K): boolean {
    const known = this.#known(key)
    if (known.reading) this.#advance(known, key, readStep)
    return known.reading === null
  }

  note(changes: readonly DocChange[]): void {
    for (const [key, known] of this.#parts) {
      for (const change of changes) known.waiting.set(change.n, change)
      if (known.reading || known.waiting.size <= this.#kind.mostWaiting) continue
      if (this.#kind.whenMost === 'mend') this.#mended(known, key)
      else this.#parts.delete(key)
    }
  }

  clear(): void {
    this.#parts.clear()
  }

  #known(key: K): Part<T> {
    const known = this.#parts.get(key)
    if (known) return known
    const coming: Part<T> = { waiting: new Map(), reading: this.#kind.read(key), part: null }
    this.#parts.set(key, coming)
    return coming
  }

  #advance(known: Part<T>, key: K, read: (reading: Reading<T>) => { part: T } | null): void {
    try {
      const done = known.reading && read(known.reading)
      if (!done) return
      known.part = done.part
      known.reading = null
    } catch (error) {
      // What failed half-way cannot go on: whoever asks next begins anew.
      this.#parts.delete(key)
      throw error
    }
  }

  #mended(known: Part<T>, key: K): T {
    const part = known.part as T
    if (known.waiting.size === 0) return part
    const changes = [...known.waiting.values()]
    known.waiting.clear()
    this.#kind.mend(part, changes, key)
    return part
  }
}
