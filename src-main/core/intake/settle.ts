import { sameInode } from '../clip.ts'

/**
 * Readiness: a file is taken when its size and date were quiet for the settle time. Size alone is not enough, since network
 * shares allocate a file in full before they fill it, and copies pause.
 */
export interface Sighting {
  sizeBytes: number
  mtimeMs: number
  inode: string
}

/** What is remembered of a file between two looks at it. Times are of one clock that never goes back. */
export interface Settling extends Sighting {
  /** When it was first seen. */
  firstSeenMs: number
  /** When it was last seen to differ, or to be open for writing. */
  quietSinceMs: number
  /** How often it was seen to differ. */
  changes: number
}

/** First look at a file. */
export function beginSettling(seen: Sighting, atMs: number): Settling {
  return { ...pick(seen), firstSeenMs: atMs, quietSinceMs: atMs, changes: 0 }
}

/** A later look: the quiet starts again when size, date or the file itself is another. */
export function observe<T extends Settling>(settling: T, seen: Sighting, atMs: number): T {
  if (sameSighting(settling, seen)) return settling
  return { ...settling, ...pick(seen), quietSinceMs: atMs, changes: settling.changes + 1 }
}

/** It is still being written by someone, whatever its size says. */
export function disturb<T extends Settling>(settling: T, atMs: number): T {
  return { ...settling, quietSinceMs: atMs }
}

export function sameSighting(a: Sighting, b: Sighting): boolean {
  return a.sizeBytes === b.sizeBytes && a.mtimeMs === b.mtimeMs && sameInode(a.inode, b.inode)
}

/** Time until it is ready; 0 when it is. */
export function remainingMs(settling: Settling, settleMs: number, atMs: number): number {
  return Math.max(0, settling.quietSinceMs + settleMs - atMs)
}

/**
 * A file that someone handed over (a drop, the command line) needs no watching when its date alone shows that it was quiet:
 * the time left until then. A date in the future proves nothing and counts from now.
 *
 * @param nowMs the wall clock that mtimes are written with
 */
export function remainingByDateMs(mtimeMs: number, settleMs: number, nowMs: number): number {
  const ageMs = nowMs - mtimeMs
  return ageMs < 0 ? settleMs : Math.max(0, settleMs - ageMs)
}

/** A look comes this much later than the change that it shows, at most, or else the date may be one that a copy kept. */
const LATEST_LOOK_MS = 1000

/**
 * How long a file that is being watched was quiet already when it was looked at: since its date, where that is so fresh that nobody but a writer can have
 * set it. At most a fifth of the settle time, so that clocks that disagree take no more of it away.
 *
 * @param nowMs the wall clock that mtimes are written with
 */
export function quietBeforeMs(mtimeMs: number, settleMs: number, nowMs: number): number {
  const ageMs = nowMs - mtimeMs
  return ageMs > 0 && ageMs <= Math.min(LATEST_LOOK_MS, settleMs / 5) ? ageMs : 0
}

/** After this long without a quiet moment a file counts as hot: it is looked at seldom, and listed for a person. */
export const HOT_AFTER_MS = 10 * 60_000

export function isHot(settling: Settling, settleMs: number, atMs: number): boolean {
  return settling.changes >= 3 && atMs - settling.firstSeenMs >= Math.max(HOT_AFTER_MS, settleMs * 20)
}

/** How long to wait before the next look: until it could be ready, and for a hot file at least a minute. */
export function nextLookMs(settling: Settling, settleMs: number, atMs: number): number {
  const ready = remainingMs(settling, settleMs, atMs)
  return isHot(settling, settleMs, atMs) ? Math.max(ready, 60_000) : Math.max(ready, 1)
}

function pick({ sizeBytes, mtimeMs, inode }: Sighting): Sighting {
  return { sizeBytes, mtimeMs, inode }
}
