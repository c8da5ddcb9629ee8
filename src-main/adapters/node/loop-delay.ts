import { monitorEventLoopDelay } from 'node:perf_hooks'

const RESOLUTION_MS = 5

/** Begins to watch the event loop. @returns tells by how much it was late since it was last asked, in milliseconds, at nine of ten looks at most */
export function watchLoopDelay(): () => number {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  histogram.enable()
  return () => {
    const delayMs = histogram.count === 0 ? 0 : histogram.percentile(90) / 1e6 - RESOLUTION_MS
    histogram.reset()
    return Math.max(0, delayMs)
  }
}
