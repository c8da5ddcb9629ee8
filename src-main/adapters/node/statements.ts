import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** Prepared statements by their text: preparing one takes longer than running it. */
export class Statements {
  readonly #db: DatabaseSync
  readonly #known = new Map<string, StatementSync>()

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  of(sql: string): StatementSync {
    const known = this.#known.get(sql)
    if (known) return known
    const statement = this.#db.prepare(sql)
    this.#known.set(sql, statement)
    return statement
  }

  forget(): void {
    this.#known.clear()
  }
}
