import { describe, expect, it } from 'vitest'
import {
  beginSettling,
  disturb,
  isHot,
  nextLookMs,
  observe,
  quietBeforeMs,
  remainingByDateMs,
  remainingMs,
} from '@main/core/intake/settle.ts'

const seen = (sizeBytes: number, mtimeMs = 1000, inode = '1:1') => ({ sizeBytes, mtimeMs, inode })

describe('settling', () => {
  it('is over when size and date were quiet for the settle time', () => {
    const settling = observe(beginSettling(seen(10), 0), seen(10), 4999)
    expect(remainingMs(settling, 5000, 4999)).toBe(1)
    expect(remainingMs(settling, 5000, 5000)).toBe(0)
  })

  it.each([
    ['a new size', seen(11)],
    ['a new date with the same size (a file allocated in full)', seen(10, 2000)],
    ['another file of the same name', seen(10, 1000, '1:2')],
  ])('starts again at %s', (_, change) => {
    const settling = observe(beginSettling(seen(10), 0), change, 4000)
    expect(remainingMs(settling, 5000, 6000)).toBe(3000)
    expect(settling.changes).toBe(1)
  })

  it('starts again while someone has it open for writing', () => {
    const settling = disturb(beginSettling(seen(10), 0), 5000)
    expect(remainingMs(settling, 5000, 5000)).toBe(5000)
  })

  it('calls a file hot that never comes to rest, and looks at it seldom', () => {
    let settling = beginSettling(seen(0), 0)
    for (let at = 1000; at <= 700_000; at += 1000) settling = observe(settling, seen(at), at)
    expect(isHot(settling, 5000, 700_000)).toBe(true)
    expect(nextLookMs(settling, 5000, 700_000)).toBe(60_000)
  })

  it('does not call a large slow copy hot before ten minutes', () => {
    let settling = beginSettling(seen(0), 0)
    for (let at = 1000; at < 590_000; at += 1000) settling = observe(settling, seen(at), at)
    expect(isHot(settling, 5000, 590_000)).toBe(false)
  })
})

describe('a file that was handed over', () => {
  it.each([
    ['is ready at once when its date is old', 1_000_000, 0],
    ['waits for what is left', 9_997_000, 2000],
    ['counts a date in the future from now', 99_000_000, 5000],
  ])('%s', (_, mtimeMs, left) => expect(remainingByDateMs(mtimeMs, 5000, 10_000_000)).toBe(left))
})

describe('how long a file was quiet before the first look', () => {
  it.each([
    ['since its date', 9600, 5000, 10_000, 400],
    ['not at all, when its date is so old that a copy may have kept it', 8900, 5000, 10_000, 0],
    ['not at all, when its date lies in the future', 10_100, 5000, 10_000, 0],
    ['at most a fifth of the settle time', 9600, 1000, 10_000, 0],
  ])('%s', (_, mtimeMs, settleMs, nowMs, expected) =>
    expect(quietBeforeMs(mtimeMs, settleMs, nowMs)).toBe(expected),
  )
})
