import type { Statements } from '../statements.ts'

/** Numbers for facet fields and their values, made when they are first seen. */
export class FacetDictionary {
  readonly #sql: Statements
  readonly #fields = new Map<string, number>()
  readonly #codes = new Map<string, number>()

  constructor(sql: Statements) {
    this.#sql = sql
    this.forget()
  }

  get fields(): ReadonlyMap<string, number> {
    return this.#fields
  }

  /** undefined when no asset ever had a value in it. */
  field(name: string): number | undefined {
    return this.#fields.get(name)
  }

  fieldOrNew(name: string): number {
    const known = this.#fields.get(name)
    if (known !== undefined) return known
    const { lastInsertRowid } = this.#sql.of('INSERT INTO facet_fields (name) VALUES (?)').run(name)
    this.#fields.set(name, Number(lastInsertRowid))
    return Number(lastInsertRowid)
  }

  codeOrNew(field: number, value: string): number {
    const key = `${field} ${value}`
    const known = this.#codes.get(key) ?? this.#stored(field, value)
    if (known !== undefined) {
      this.#codes.set(key, known)
      return known
    }
    const { lastInsertRowid } = this.#sql
      .of('INSERT INTO facet_values (field, value) VALUES (?, ?)')
      .run(field, value)
    this.#codes.set(key, Number(lastInsertRowid))
    return Number(lastInsertRowid)
  }

  /** What was learned since may have been rolled back. */
  forget(): void {
    this.#codes.clear()
    this.#fields.clear()
    for (const row of this.#sql.of('SELECT number, name FROM facet_fields').all())
      this.#fields.set(String(row['name']), Number(row['number']))
  }

  /** Codes of values; with `asPrefix` also of values that begin so, as "2026-03" stands for each of its days. */
  codesOf(field: number, values: readonly string[], asPrefix = false): Set<number> {
    const codes = new Set<number>()
    for (const value of values) {
      const exact = this.#stored(field, value)
      if (exact !== undefined) codes.add(exact)
      if (!asPrefix) continue
      const rows = this.#sql
        .of('SELECT code FROM facet_values WHERE field = ? AND value >= ? AND value < ?')
        .all(field, value, `${value}\u{10FFFF}`)
      for (const row of rows) codes.add(Number(row['code']))
    }
    return codes
  }

  valueOf(code: number): string {
    return String(this.#sql.of('SELECT value FROM facet_values WHERE code = ?').get(code)?.['value'] ?? '')
  }

  #stored(field: number, value: string): number | undefined {
    const row = this.#sql.of('SELECT code FROM facet_values WHERE field = ? AND value = ?').get(field, value)
    return row ? Number(row['code']) : undefined
  }
}
