import type { GuardedType, Permission } from '@contract/access.ts'

export interface GrantDocument {
  kind: 'user' | 'group'
  id: string
  permissions: Permission[]
}
export interface PrincipalDocument {
  kind: 'user' | 'group'
  id: string
  name: string
}

/** Access rights, and the people and groups that they are given to. Rejects like the rest of `IconikApi`. */
export interface AccessApi {
  rights(
    objectType: GuardedType,
    key: string,
    signal?: AbortSignal,
  ): Promise<{ own: GrantDocument[]; inherited: GrantDocument[] }>
  /** What the signed-in person may do. */
  mine(objectType: GuardedType, key: string, signal?: AbortSignal): Promise<Permission[]>
  grant(objectType: GuardedType, key: string, grant: GrantDocument, signal?: AbortSignal): Promise<void>
  revoke(
    objectType: GuardedType,
    key: string,
    who: Pick<GrantDocument, 'kind' | 'id'>,
    signal?: AbortSignal,
  ): Promise<void>
  principals(signal?: AbortSignal): Promise<PrincipalDocument[]>
  templates(signal?: AbortSignal): Promise<{ id: string; name: string }[]>
  applyTemplate(templateId: string, objectType: GuardedType, key: string, signal?: AbortSignal): Promise<void>
}
