import type { Database } from './database.ts'

/** Named values of the workspace itself: identity, secrets, settings of system, groups and users. */
export class Settings {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
    db.sql.exec(
      'CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID',
    )
  }

  get<T>(name: string): T | undefined {
    const row = this.#db.get<{ value: string }>('SELECT value FROM settings WHERE name = ?', name)
    return row && (JSON.parse(row.value) as T)
  }

  set(name: string, value: unknown): void {
    this.#db.run(
      'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
      name,
      JSON.stringify(value),
    )
  }

  remove(name: string): void {
    this.#db.run('DELETE FROM settings WHERE name = ?', name)
  }

  /** The remembered value, or the one that `make` gives, remembered from now on. */
  remember<T>(name: string, make: () => T): T {
    const known = this.get<T>(name)
    if (known !== undefined) return known
    const made = make()
    this.set(name, made)
    return made
  }
}
