import type { PlannedClip } from '../clip.ts'
import type { Prospect } from './prospect.ts'

/**
 * Of clips with the same bytes one goes. If the one that was chosen does not (a person took it out, or it waits), the next goes in its place.
 *
 * @param prospects in the order of `planned`
 * @param isOut whether a person took the clip out, by its key
 */
export function promoteTwins(
  planned: readonly PlannedClip[],
  prospects: readonly Prospect[],
  isOut: (key: string) => boolean = () => false,
): PlannedClip[] {
  const goes = new Set<string>()
  for (const [at, { decision }] of planned.entries()) {
    const key = prospects[at]?.clip.key ?? ''
    if (decision.do !== 'skip' && decision.do !== 'wait' && !isOut(key)) goes.add(key)
  }
  return planned.map((entry, at) => {
    const prospect = prospects[at]
    const original = prospect?.judgement.twinOf
    if (!prospect || original === undefined || goes.has(original) || isOut(prospect.clip.key)) return entry
    // From now on it is the one that the others are told from.
    goes.add(original)
    return { ...entry, decision: { do: 'upload' } }
  })
}
