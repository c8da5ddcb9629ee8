/** How many requests at once a storage host gets, and what was seen of it. */
export interface ParallelState {
  limit: number
  /** Bytes a second at the limit before this one; 0 when unknown. */
  lastRate: number
  /** Whether the last step was up (1) or down (-1). */
  direction: 1 | -1
  /** Nothing was found yet that more would not help. */
  doubling: boolean
}

export const LEAST_PARALLEL = 2
export const MOST_PARALLEL = 16

export const startParallel = (): ParallelState => ({ limit: 4, lastRate: 0, direction: 1, doubling: true })

/** A change of rate below this share is noise. */
const NOTABLE = 0.05
/** Twice as many requests that bring less than this share more are not worth being doubled again. */
const WORTH_DOUBLING = 0.2

/**
 * Climbs towards the rate where more parts at once bring nothing any more: twice as many at first, so that a long or lossy line is
 * filled within seconds; then one step on as long as the rate grows, one step back when it falls. When nothing notable changed, fewer
 * are tried, as they cost less memory and are fairer to others.
 */
export function afterMeasuring(state: ParallelState, rate: number): ParallelState {
  const change = state.lastRate === 0 ? Infinity : (rate - state.lastRate) / state.lastRate
  if (state.doubling) return afterDoubling(state, rate, change)
  let direction = state.direction
  if (change < -NOTABLE) direction = direction === 1 ? -1 : 1
  else if (change <= NOTABLE) direction = state.limit > 4 ? -1 : 1
  return { ...state, limit: clamp(state.limit + direction), lastRate: rate, direction }
}

function afterDoubling(state: ParallelState, rate: number, change: number): ParallelState {
  if (change > WORTH_DOUBLING) {
    const limit = clamp(state.limit * 2)
    return { ...state, limit, lastRate: rate, doubling: limit < MOST_PARALLEL }
  }
  // It fell: back to where it was better. It grew a little, or not: from here on by steps.
  const limit = change < -NOTABLE ? clamp(Math.floor(state.limit / 2)) : state.limit
  return { limit, lastRate: rate, direction: change > NOTABLE ? 1 : -1, doubling: false }
}

/** A refusal or a broken connection under load: half as many. */
export const afterTrouble = (state: ParallelState): ParallelState => ({
  limit: clamp(Math.floor(state.limit / 2)),
  lastRate: 0,
  direction: 1,
  doubling: false,
})

const clamp = (limit: number) => Math.min(MOST_PARALLEL, Math.max(LEAST_PARALLEL, limit))
