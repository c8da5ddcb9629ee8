import { notFound } from '../errors.ts'
import { dateNow, newId } from '../ids.ts'
import type { Database, SqlValue } from './database.ts'

/** Keys that begin with `_` are the workspace's own and never leave it. */
export type Stored = { id: string } & Record<string, unknown>

export interface Order {
  field: string
  descending?: boolean
}

export interface Selection {
  /** Equality per field; a list means any of them; null means absent. */
  where?: Record<string, SqlValue | SqlValue[] | undefined>
  /** Extra condition with its values, for what equality cannot say. `d` is the table. */
  condition?: { sql: string; values: SqlValue[] }
  order?: Order[]
  limit?: number
  offset?: number
  /** Keyset paging: only rows made after the row with this id. */
  afterId?: string
}

const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/

/**
 * Objects of one kind as JSON, with generated columns for what is looked up often. `seq` is the order of creation and
 * the ground of keyset paging.
 */
export class Documents<T extends Stored = Stored> {
  readonly #db: Database
  readonly #table: string
  readonly #columns: Set<string>
  /** Those whose index is in the order of lists, which ignores case. */
  readonly #foldedColumns: Set<string>
  readonly what: string

  /** @param indexes keys to look objects up by; one that ends in ` NOCASE` is for lists in the order of that key */
  constructor(db: Database, table: string, what: string, indexes: string[][] = []) {
    this.#db = db
    this.#table = table
    this.what = what
    const columns = new Set(indexes.flat().map((name) => name.replace(/ .*/, '')))
    this.#columns = new Set([...columns, 'id'])
    this.#foldedColumns = new Set(indexes.flat().flatMap((name) => /(.+) NOCASE$/.exec(name)?.[1] ?? []))
    db.sql.exec(
      `CREATE TABLE IF NOT EXISTS ${table} (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, doc TEXT NOT NULL)`,
    )
    const known = db.all<{ name: string }>(`SELECT name FROM pragma_table_xinfo('${table}')`)
    for (const name of columns)
      if (!known.some((column) => column.name === name))
        db.sql.exec(
          `ALTER TABLE ${table} ADD COLUMN ${name} TEXT GENERATED ALWAYS AS (doc ->> '$.${name}') VIRTUAL`,
        )
    for (const names of indexes)
      db.sql.exec(
        `CREATE INDEX IF NOT EXISTS ${table}_by_${names.join('_').replaceAll(' ', '_')} ON ${table} (${names.map((name) => name.replace(' ', ' COLLATE ')).join(', ')})`,
      )
  }

  get(id: string): T | undefined {
    const row = this.#db.get<{ doc: string }>(`SELECT doc FROM ${this.#table} WHERE id = ?`, id)
    return row && (JSON.parse(row.doc) as T)
  }

  /** The object, or ApiError 404 that names it. */
  require(id: string): T {
    const found = this.get(id)
    if (!found) throw notFound(this.what, id)
    return found
  }

  has(id: string): boolean {
    return this.#db.get(`SELECT 1 FROM ${this.#table} WHERE id = ?`, id) !== undefined
  }

  /** Adds an object; id and dates are filled in where they are missing. */
  insert(values: Omit<T, 'id'> & { id?: string }): T {
    const now = dateNow()
    const doc = { date_created: now, date_modified: now, ...values, id: values.id ?? newId() } as unknown as T
    this.#db.run(`INSERT INTO ${this.#table} (id, doc) VALUES (?, ?)`, doc.id, JSON.stringify(doc))
    return doc
  }

  /** Sets the given keys (undefined leaves a key alone, null clears it) and the modification date. */
  update(id: string, changes: Partial<T>, touch = true): T {
    const doc = this.require(id) as Record<string, unknown>
    for (const [key, value] of Object.entries(changes)) if (value !== undefined) doc[key] = value
    if (touch && !('date_modified' in changes)) doc['date_modified'] = dateNow()
    this.#db.run(`UPDATE ${this.#table} SET doc = ? WHERE id = ?`, JSON.stringify(doc), id)
    return doc as T
  }

  remove(id: string): boolean {
    return this.#db.run(`DELETE FROM ${this.#table} WHERE id = ?`, id) > 0
  }

  removeWhere(where: NonNullable<Selection['where']>): T[] {
    const gone = this.list({ where })
    for (const doc of gone) this.remove(doc.id)
    return gone
  }

  list(selection: Selection = {}): T[] {
    const { sql, values } = this.#condition(selection)
    const order = (selection.order ?? []).map(
      ({ field, descending }) =>
        `${this.#expression(field)}${field === 'seq' ? '' : ' COLLATE NOCASE'} ${descending ? 'DESC' : 'ASC'}`,
    )
    // Equal ones follow in the same direction, so that an index gives the order as it stands.
    const lastWay = selection.order?.at(-1)?.descending ? 'DESC' : 'ASC'
    const paging =
      selection.limit === undefined
        ? ''
        : ` LIMIT ${Math.trunc(selection.limit)} OFFSET ${Math.trunc(selection.offset ?? 0)}`
    const rows = this.#db.all<{ doc: string }>(
      `SELECT d.doc FROM ${this.#table} d${sql} ORDER BY ${[...order, `d.seq ${lastWay}`].join(', ')}${paging}`,
      ...values,
    )
    return rows.map((row) => JSON.parse(row.doc) as T)
  }

  first(selection: Selection): T | undefined {
    return this.list({ ...selection, limit: 1 })[0]
  }

  count(selection: Selection = {}): number {
    const { sql, values } = this.#condition(selection)
    return this.#db.get<{ n: number }>(`SELECT count(*) AS n FROM ${this.#table} d${sql}`, ...values)?.n ?? 0
  }

  #expression(field: string): string {
    if (!plainName.test(field)) return 'NULL'
    return this.#columns.has(field) || field === 'seq' ? `d.${field}` : `d.doc ->> '$.${field}'`
  }

  #condition(selection: Selection): { sql: string; values: SqlValue[] } {
    const parts: string[] = []
    const values: SqlValue[] = []
    for (const [field, value] of Object.entries(selection.where ?? {})) {
      if (value === undefined) continue
      const name = this.#expression(field)
      if (value === null) parts.push(`${name} IS NULL`)
      else if (Array.isArray(value)) {
        parts.push(`${name} IN (SELECT value FROM json_each(?))`)
        values.push(JSON.stringify(value))
      } else if (this.#foldedColumns.has(field)) {
        parts.push(`${name} = ? COLLATE NOCASE AND ${name} = ?`)
        values.push(value, value)
      } else {
        parts.push(`${name} = ?`)
        values.push(value)
      }
    }
    if (selection.condition) {
      parts.push(`(${selection.condition.sql})`)
      values.push(...selection.condition.values)
    }
    if (selection.afterId !== undefined) {
      parts.push(`d.seq > coalesce((SELECT seq FROM ${this.#table} WHERE id = ?), 0)`)
      values.push(selection.afterId)
    }
    return { sql: parts.length > 0 ? ` WHERE ${parts.join(' AND ')}` : '', values }
  }
}
