import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { framesOf, timecodeAt, timecodeOf } from '@renderer/lib/timecode.ts'

describe('timecode', () => {
  // The jumps of drop frame as SMPTE ST 12-1 has them: two numbers are skipped each minute, but not each tenth.
  it.each([
    ['00:00:59;29', 1799],
    ['00:01:00;02', 1800],
    ['00:02:00;02', 3598],
    ['00:10:00;00', 17_982],
    ['01:00:00;00', 107_892],
  ])('%s of 29.97 drop frame is frame %d', (timecode, frames) => {
    expect(framesOf(timecode, 29.97)).toBe(frames)
    expect(timecodeOf(frames, 29.97, true)).toBe(timecode)
  })
  it('counts 23.976 as 24 and has no drop frame there', () => {
    expect(timecodeOf(24 * 3600, 23.976, true)).toBe('01:00:00:00')
  })
  it('wraps after a day', () => expect(timecodeOf(25 * 86_400 + 1, 25)).toBe('00:00:00:01'))
  it('starts where the clip starts', () => {
    expect(timecodeAt(2, 24, '07:44:10:22')).toBe('07:44:12:22')
    expect(timecodeAt(0, 29.97, '07:44:10;22')).toBe('07:44:10;22')
    expect(timecodeAt(1, 25, null)).toBe('00:00:01:00')
  })
  it('is null for what is no timecode', () => expect(framesOf('7:44', 25)).toBeNull())
  it('comes back from frames for every frame of a day', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(23.976, 24, 25, 29.97, 30, 50, 59.94),
        fc.nat(2_000_000),
        fc.boolean(),
        (rate, frames, drop) => {
          expect(framesOf(timecodeOf(frames, rate, drop), rate)).toBe(frames)
        },
      ),
    )
  })
})
