/** Small uploads at once that are always allowed, however busy the process is. */
export const FEWEST_SMALL = 2
/** Delay of the event loop from which on a person would notice. */
const NOTICED_MS = 10
const UNNOTICED_MS = 4

/**
 * How many small uploads may run at once beside a person's clicks. Small uploads wait for answers most of the time, so that many of them
 * cost nothing while the server is far away; near by they keep the processor busy, and then everything else waits in line.
 *
 * @param most how many ran at most so far
 * @param delayMs by how much the event loop was late of late, at nine of ten looks at most
 * @param ceiling how many there are room for in any case
 */
export function nextMostSmall(most: number, delayMs: number, ceiling: number): number {
  if (delayMs > NOTICED_MS) return Math.max(FEWEST_SMALL, Math.floor(Math.min(most, ceiling) / 2))
  return delayMs < UNNOTICED_MS ? Math.min(ceiling, most + 1) : Math.min(ceiling, most)
}
