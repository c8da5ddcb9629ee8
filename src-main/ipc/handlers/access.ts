import type { Handlers } from '@contract/index.ts'
import type { Access } from '../../services/access/access.ts'

export function accessHandlers(access: Access) {
  return {
    'access.get': ({ objectType, key }, { signal }) => access.get(objectType, key, signal),
    'access.set': async ({ objectType, key, ...who }) => {
      await access.set(objectType, key, who)
      return null
    },
    'access.principals': (_, { signal }) => access.principals(signal),
    'access.templates': (_, { signal }) => access.templates(signal),
    'access.applyTemplate': async ({ objectType, key, templateId }) => {
      await access.applyTemplate(objectType, key, templateId)
      return null
    },
  } satisfies Partial<Handlers>
}
