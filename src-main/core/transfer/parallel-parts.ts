/** How many requests at once a storage host gets, and what was seen of it. */
export interface ParallelState {
  limit: number
  /** Bytes a second at the limit before this one; 0 when unknown. */
  lastRate: number
  /** Whether the last step was up (1) or down (-1). */
  direction: 1 | -1
}

export const LEAST_PARALLEL = 2
export const MOST_PARALLEL = 16

export const startParallel = (): ParallelState => ({ limit: 4, lastRate: 0, direction: 1 })

/** A change of rate below this share is noise. */
const NOTABLE = 0.05

/**
 * Climbs towards the rate where more parts at once bring nothing any more: one step on as long as the rate grows, one step
 * back when it falls. When nothing notable changed, fewer are tried, as they cost less memory and are fairer to others.
 */
export function afterMeasuring(state: ParallelState, rate: number): ParallelState {
  if (state.lastRate === 0) return { ...state, limit: clamp(state.limit + state.direction), lastRate: rate }
  const change = (rate - state.lastRate) / state.lastRate
  let direction = state.direction
  if (change < -NOTABLE) direction = direction === 1 ? -1 : 1
  else if (change <= NOTABLE) direction = state.limit > 4 ? -1 : 1
  return { limit: clamp(state.limit + direction), lastRate: rate, direction }
}

/** A refusal or a broken connection under load: half as many. */
export const afterTrouble = (state: ParallelState): ParallelState => ({
  limit: clamp(Math.floor(state.limit / 2)),
  lastRate: 0,
  direction: 1,
})

const clamp = (limit: number) => Math.min(MOST_PARALLEL, Math.max(LEAST_PARALLEL, limit))
