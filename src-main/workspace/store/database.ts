import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'

export type SqlValue = SQLInputValue

/**
 * One SQLite file in WAL mode. Every write that was answered has been committed; with `synchronous=NORMAL` a commit is
 * in the operating system's hands, so the end of this process loses nothing (the loss of power may lose the last moments).
 */
export class Database {
  readonly sql: DatabaseSync
  #statements = new Map<string, StatementSync>()
  #depth = 0
  #afterCommit: (() => void)[] = []

  constructor(dataDir: string) {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    this.sql = new DatabaseSync(join(dataDir, 'workspace.sqlite'))
    this.sql.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA foreign_keys = ON;
      PRAGMA temp_store = MEMORY;
      PRAGMA cache_size = -65536;
      PRAGMA busy_timeout = 5000;
    `)
  }

  #prepare(text: string): StatementSync {
    let statement = this.#statements.get(text)
    if (!statement) {
      statement = this.sql.prepare(text)
      this.#statements.set(text, statement)
    }
    return statement
  }

  run(text: string, ...values: SqlValue[]): number {
    return Number(this.#prepare(text).run(...values).changes)
  }

  /** Inserts one row and gives its rowid. */
  insert(text: string, ...values: SqlValue[]): number {
    return Number(this.#prepare(text).run(...values).lastInsertRowid)
  }

  get<T>(text: string, ...values: SqlValue[]): T | undefined {
    return this.#prepare(text).get(...values) as T | undefined
  }

  all<T>(text: string, ...values: SqlValue[]): T[] {
    return this.#prepare(text).all(...values) as T[]
  }

  /** Rows one at a time. A fresh statement each, so that the caller may use the database meanwhile. */
  iterate<T>(text: string, ...values: SqlValue[]): IterableIterator<T> {
    return this.sql.prepare(text).iterate(...values) as IterableIterator<T>
  }

  /** Runs `work` in one transaction; inside another one it simply joins. Throws what `work` throws, undone. */
  transaction<T>(work: () => T): T {
    if (this.#depth > 0) return work()
    this.sql.exec('BEGIN IMMEDIATE')
    this.#depth = 1
    let result: T
    try {
      result = work()
      this.sql.exec('COMMIT')
    } catch (error) {
      this.#afterCommit = []
      if (this.sql.isTransaction) this.sql.exec('ROLLBACK')
      throw error
    } finally {
      this.#depth = 0
    }
    const due = this.#afterCommit
    this.#afterCommit = []
    for (const action of due) action()
    return result
  }

  /** For effects that must not happen when the transaction is undone (starting a job, deleting bytes). */
  afterCommit(action: () => void): void {
    if (this.#depth > 0) this.#afterCommit.push(action)
    else action()
  }

  close(): void {
    this.#statements.clear()
    this.sql.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    this.sql.close()
  }
}
