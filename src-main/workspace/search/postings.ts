import { LRUCache } from 'lru-cache'
import type { Database } from '../store/database.ts'
import type { Bitset } from './bitset.ts'

/** Documents per posting row: small enough that one change writes 512 bytes, large enough that a million documents are 245 rows. */
export const chunkDocs = 4096
const chunkBytes = chunkDocs / 8
/** Memory for the values that are asked for again and again, such as those of the facets beside a search that is being typed. */
const keptBytes = 48 * 1024 * 1024
/** What an entry takes beside its bytes. */
const entryBytes = 200

/**
 * Which documents have which value in which field, as bitmaps in chunks. Values are kept folded (lower case) beside the
 * spelling that is shown.
 */
export class Postings {
  readonly #db: Database
  /** All chunks of a value as one text of bytes: number, length, bits. */
  readonly #kept = new LRUCache<number, Uint8Array>({
    maxSize: keptBytes,
    sizeCalculation: (bytes) => bytes.length + entryBytes,
  })
  #keptSince = ''

  constructor(db: Database) {
    this.#db = db
    db.sql.exec(`
      CREATE TABLE IF NOT EXISTS search_terms (
        term INTEGER PRIMARY KEY,
        field TEXT NOT NULL,
        value TEXT NOT NULL,
        shown TEXT NOT NULL,
        docs INTEGER NOT NULL DEFAULT 0,
        UNIQUE (field, value)
      );
      CREATE INDEX IF NOT EXISTS search_terms_by_docs ON search_terms (field, docs);
      CREATE TABLE IF NOT EXISTS search_postings (
        term INTEGER NOT NULL,
        chunk INTEGER NOT NULL,
        bits BLOB NOT NULL,
        PRIMARY KEY (term, chunk)
      ) WITHOUT ROWID;
    `)
  }

  static fold(value: string): string {
    return value.normalize('NFC').toLowerCase()
  }

  /** The number of a value, made if it is new. */
  term(field: string, value: string): number {
    const folded = Postings.fold(value)
    const known = this.#db.get<{ term: number }>(
      'SELECT term FROM search_terms WHERE field = ? AND value = ?',
      field,
      folded,
    )
    if (known) return known.term
    return this.#db.insert(
      'INSERT INTO search_terms (field, value, shown) VALUES (?, ?, ?)',
      field,
      folded,
      value,
    )
  }

  add(term: number, doc: number): void {
    this.#change(term, doc, true)
  }

  remove(term: number, doc: number): void {
    this.#change(term, doc, false)
  }

  #change(term: number, doc: number, present: boolean): void {
    const chunk = Math.floor(doc / chunkDocs)
    const row = this.#db.get<{ bits: Uint8Array }>(
      'SELECT bits FROM search_postings WHERE term = ? AND chunk = ?',
      term,
      chunk,
    )
    const bits = new Uint8Array(chunkBytes)
    if (row) spread(row.bits, 0, row.bits.length, bits, 0)
    const at = (doc % chunkDocs) >>> 3
    const mask = 1 << (doc & 7)
    const before = ((bits[at] ?? 0) & mask) !== 0
    if (before === present) return
    bits[at] = (bits[at] ?? 0) ^ mask
    this.#kept.delete(term)
    if (!present && bits.every((byte) => byte === 0))
      this.#db.run('DELETE FROM search_postings WHERE term = ? AND chunk = ?', term, chunk)
    else this.write(term, chunk, bits)
    this.count(term, present ? 1 : -1)
  }

  /** Nothing that was read before holds any more. */
  forget(): void {
    this.#kept.clear()
  }

  write(term: number, chunk: number, bits: Uint8Array): void {
    this.#kept.delete(term)
    this.#db.run(
      'INSERT INTO search_postings (term, chunk, bits) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET bits = excluded.bits',
      term,
      chunk,
      pack(bits),
    )
  }

  /** Adds the documents of a chunk to those that are there. */
  merge(term: number, chunk: number, bits: Uint8Array): void {
    const row = this.#db.get<{ bits: Uint8Array }>(
      'SELECT bits FROM search_postings WHERE term = ? AND chunk = ?',
      term,
      chunk,
    )
    if (row) spread(row.bits, 0, row.bits.length, bits, 0)
    this.write(term, chunk, bits)
  }

  count(term: number, change: number): void {
    this.#db.run('UPDATE search_terms SET docs = docs + ? WHERE term = ?', change, term)
  }

  /**
   * Calls `visit` with every stored chunk of the given terms: where it begins and ends in `bytes`. All chunks of a term come
   * as one text. As rows of their own each would be an object with a buffer, which for a field of a thousand values takes
   * five times as long and leaves hundreds of megabytes to collect.
   */
  #visit(
    terms: readonly number[],
    visit: (bytes: Uint8Array, start: number, end: number, chunk: number, term: number) => void,
  ): void {
    const since = this.#db.disturbances
    if (since !== this.#keptSince) this.forget()
    this.#keptSince = since
    const walk = (term: number, bytes: Uint8Array) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      for (let at = 0; at < bytes.length;) {
        const start = at + 6
        const end = start + view.getUint16(at + 4)
        visit(bytes, start, end, view.getUint32(at), term)
        at = end
      }
    }
    const missing: number[] = []
    for (const term of terms) {
      const bytes = this.#kept.get(term)
      if (bytes) walk(term, bytes)
      else missing.push(term)
    }
    if (missing.length === 0) return
    const rows = this.#db.iterate<{ term: number; hex: string }>(
      `SELECT term, group_concat(printf('%08X%04X', chunk, length(bits)) || hex(bits), '') AS hex
       FROM search_postings WHERE term IN (SELECT value FROM json_each(?)) GROUP BY term`,
      JSON.stringify(missing),
    )
    for (const { term, hex } of rows) {
      const bytes = Buffer.from(hex, 'hex')
      this.#kept.set(term, bytes)
      walk(term, bytes)
    }
  }

  /** Sets the bits of the given terms in `into`. */
  collect(terms: readonly number[], into: Bitset): Bitset {
    const all = new Uint8Array(into.words.buffer)
    this.#visit(terms, (bytes, start, end, chunk) => spread(bytes, start, end, all, chunk * chunkBytes))
    return into
  }

  /** How many documents of a set each of these terms has. Nothing is built; the stored chunks are counted as they are. */
  countWithin(terms: readonly number[], within: Bitset): Map<number, number> {
    const counts = new Map<number, number>()
    const all = new Uint8Array(within.words.buffer)
    this.#visit(terms, (bytes, start, end, chunk, term) => {
      const found = countCommon(bytes, start, end, all, chunk * chunkBytes)
      if (found > 0) counts.set(term, (counts.get(term) ?? 0) + found)
    })
    return counts
  }

  /** Values of a field that match: exactly, or by a pattern with `*` and `?`. */
  matching(field: string, value: string): number[] {
    const folded = Postings.fold(value)
    if (!/[*?]/.test(folded))
      return this.#terms(
        'SELECT term FROM search_terms WHERE field = ? AND value = ? AND docs > 0',
        field,
        folded,
      )
    const pattern = folded.replaceAll('[', '[[]')
    return this.#terms(
      'SELECT term FROM search_terms WHERE field = ? AND value GLOB ? AND docs > 0',
      field,
      pattern,
    )
  }

  /** Values from `min` to `max`, as text; for fields that sort as they read, such as dates. */
  between(field: string, min: string | undefined, max: string | undefined): number[] {
    return this.#terms(
      'SELECT term FROM search_terms WHERE field = ? AND value >= ? AND value <= ? AND docs > 0',
      field,
      min ?? '',
      max ?? '\u{10ffff}',
    )
  }

  any(field: string): number[] {
    return this.#terms('SELECT term FROM search_terms WHERE field = ? AND docs > 0', field)
  }

  #terms(sql: string, ...values: string[]): number[] {
    return this.#db.all<{ term: number }>(sql, ...values).map((row) => row.term)
  }

  /** The most frequent values of a field, over all documents. */
  frequent(field: string, most: number): { term: number; shown: string; docs: number }[] {
    return this.#db.all(
      'SELECT term, shown, docs FROM search_terms WHERE field = ? AND docs > 0 ORDER BY docs DESC, value LIMIT ?',
      field,
      most,
    )
  }
}

const sparseDocs = 128

/** A chunk as it is stored: few documents as a list of their places, many as a bitmap without its trailing zeros. */
export function pack(bits: Uint8Array): Uint8Array {
  const places: number[] = []
  let last = 0
  for (let at = 0; at < bits.length; at += 1) {
    const byte = bits[at] ?? 0
    if (byte === 0) continue
    last = at
    if (places.length <= sparseDocs)
      for (let bit = 0; bit < 8; bit += 1) if ((byte & (1 << bit)) !== 0) places.push(at * 8 + bit)
  }
  if (places.length > sparseDocs || places.length * 2 > last + 1) {
    const dense = new Uint8Array(last + 2)
    dense[0] = 1
    dense.set(bits.subarray(0, last + 1), 1)
    return dense
  }
  const sparse = new Uint8Array(1 + places.length * 2)
  places.forEach((place, at) => {
    sparse[1 + at * 2] = place & 255
    sparse[2 + at * 2] = place >>> 8
  })
  return sparse
}

/** Sets the bits of the chunk stored from `start` to `end` in `into`, whose bytes for it begin at `offset`. */
function spread(bytes: Uint8Array, start: number, end: number, into: Uint8Array, offset: number): void {
  if (bytes[start] === 1) {
    const length = Math.min(end - start - 1, into.length - offset)
    for (let at = 0; at < length; at += 1)
      into[offset + at] = (into[offset + at] ?? 0) | (bytes[start + 1 + at] ?? 0)
    return
  }
  for (let at = start + 1; at + 1 < end; at += 2) {
    const place = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)
    const byte = offset + (place >>> 3)
    if (byte < into.length) into[byte] = (into[byte] ?? 0) | (1 << (place & 7))
  }
}

const bitsOf = Uint8Array.from({ length: 256 }, (_, byte) => {
  let count = 0
  for (let rest = byte; rest > 0; rest >>= 1) count += rest & 1
  return count
})

/** Documents of the chunk stored from `start` to `end` that are also in `within`, whose bytes for it begin at `offset`. */
function countCommon(
  bytes: Uint8Array,
  start: number,
  end: number,
  within: Uint8Array,
  offset: number,
): number {
  let count = 0
  if (bytes[start] === 1) {
    const length = Math.min(end - start - 1, within.length - offset)
    for (let at = 0; at < length; at += 1)
      count += bitsOf[(bytes[start + 1 + at] ?? 0) & (within[offset + at] ?? 0)] ?? 0
    return count
  }
  for (let at = start + 1; at + 1 < end; at += 2) {
    const place = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)
    count += ((within[offset + (place >>> 3)] ?? 0) >>> (place & 7)) & 1
  }
  return count
}
