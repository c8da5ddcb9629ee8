import { ApiError, noAccess } from './errors.ts'
import type { Account } from './identity.ts'
import type { Database, SqlValue } from './store/database.ts'

export const permissions = ['read', 'write', 'delete', 'change-acl'] as const
export type Permission = (typeof permissions)[number]
export type Principal = `u:${string}` | `g:${string}`

const bit: Record<Permission, number> = { read: 1, write: 2, delete: 4, 'change-acl': 8 }
const toMask = (wanted: readonly Permission[]) => wanted.reduce((mask, name) => mask | bit[name], 0)
export const fromMask = (mask: number): Permission[] => permissions.filter((name) => (mask & bit[name]) !== 0)

/** Kinds of objects that are guarded one by one. The singular is accepted where clients use it. */
const plural: Record<string, string> = {
  asset: 'assets',
  collection: 'collections',
  metadata_view: 'metadata_views',
  saved_search: 'saved_searches',
  storage: 'storages',
  acl_template: 'acl_templates',
}
export const guardedTypes = [
  'assets',
  'collections',
  'metadata_views',
  'saved_searches',
  'storages',
  'custom_actions',
  'saved_search_groups',
  'acl_templates',
]

/** The plural of an object type, or ApiError 400 for a kind that has no access rights. */
export function guardedType(name: string): string {
  const type = plural[name] ?? name
  if (!guardedTypes.includes(type))
    throw new ApiError(400, { object_type: `Must be one of ${guardedTypes.join(', ')}` })
  return type
}

export const principalsOf = (account: Account): Principal[] => [
  `u:${account.user.id}`,
  ...account.user.groups.map((id) => `g:${id}` as const),
]

/** A right that came to an object from a collection. */
export interface InheritedEntry {
  principal: Principal
  permissions: Permission[]
  /** The collection that it was given on. */
  collectionId: string
}

interface Guarded {
  type: string
  id: string
}

/**
 * Access rights per object, user and group. Administrators pass everywhere. An object may be bound to collections: it
 * then has their rights too, for as long as it is bound, and follows their changes.
 */
export class AccessControl {
  readonly #db: Database
  /** Told of each object whose inherited rights changed. */
  onInherited: (type: string, id: string) => void = () => undefined

  constructor(db: Database) {
    this.#db = db
    db.sql.exec(`
      CREATE TABLE IF NOT EXISTS acl (
        object_type TEXT NOT NULL,
        object_id TEXT NOT NULL,
        principal TEXT NOT NULL,
        mask INTEGER NOT NULL,
        PRIMARY KEY (object_type, object_id, principal)
      ) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS acl_bound (
        object_type TEXT NOT NULL,
        object_id TEXT NOT NULL,
        collection_id TEXT NOT NULL,
        PRIMARY KEY (object_type, object_id, collection_id)
      ) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS acl_bound_by_collection ON acl_bound (collection_id);
      CREATE TABLE IF NOT EXISTS acl_inherited (
        object_type TEXT NOT NULL,
        object_id TEXT NOT NULL,
        principal TEXT NOT NULL,
        collection_id TEXT NOT NULL,
        mask INTEGER NOT NULL,
        PRIMARY KEY (object_type, object_id, principal, collection_id)
      ) WITHOUT ROWID;
    `)
  }

  /** Sets or adds rights. An empty set with `overwrite` removes the principal. */
  grant(
    type: string,
    id: string,
    principal: Principal,
    wanted: readonly Permission[],
    mode: 'append' | 'overwrite' = 'overwrite',
  ): void {
    const mask = toMask(wanted)
    if (mode === 'overwrite' && mask === 0) return this.revoke(type, id, principal)
    this.#db.run(
      `INSERT INTO acl (object_type, object_id, principal, mask) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET mask = ${mode === 'append' ? 'mask | excluded.mask' : 'excluded.mask'}`,
      type,
      id,
      principal,
      mask,
    )
    this.#passOn(type, id)
  }

  revoke(type: string, id: string, principal: Principal): void {
    this.#db.run(
      'DELETE FROM acl WHERE object_type = ? AND object_id = ? AND principal = ?',
      type,
      id,
      principal,
    )
    this.#passOn(type, id)
  }

  removeObject(type: string, id: string): void {
    for (const table of ['acl', 'acl_bound', 'acl_inherited'])
      this.#db.run(`DELETE FROM ${table} WHERE object_type = ? AND object_id = ?`, type, id)
    if (type !== 'collections') return
    const bound = this.#boundTo(id)
    this.#db.run('DELETE FROM acl_bound WHERE collection_id = ?', id)
    for (const object of bound) this.#inherit(object, new Set())
  }

  /** From now on the object has the rights of the collection too. */
  bind(type: string, id: string, collectionId: string): void {
    this.#db.run(
      'INSERT OR IGNORE INTO acl_bound (object_type, object_id, collection_id) VALUES (?, ?, ?)',
      type,
      id,
      collectionId,
    )
    this.#inherit({ type, id }, new Set())
  }

  /** What came from the collection goes again. */
  unbind(type: string, id: string, collectionId: string): void {
    const gone = this.#db.run(
      'DELETE FROM acl_bound WHERE object_type = ? AND object_id = ? AND collection_id = ?',
      type,
      id,
      collectionId,
    )
    if (gone > 0) this.#inherit({ type, id }, new Set())
  }

  /** The rights that collections gave to an object, nearest and farther ones alike. */
  inherited(type: string, id: string): InheritedEntry[] {
    return this.#db
      .all<{ principal: Principal; mask: number; collection_id: string }>(
        'SELECT principal, mask, collection_id FROM acl_inherited WHERE object_type = ? AND object_id = ?',
        type,
        id,
      )
      .map((row) => ({
        principal: row.principal,
        permissions: fromMask(row.mask),
        collectionId: row.collection_id,
      }))
  }

  /** The rights that a collection hands on; none while nothing is bound to it. */
  propagating(type: string, id: string): InheritedEntry[] {
    if (type !== 'collections' || this.#boundTo(id).length === 0) return []
    return [
      ...this.entries(type, id).map((entry) => ({ ...entry, collectionId: id })),
      ...this.inherited(type, id),
    ]
  }

  #boundTo(collectionId: string): Guarded[] {
    return this.#db.all<Guarded & Record<string, never>>(
      'SELECT object_type AS type, object_id AS id FROM acl_bound WHERE collection_id = ?',
      collectionId,
    )
  }

  #passOn(type: string, id: string): void {
    if (type === 'collections') for (const object of this.#boundTo(id)) this.#inherit(object, new Set([id]))
  }

  /** Writes the rights of its collections into an object, and goes on to what is bound to that. */
  #inherit(object: Guarded, seen: Set<string>): void {
    if (seen.has(object.id)) return
    const { type, id } = object
    this.#db.run('DELETE FROM acl_inherited WHERE object_type = ? AND object_id = ?', type, id)
    this.#db.run(
      `INSERT OR IGNORE INTO acl_inherited (object_type, object_id, principal, collection_id, mask)
       SELECT b.object_type, b.object_id, a.principal, a.object_id, a.mask FROM acl_bound b
         JOIN acl a ON a.object_type = 'collections' AND a.object_id = b.collection_id
         WHERE b.object_type = ? AND b.object_id = ?
       UNION
       SELECT b.object_type, b.object_id, i.principal, i.collection_id, i.mask FROM acl_bound b
         JOIN acl_inherited i ON i.object_type = 'collections' AND i.object_id = b.collection_id
         WHERE b.object_type = ? AND b.object_id = ?`,
      type,
      id,
      type,
      id,
    )
    this.onInherited(type, id)
    if (type === 'collections')
      for (const next of this.#boundTo(id)) this.#inherit(next, new Set([...seen, id]))
  }

  entries(type: string, id: string): { principal: Principal; permissions: Permission[] }[] {
    return this.#db
      .all<{ principal: Principal; mask: number }>(
        'SELECT principal, mask FROM acl WHERE object_type = ? AND object_id = ?',
        type,
        id,
      )
      .map(({ principal, mask }) => ({ principal, permissions: fromMask(mask) }))
  }

  permissionsOf(account: Account, type: string, id: string): Permission[] {
    if (account.user.is_admin) return [...permissions]
    const row = this.#db.get<{ mask: number | null }>(
      `SELECT max(mask & 1) | max(mask & 2) | max(mask & 4) | max(mask & 8) AS mask FROM (
         SELECT mask, principal FROM acl WHERE object_type = ? AND object_id = ?
         UNION ALL SELECT mask, principal FROM acl_inherited WHERE object_type = ? AND object_id = ?
       ) WHERE principal IN (SELECT value FROM json_each(?))`,
      type,
      id,
      type,
      id,
      JSON.stringify(principalsOf(account)),
    )
    return fromMask(row?.mask ?? 0)
  }

  may(account: Account, permission: Permission, type: string, id: string): boolean {
    return account.user.is_admin || this.permissionsOf(account, type, id).includes(permission)
  }

  /** ApiError 403 where the right is missing. */
  demand(account: Account, permission: Permission, type: string, id: string): void {
    if (!this.may(account, permission, type, id)) throw noAccess(permission, type, id)
  }

  /**
   * A condition for lists: only objects that the account may read. Undefined for administrators. `idColumn` holds the
   * object's id, where rows belong to an object and are none themselves.
   */
  readable(
    account: Account,
    type: string,
    idColumn = 'd.id',
  ): { sql: string; values: SqlValue[] } | undefined {
    if (account.user.is_admin) return undefined
    const who = JSON.stringify(principalsOf(account))
    const among = (table: string) =>
      `EXISTS (SELECT 1 FROM ${table} WHERE object_type = ? AND object_id = ${idColumn} AND (mask & 1) AND principal IN (SELECT value FROM json_each(?)))`
    return { sql: `(${among('acl')} OR ${among('acl_inherited')})`, values: [type, who, type, who] }
  }

  readers(type: string, id: string): Principal[] {
    return this.#db
      .all<{ principal: Principal }>(
        `SELECT principal FROM acl WHERE object_type = ? AND object_id = ? AND (mask & 1)
         UNION SELECT principal FROM acl_inherited WHERE object_type = ? AND object_id = ? AND (mask & 1)`,
        type,
        id,
        type,
        id,
      )
      .map((row) => row.principal)
  }
}
