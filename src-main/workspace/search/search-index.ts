import type { Database, SqlValue } from '../store/database.ts'
import { Bitset } from './bitset.ts'
import { Postings } from './postings.ts'

export type IndexedType = 'assets' | 'collections' | 'segments' | 'saved_searches' | 'saved_search_groups'

/** What the index keeps of an object. */
export interface IndexEntry {
  title: string
  /** Everything else that a word may be found in. */
  body: string
  dateCreated: string
  dateModified: string
  externalId: string | null
  durationMs: number | null
  sizeBytes: number | null
  /** Exact values per field, for filters and facets. */
  keywords: [field: string, value: string][]
  /** Numbers per field, for ranges. */
  numbers: [field: string, value: number][]
}

/** Gives the entry of an object, or undefined where search must not find it. */
export type EntrySource = (type: IndexedType, id: string) => IndexEntry | undefined

const SOONEST_MS = 20
const LONGEST_PAUSE_MS = 250
/** So few that a request never waits long behind them. */
const OBJECTS_AT_ONCE = 50

const comma = 44
const zero = 48

/** Columns that a result can be sorted by, by the names that callers use. */
export const sortColumns: Record<string, string> = {
  title: 'title_sort',
  'title.lower': 'title_sort',
  date_created: 'date_created',
  date_modified: 'date_modified',
  date_imported: 'date_created',
  external_id: 'external_id',
  duration_milliseconds: 'duration_ms',
  size: 'size_bytes',
  'files.size': 'size_bytes',
  id: 'id',
}

/**
 * The persistent search index. Changes are queued with the transaction that makes them and become searchable once the
 * delay is over, in order, also after a restart.
 */
export class SearchIndex {
  readonly #db: Database
  readonly #source: EntrySource
  readonly delayMs: number
  readonly postings: Postings
  #timer: NodeJS.Timeout | undefined
  /** Whether objects were changed since the last flush. */
  #touched = false
  #restUntilMs = 0

  constructor(db: Database, source: EntrySource, delayMs: number) {
    this.#db = db
    this.#source = source
    this.delayMs = delayMs
    this.postings = new Postings(db)
    db.sql.exec(`
      CREATE TABLE IF NOT EXISTS search_docs (
        doc INTEGER PRIMARY KEY,
        object_type TEXT NOT NULL,
        id TEXT NOT NULL UNIQUE,
        title_sort TEXT NOT NULL,
        date_created TEXT NOT NULL,
        date_modified TEXT NOT NULL,
        external_id TEXT,
        duration_ms INTEGER,
        size_bytes INTEGER,
        terms TEXT NOT NULL
      );
      CREATE INDEX IF NOT EXISTS search_docs_by_title ON search_docs (title_sort, doc);
      CREATE INDEX IF NOT EXISTS search_docs_by_created ON search_docs (date_created, doc);
      CREATE INDEX IF NOT EXISTS search_docs_by_modified ON search_docs (date_modified, doc);
      CREATE INDEX IF NOT EXISTS search_docs_by_external ON search_docs (external_id) WHERE external_id IS NOT NULL;
      CREATE INDEX IF NOT EXISTS search_docs_by_duration ON search_docs (duration_ms) WHERE duration_ms IS NOT NULL;
      CREATE INDEX IF NOT EXISTS search_docs_by_size ON search_docs (size_bytes) WHERE size_bytes IS NOT NULL;
      CREATE TABLE IF NOT EXISTS search_numbers (
        field TEXT NOT NULL, value REAL NOT NULL, doc INTEGER NOT NULL, PRIMARY KEY (field, value, doc)
      ) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS search_numbers_by_doc ON search_numbers (doc);
      CREATE VIRTUAL TABLE IF NOT EXISTS search_text USING fts5 (
        title, body, content = '', contentless_delete = 1, prefix = '2 3', tokenize = "unicode61 remove_diacritics 2 tokenchars ''"
      );
      CREATE TABLE IF NOT EXISTS search_queue (
        object_type TEXT NOT NULL, id TEXT NOT NULL, due INTEGER NOT NULL, PRIMARY KEY (object_type, id)
      ) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS search_queue_by_due ON search_queue (due);
    `)
  }

  /** To be called in the transaction that changes an object. A second change does not put the first one off. */
  touch(type: IndexedType, id: string): void {
    this.#db.run(
      'INSERT OR IGNORE INTO search_queue (object_type, id, due) VALUES (?, ?, ?)',
      type,
      id,
      Date.now() + this.delayMs,
    )
    this.#touched = true
    this.#schedule()
  }

  /** Starts working off what an earlier run left. */
  start(): void {
    if (this.pending() > 0) this.#schedule()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  pending(): number {
    return this.#db.get<{ n: number }>('SELECT count(*) AS n FROM search_queue')?.n ?? 0
  }

  #schedule(leastMs = SOONEST_MS): void {
    if (this.#timer) return
    this.#timer = setTimeout(() => this.#workOff(), Math.max(leastMs, Math.min(this.delayMs, 1000)))
    this.#timer.unref()
  }

  /**
   * While requests keep changing objects the index takes a fifth of the time at most: an object that changes several times
   * within a moment, as one that is being uploaded does, is then indexed once.
   */
  #workOff(): void {
    this.#timer = undefined
    const startedMs = performance.now()
    if (this.#touched && startedMs < this.#restUntilMs) return this.#schedule(this.#restUntilMs - startedMs)
    this.#touched = false
    this.flush(OBJECTS_AT_ONCE)
    const endedMs = performance.now()
    this.#restUntilMs = endedMs + Math.min(LONGEST_PAUSE_MS, 4 * (endedMs - startedMs))
    const next = this.#db.get<{ due: number }>('SELECT min(due) AS due FROM search_queue')
    if (next?.due) this.#schedule()
  }

  /** Makes everything searchable that is due, at most `most` objects. */
  flush(most = Number.MAX_SAFE_INTEGER): void {
    const due = this.#db.all<{ object_type: IndexedType; id: string }>(
      'SELECT object_type, id FROM search_queue WHERE due <= ? ORDER BY due LIMIT ?',
      Date.now(),
      most,
    )
    if (due.length === 0) return
    this.#db.transaction(() => {
      for (const { object_type: type, id } of due) {
        this.#db.run('DELETE FROM search_queue WHERE object_type = ? AND id = ?', type, id)
        this.reindex(type, id)
      }
    })
  }

  reindex(type: IndexedType, id: string): void {
    const entry = this.#source(type, id)
    const old = this.#db.get<{ doc: number; terms: string }>(
      'SELECT doc, terms FROM search_docs WHERE id = ?',
      id,
    )
    if (!entry) {
      if (old) this.#remove(old.doc, JSON.parse(old.terms) as number[])
      return
    }
    const terms = [...new Set(entry.keywords.map(([field, value]) => this.postings.term(field, value)))]
    const doc = old ? this.#rewrite(old.doc, entry) : this.#create(type, id, entry)
    const before = new Set(old ? (JSON.parse(old.terms) as number[]) : [])
    for (const term of terms) if (!before.delete(term)) this.postings.add(term, doc)
    for (const term of before) this.postings.remove(term, doc)
    this.#db.run('UPDATE search_docs SET terms = ? WHERE doc = ?', JSON.stringify(terms), doc)
    if (old) this.#db.run('DELETE FROM search_numbers WHERE doc = ?', doc)
    for (const [field, value] of entry.numbers)
      this.#db.run(
        'INSERT OR IGNORE INTO search_numbers (field, value, doc) VALUES (?, ?, ?)',
        field,
        value,
        doc,
      )
  }

  #create(type: IndexedType, id: string, entry: IndexEntry): number {
    const doc = this.#db.insert(
      `INSERT INTO search_docs (object_type, id, title_sort, date_created, date_modified, external_id, duration_ms, size_bytes, terms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, '[]')`,
      type,
      id,
      Postings.fold(entry.title),
      entry.dateCreated,
      entry.dateModified,
      entry.externalId,
      entry.durationMs,
      entry.sizeBytes,
    )
    this.#db.run(
      'INSERT INTO search_text (rowid, title, body) VALUES (?, ?, ?)',
      doc,
      entry.title,
      entry.body,
    )
    return doc
  }

  #rewrite(doc: number, entry: IndexEntry): number {
    this.#db.run(
      `UPDATE search_docs SET title_sort = ?, date_created = ?, date_modified = ?, external_id = ?, duration_ms = ?, size_bytes = ? WHERE doc = ?`,
      Postings.fold(entry.title),
      entry.dateCreated,
      entry.dateModified,
      entry.externalId,
      entry.durationMs,
      entry.sizeBytes,
      doc,
    )
    this.#db.run('DELETE FROM search_text WHERE rowid = ?', doc)
    this.#db.run(
      'INSERT INTO search_text (rowid, title, body) VALUES (?, ?, ?)',
      doc,
      entry.title,
      entry.body,
    )
    return doc
  }

  #remove(doc: number, terms: number[]): void {
    for (const term of terms) this.postings.remove(term, doc)
    this.#db.run('DELETE FROM search_numbers WHERE doc = ?', doc)
    this.#db.run('DELETE FROM search_text WHERE rowid = ?', doc)
    this.#db.run('DELETE FROM search_docs WHERE doc = ?', doc)
  }

  get size(): number {
    return this.#db.get<{ n: number | null }>('SELECT max(doc) AS n FROM search_docs')?.n ?? 0
  }

  empty(): Bitset {
    return Bitset.empty(this.size)
  }

  /** Documents with one of these values in a field. */
  withTerms(terms: readonly number[]): Bitset {
    return this.postings.collect(terms, this.empty())
  }

  /** Documents that a query gives in its column `doc`. They come as one text, which is many times faster than as rows. */
  where(sql: string, ...values: SqlValue[]): Bitset {
    const found = this.empty()
    const text =
      this.#db.get<{ docs: string | null }>(`SELECT group_concat(doc) AS docs FROM (${sql})`, ...values)
        ?.docs ?? ''
    let doc = 0
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at)
      if (code !== comma) doc = doc * 10 + code - zero
      else {
        found.add(doc)
        doc = 0
      }
    }
    if (text !== '') found.add(doc)
    return found
  }

  /**
   * How often each term occurs among the documents of a set. Small sets are counted from what each document holds, all
   * terms at once; the result then serves every facet of the search.
   */
  countTerms(within: Bitset): Map<number, number> {
    const counts = new Map<number, number>()
    const rows = this.#db.all<{ terms: string }>(
      'SELECT terms FROM search_docs WHERE doc IN (SELECT value FROM json_each(?))',
      JSON.stringify([...within]),
    )
    for (const { terms } of rows)
      for (const term of JSON.parse(terms) as number[]) counts.set(term, (counts.get(term) ?? 0) + 1)
    return counts
  }

  /** Every document. */
  all(): Bitset {
    return this.withTerms(this.postings.any('object_type'))
  }

  /** The objects of the given documents, in the order of `docs`. */
  rows(docs: readonly number[]): { doc: number; object_type: IndexedType; id: string }[] {
    return docs.flatMap((doc) => {
      const row = this.#db.get<{ object_type: IndexedType; id: string }>(
        'SELECT object_type, id FROM search_docs WHERE doc = ?',
        doc,
      )
      return row ? [{ doc, ...row }] : []
    })
  }
}
