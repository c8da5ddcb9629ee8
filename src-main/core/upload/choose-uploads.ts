import { LARGE_UPLOAD_BYTES } from './identity.ts'

/** A file so small that it waits for answers longer than for its bytes: four of them take the place of one. */
export const TINY_UPLOAD_BYTES = 1024 * 1024
const TINY_PLACE = 0.25

/** Tiny uploads that so many slots hold at most. */
export const mostTiny = (slots: number) => Math.floor(slots / placeOf(0, slots))

/** What of the queue's slots an upload takes. With one slot it is one upload at a time, whatever its size. */
export function placeOf(sizeBytes: number, slots: number): number {
  return slots > 1 && sizeBytes <= TINY_UPLOAD_BYTES ? TINY_PLACE : 1
}

export interface Room {
  /** Slots that are free; may be a fraction. */
  free: number
  /** Large uploads that may be started. They never hold all slots while there is more than one, so that small ones get through. */
  large: number
  /** Small uploads that would fit at most. */
  small: number
}

/**
 * @param slots uploads that may run at once
 * @param mostSmall of the small ones, where something else needs the processor too
 */
export function roomBeside(
  running: readonly { sizeBytes: number }[],
  slots: number,
  mostSmall = Number.POSITIVE_INFINITY,
): Room {
  const free = slots - running.reduce((sum, upload) => sum + placeOf(upload.sizeBytes, slots), 0)
  const largeRunning = running.filter((upload) => upload.sizeBytes >= LARGE_UPLOAD_BYTES).length
  return {
    free,
    large: Math.max(0, Math.min(Math.floor(free), Math.max(slots - 1, 1) - largeRunning)),
    small: Math.max(
      0,
      Math.min(Math.floor(free / placeOf(0, slots)), mostSmall - (running.length - largeRunning)),
    ),
  }
}

interface Waiting {
  sizeBytes: number
  step: string
  priority: number
  seq: number
}

/**
 * Those to start now: what is begun before what is new, then by priority and order of arrival. Where the next one does not fit, those
 * behind it wait too, or a stream of tiny files would keep it out for ever.
 */
export function chooseUploads<T extends Waiting>(candidates: readonly T[], room: Room, slots: number): T[] {
  const inOrder = [...candidates].sort(
    (a, b) => begun(b) - begun(a) || b.priority - a.priority || a.seq - b.seq,
  )
  const chosen: T[] = []
  let { free, large } = room
  for (const upload of inOrder) {
    const isLarge = upload.sizeBytes >= LARGE_UPLOAD_BYTES
    if (isLarge && large <= 0) continue
    const place = placeOf(upload.sizeBytes, slots)
    if (place > free) break
    free -= place
    if (isLarge) large--
    chosen.push(upload)
  }
  return chosen
}

const begun = (upload: Waiting) => (upload.step === 'planned' ? 0 : 1)
