import type { Database } from '../store/database.ts'
import { chunkDocs, Postings } from './postings.ts'
import type { IndexedType, IndexEntry } from './search-index.ts'

/**
 * Fills the index with many new objects at once. Postings of one chunk are gathered in memory and written when the chunk
 * is full, so that each is written once. To be used inside the caller's transactions, with `finish` at the end.
 */
export class BulkIndex {
  readonly #db: Database
  readonly #postings: Postings
  readonly #terms = new Map<string, number>()
  #pending = new Map<number, Uint8Array>()
  #counts = new Map<number, number>()
  #doc: number
  #chunk: number

  constructor(db: Database, postings: Postings) {
    this.#db = db
    this.#postings = postings
    this.#doc = db.get<{ doc: number | null }>('SELECT max(doc) AS doc FROM search_docs')?.doc ?? 0
    this.#chunk = Math.floor((this.#doc + 1) / chunkDocs)
  }

  add(type: IndexedType, id: string, entry: IndexEntry): void {
    this.#doc += 1
    const doc = this.#doc
    const chunk = Math.floor(doc / chunkDocs)
    if (chunk !== this.#chunk) {
      this.finish()
      this.#chunk = chunk
    }
    const terms = [...new Set(entry.keywords.map(([field, value]) => this.#term(field, value)))]
    const place = doc % chunkDocs
    for (const term of terms) {
      let bits = this.#pending.get(term)
      if (!bits) this.#pending.set(term, (bits = new Uint8Array(chunkDocs / 8)))
      bits[place >>> 3] = (bits[place >>> 3] ?? 0) | (1 << (place & 7))
      this.#counts.set(term, (this.#counts.get(term) ?? 0) + 1)
    }
    this.#db.run(
      `INSERT INTO search_docs (doc, object_type, id, title_sort, date_created, date_modified, external_id, duration_ms, size_bytes, terms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      doc,
      type,
      id,
      Postings.fold(entry.title),
      entry.dateCreated,
      entry.dateModified,
      entry.externalId,
      entry.durationMs,
      entry.sizeBytes,
      JSON.stringify(terms),
    )
    this.#db.run(
      'INSERT INTO search_text (rowid, title, body) VALUES (?, ?, ?)',
      doc,
      entry.title,
      entry.body,
    )
    for (const [field, value] of entry.numbers)
      this.#db.run(
        'INSERT OR IGNORE INTO search_numbers (field, value, doc) VALUES (?, ?, ?)',
        field,
        value,
        doc,
      )
  }

  #term(field: string, value: string): number {
    const key = `${field}\u0000${value}`
    const known = this.#terms.get(key)
    if (known !== undefined) return known
    const term = this.#postings.term(field, value)
    this.#terms.set(key, term)
    return term
  }

  /** Writes what was gathered. */
  finish(): void {
    for (const [term, bits] of this.#pending) this.#postings.merge(term, this.#chunk, bits)
    for (const [term, count] of this.#counts) this.#postings.count(term, count)
    this.#pending = new Map()
    this.#counts = new Map()
  }
}
