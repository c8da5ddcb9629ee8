import type { Handlers } from '@contract/index.ts'
import type { Jobs } from '../../services/jobs/jobs.ts'

export function jobHandlers(jobs: Jobs) {
  return {
    'jobs.list': ({ filter, window }, { signal }) => jobs.list(filter, window, signal),
    'jobs.get': ({ id }, { signal }) => jobs.get(id, signal),
    'jobs.create': (wanted, { signal }) => jobs.create(wanted, signal),
    'jobs.update': ({ id, ...changes }) => jobs.update(id, changes),
    'jobs.act': async ({ ids, action }) => {
      await jobs.act(ids, action)
      return null
    },
    'jobs.setPriority': async ({ ids, priority }) => {
      await jobs.setPriority(ids, priority)
      return null
    },
    'jobs.delete': async ({ ids }) => {
      await jobs.delete(ids)
      return null
    },
    'jobs.follow': async () => {
      jobs.follow()
      return null
    },
  } satisfies Partial<Handlers>
}
