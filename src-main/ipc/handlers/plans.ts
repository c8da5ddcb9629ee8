import type { Handlers } from '@contract/index.ts'
import type { PlanSessions } from '../../services/intake/plan-sessions.ts'

/** The plan half of the uploads area: what a drop becomes before it starts. */
export function planHandlers(plans: PlanSessions) {
  return {
    'uploads.plan': ({ paths, targets }) => plans.open(paths, targets),
    'uploads.planView': async ({ id }) => plans.view(id),
    'uploads.planClips': async ({ id, groupId, problemsOnly, window }) =>
      plans.clips(id, { groupId, problemsOnly, window }),
    'uploads.setTargets': ({ id, targets }) => plans.setTargets(id, targets),
    'uploads.include': async ({ id, ...change }) => plans.include(id, change),
    'uploads.confirm': ({ id }) => plans.confirm(id),
    'uploads.discard': async ({ id }) => {
      plans.discard(id)
      return null
    },
  } satisfies Pick<
    Handlers,
    | 'uploads.plan'
    | 'uploads.planView'
    | 'uploads.planClips'
    | 'uploads.setTargets'
    | 'uploads.include'
    | 'uploads.confirm'
    | 'uploads.discard'
  >
}
