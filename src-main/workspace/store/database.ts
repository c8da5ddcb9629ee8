import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'

export type SqlValue = SQLInputValue

/** What is done once a group is committed; told of the error instead where it could not be. */
type Sequel = (error?: Error) => void

/**
 * One SQLite file in WAL mode. The transactions of one turn of the event loop are committed together, since a commit costs as
 * much as many small writes; whoever answers for them waits by `whenCommitted`. So every write that was answered has been
 * committed; with `synchronous=NORMAL` a commit is in the operating system's hands, so the end of this process loses nothing
 * (the loss of power may lose the last moments).
 */
export class Database {
  readonly sql: DatabaseSync
  #statements = new Map<string, StatementSync>()
  #depth = 0
  #undone = 0
  /** Effects of the transaction that runs; they join those of its group when it is done. */
  #afterCommit: (() => void)[] = []
  /** Transactions of this turn that are done and not committed. */
  #group: { effects: (() => void)[]; sequels: Sequel[] } | undefined

  readonly #log: (message: string, error: unknown) => void

  /** @param log is told of effects that failed after their transaction was committed */
  constructor(dataDir: string, log: (message: string, error: unknown) => void = () => undefined) {
    this.#log = log
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

  /**
   * Runs `work` as one transaction; inside another one it simply joins. Throws what `work` throws, undone. It is committed
   * at the end of this turn of the event loop: what it wrote can be read at once, and told to others by `whenCommitted`.
   */
  transaction<T>(work: () => T): T {
    if (this.#depth > 0) return work()
    if (!this.#group) {
      this.#prepare('BEGIN IMMEDIATE').run()
      this.#group = { effects: [], sequels: [] }
      setImmediate(() => this.commit())
    }
    const group = this.#group
    this.#prepare('SAVEPOINT work').run()
    this.#depth = 1
    try {
      const result = work()
      this.#prepare('RELEASE work').run()
      group.effects.push(...this.#afterCommit)
      return result
    } catch (error) {
      this.#undo(error)
      throw error
    } finally {
      this.#afterCommit = []
      this.#depth = 0
    }
  }

  #undo(reason: unknown): void {
    this.#undone += 1
    if (this.sql.isTransaction) {
      this.#prepare('ROLLBACK TO work').run()
      this.#prepare('RELEASE work').run()
    } else {
      // SQLite itself gave up the whole group, as when the disk is full.
      this.#endGroup(reason instanceof Error ? reason : new Error(String(reason)))
    }
  }

  /** Changes whenever rows may be others than the calls to this object say: something was undone, or another process wrote. */
  get disturbances(): string {
    const { data_version } = this.#prepare('PRAGMA data_version').get() as { data_version: number }
    return `${data_version} ${this.#undone}`
  }

  /** Commits what is done; at the end of the turn this happens by itself. */
  commit(): void {
    if (!this.#group || this.#depth > 0) return
    try {
      this.#prepare('COMMIT').run()
    } catch (error) {
      this.#undone += 1
      if (this.sql.isTransaction) this.#prepare('ROLLBACK').run()
      return this.#endGroup(error as Error)
    }
    this.#endGroup()
  }

  #endGroup(error?: Error): void {
    const group = this.#group
    this.#group = undefined
    const effects = error ? [] : (group?.effects ?? [])
    for (const effect of effects) this.#guard(effect)
    for (const sequel of group?.sequels ?? []) this.#guard(() => sequel(error))
  }

  /** What one of a group does afterwards must not keep the others from it. */
  #guard(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#log('Something that follows a transaction failed', error)
    }
  }

  /** Calls back when everything that was written so far is committed: at once where it is. */
  whenCommitted(then: Sequel): void {
    if (this.#group) this.#group.sequels.push(then)
    else then()
  }

  /** For effects that must not happen when the transaction is undone (starting a job, deleting bytes). */
  afterCommit(action: () => void): void {
    if (this.#depth > 0) this.#afterCommit.push(action)
    else if (this.#group) this.#group.effects.push(action)
    else action()
  }

  close(): void {
    this.commit()
    this.#statements.clear()
    this.sql.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    this.sql.close()
  }
}
