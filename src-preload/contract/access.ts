import { z } from 'zod'
import { call } from './define.ts'
import { NoInput, Nothing } from './ids.ts'

export const PERMISSIONS = ['read', 'write', 'delete', 'change-acl'] as const
export const Permission = z.enum(PERMISSIONS)
export type Permission = z.infer<typeof Permission>

/** What access rights guard. */
export const GuardedType = z.enum(['assets', 'collections', 'metadata_views', 'saved_searches'])
export type GuardedType = z.infer<typeof GuardedType>
const Guarded = z.object({ objectType: GuardedType, key: z.string().min(1).max(100) })

export const Principal = z.object({ kind: z.enum(['user', 'group']), id: z.string(), name: z.string() })
export type Principal = z.infer<typeof Principal>
export const Grant = Principal.extend({ permissions: z.array(Permission) })
export type Grant = z.infer<typeof Grant>

export const AccessRights = z.object({
  /** Given on the object itself; these can be changed. */
  own: z.array(Grant),
  /** Handed down, as by a collection. */
  inherited: z.array(Grant),
  /** What the signed-in person may do with the object; null where that cannot be told. */
  mine: z.array(Permission).nullable(),
})
export type AccessRights = z.infer<typeof AccessRights>

export const access = {
  'access.get': call({ input: Guarded, output: AccessRights }),
  /** Gives exactly these permissions; none takes the person or group off. */
  'access.set': call({
    input: Guarded.extend({
      kind: z.enum(['user', 'group']),
      id: z.string(),
      permissions: z.array(Permission),
    }),
    output: Nothing,
    errors: ['api.invalid'],
  }),
  /** Users and groups that rights can be given to, by name. */
  'access.principals': call({ input: NoInput, output: z.array(Principal) }),
  'access.templates': call({
    input: NoInput,
    output: z.array(z.object({ id: z.string(), name: z.string() })),
  }),
  'access.applyTemplate': call({
    input: Guarded.extend({ templateId: z.string() }),
    output: Nothing,
    errors: ['api.invalid'],
  }),
}
