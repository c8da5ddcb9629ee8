import type { AccessRights, Grant, GuardedType, Permission, Principal } from '@contract/access.ts'
import { findAppError } from '../../core/errors.ts'
import type { GrantDocument } from '../../ports/access-api.ts'
import type { AccountSession } from '../../ports/account-session.ts'

/** Access rights of objects, with the names of those who have them. Nothing of them is mirrored. */
export class Access {
  readonly #session: AccountSession

  constructor(session: AccountSession) {
    this.#session = session
  }

  async get(objectType: GuardedType, key: string, signal?: AbortSignal): Promise<AccessRights> {
    const [rights, principals, mine] = await Promise.all([
      this.#api().rights(objectType, key, signal),
      this.principals(signal),
      this.#mine(objectType, key, signal),
    ])
    const names = new Map(principals.map(({ id, name }) => [id, name]))
    const named = (grants: readonly GrantDocument[]): Grant[] =>
      grants
        .map((grant) => ({ ...grant, name: names.get(grant.id) ?? grant.id }))
        .toSorted((left, right) => left.kind.localeCompare(right.kind) || left.name.localeCompare(right.name))
    return { own: named(rights.own), inherited: named(rights.inherited), mine }
  }

  async set(
    objectType: GuardedType,
    key: string,
    who: { kind: 'user' | 'group'; id: string; permissions: Permission[] },
  ): Promise<void> {
    if (who.permissions.length === 0) await this.#api().revoke(objectType, key, who)
    else await this.#api().grant(objectType, key, who)
  }

  async principals(signal?: AbortSignal): Promise<Principal[]> {
    const all = await this.#api().principals(signal)
    return all.toSorted(
      (left, right) => left.kind.localeCompare(right.kind) || left.name.localeCompare(right.name),
    )
  }

  templates(signal?: AbortSignal): Promise<{ id: string; name: string }[]> {
    return this.#api().templates(signal)
  }

  applyTemplate(objectType: GuardedType, key: string, templateId: string): Promise<void> {
    return this.#api().applyTemplate(templateId, objectType, key)
  }

  async #mine(objectType: GuardedType, key: string, signal?: AbortSignal): Promise<Permission[] | null> {
    try {
      return await this.#api().mine(objectType, key, signal)
    } catch (error) {
      const code = findAppError(error)?.code
      // Not every server tells it for every kind of object.
      if (code === 'api.not-found' || code === 'api.invalid') return null
      throw error
    }
  }

  #api() {
    return this.#session.require().api.inLane('person').access
  }
}
