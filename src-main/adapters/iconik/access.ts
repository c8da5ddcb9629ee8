import { z } from 'zod'
import { PERMISSIONS, type Permission } from '@contract/access.ts'
import type { Lane } from '../../core/pacing/request-budget.ts'
import type { AccessApi, GrantDocument, PrincipalDocument } from '../../ports/access-api.ts'
import { pathOf, type IconikHttp } from './http.ts'
import { readPage } from './pagination.ts'
import { pageOf } from './wire.ts'

const PER_PAGE = 100
/** More people than this are not offered in one list. */
const MOST_PAGES = 20

/** Permissions that this version does not know are left out. */
const known = z
  .array(z.string())
  .nullish()
  .transform((list) => PERMISSIONS.filter((name) => list?.includes(name)) as Permission[])
const UserGrant = z.looseObject({ user_id: z.string(), permissions: known })
const GroupGrant = z.looseObject({ group_id: z.string(), permissions: known })
const Rights = z.looseObject({
  users_acl: z.array(UserGrant).nullish(),
  groups_acl: z.array(GroupGrant).nullish(),
  inherited_users_acl: z.array(UserGrant).nullish(),
  inherited_groups_acl: z.array(GroupGrant).nullish(),
})
const Mine = z.looseObject({ permissions: known })
const User = z.looseObject({
  id: z.string(),
  email: z.string().nullish(),
  first_name: z.string().nullish(),
  last_name: z.string().nullish(),
  status: z.string().nullish(),
})
const Named = z.looseObject({ id: z.string(), name: z.string().nullish() })

const grantsOf = (
  users: z.infer<typeof UserGrant>[] | null | undefined,
  groups: z.infer<typeof GroupGrant>[] | null | undefined,
): GrantDocument[] => [
  ...(groups ?? []).map(({ group_id: id, permissions }) => ({ kind: 'group' as const, id, permissions })),
  ...(users ?? []).map(({ user_id: id, permissions }) => ({ kind: 'user' as const, id, permissions })),
]

export function createAccessApi(http: IconikHttp, lane: Lane): AccessApi {
  const all = async <T extends z.ZodType>(path: string, row: T, signal?: AbortSignal) => {
    const rows: z.infer<T>[] = []
    for (let page = 1, pages = 1; page <= Math.min(pages, MOST_PAGES); page += 1) {
      const answer = await readPage(http, { path, query: { page, per_page: PER_PAGE }, lane, signal }, row)
      rows.push(...answer.rows)
      ;({ pages } = answer)
    }
    return rows
  }
  const ofOne = ({ kind, id }: Pick<GrantDocument, 'kind' | 'id'>, objectType: string, key: string) =>
    kind === 'user'
      ? pathOf`/API/acls/v1/users/${id}/acl/${objectType}/${key}/`
      : pathOf`/API/acls/v1/groups/${id}/acl/${objectType}/${key}/`
  return {
    async rights(objectType, key, signal) {
      const path = pathOf`/API/acls/v1/acl/${objectType}/${key}/`
      const rights = await http.json({ method: 'GET', path, lane, signal }, Rights)
      return {
        own: grantsOf(rights.users_acl, rights.groups_acl),
        inherited: grantsOf(rights.inherited_users_acl, rights.inherited_groups_acl),
      }
    },
    async mine(objectType, key, signal) {
      const path = pathOf`/API/acls/v1/acl/${objectType}/${key}/permissions/`
      return (await http.json({ method: 'GET', path, lane, signal }, Mine)).permissions
    },
    grant: (objectType, key, grant, signal) =>
      http.send({
        method: 'PUT',
        path: ofOne(grant, objectType, key),
        body: { permissions: grant.permissions },
        lane,
        signal,
      }),
    revoke: (objectType, key, who, signal) =>
      http.send({ method: 'DELETE', path: ofOne(who, objectType, key), lane, signal }),
    async principals(signal) {
      const [users, groups] = await Promise.all([
        all('/API/users/v1/users/basic/', User, signal),
        all('/API/users/v1/groups/basic/', Named, signal),
      ])
      const named: PrincipalDocument[] = [
        ...groups.map(({ id, name }) => ({ kind: 'group' as const, id, name: name || id })),
        ...users
          .filter(({ status }) => status !== 'DELETED')
          .map(({ id, email, first_name: first, last_name: last }) => ({
            kind: 'user' as const,
            id,
            name: [first, last].filter(Boolean).join(' ') || email || id,
          })),
      ]
      return named
    },
    async templates(signal) {
      const call = { method: 'GET', path: '/API/acls/v1/acl/templates/', lane, signal } as const
      return (await http.json(call, pageOf(Named))).objects.map(({ id, name }) => ({ id, name: name || id }))
    },
    applyTemplate: (templateId, objectType, key, signal) =>
      http.send({
        method: 'POST',
        path: pathOf`/API/acls/v1/acl/templates/${templateId}/${objectType}/${key}/`,
        body: {},
        lane,
        signal,
      }),
  }
}
