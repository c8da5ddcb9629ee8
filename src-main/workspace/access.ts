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
}
export const guardedTypes = [
  'assets',
  'collections',
  'metadata_views',
  'saved_searches',
  'storages',
  'custom_actions',
  'saved_search_groups',
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

/** Access rights per object, user and group. Administrators pass everywhere. */
export class AccessControl {
  readonly #db: Database

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
  }

  revoke(type: string, id: string, principal: Principal): void {
    this.#db.run(
      'DELETE FROM acl WHERE object_type = ? AND object_id = ? AND principal = ?',
      type,
      id,
      principal,
    )
  }

  removeObject(type: string, id: string): void {
    this.#db.run('DELETE FROM acl WHERE object_type = ? AND object_id = ?', type, id)
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

  /** Copies the rights of one object onto another, beside those that are there. */
  copy(from: { type: string; id: string }, to: { type: string; id: string }): void {
    for (const { principal, permissions: granted } of this.entries(from.type, from.id))
      this.grant(to.type, to.id, principal, granted, 'append')
  }

  permissionsOf(account: Account, type: string, id: string): Permission[] {
    if (account.user.is_admin) return [...permissions]
    const row = this.#db.get<{ mask: number | null }>(
      `SELECT max(mask & 1) | max(mask & 2) | max(mask & 4) | max(mask & 8) AS mask FROM acl
       WHERE object_type = ? AND object_id = ? AND principal IN (SELECT value FROM json_each(?))`,
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

  /** A condition for lists: only objects that the account may read. Undefined for administrators. */
  readable(account: Account, type: string): { sql: string; values: SqlValue[] } | undefined {
    if (account.user.is_admin) return undefined
    return {
      sql: `EXISTS (SELECT 1 FROM acl WHERE object_type = ? AND object_id = d.id AND (mask & 1) AND principal IN (SELECT value FROM json_each(?)))`,
      values: [type, JSON.stringify(principalsOf(account))],
    }
  }

  readers(type: string, id: string): Principal[] {
    return this.#db
      .all<{ principal: Principal }>(
        'SELECT principal FROM acl WHERE object_type = ? AND object_id = ? AND (mask & 1)',
        type,
        id,
      )
      .map((row) => row.principal)
  }
}
