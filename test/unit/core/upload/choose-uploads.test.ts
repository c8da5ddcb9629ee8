import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseUploads, placeOf, roomBeside } from '@main/core/upload/choose-uploads.ts'

const MIB = 1024 * 1024
const upload = (sizeBytes: number, seq: number, more: { step?: string; priority?: number } = {}) => ({
  sizeBytes,
  seq,
  step: more.step ?? 'planned',
  priority: more.priority ?? 0,
})
const choose = (running: { sizeBytes: number }[], waiting: ReturnType<typeof upload>[], slots: number) =>
  chooseUploads(waiting, roomBeside(running, slots), slots).map((chosen) => chosen.seq)

describe('the next uploads', () => {
  it('are those that are begun, then by priority, then in order', () => {
    const waiting = [
      upload(2 * MIB, 1),
      upload(2 * MIB, 2, { priority: 1 }),
      upload(2 * MIB, 3, { step: 'asset' }),
    ]
    expect(choose([], waiting, 2)).toEqual([3, 2])
  })

  it('are four tiny ones for one place, and one at a time where one was asked for', () => {
    const tiny = Array.from({ length: 40 }, (_, index) => upload(10_240, index))
    expect(choose([], tiny, 4)).toHaveLength(16)
    expect(choose([], tiny, 1)).toEqual([0])
    expect(choose([{ sizeBytes: 2 * MIB }], tiny, 2)).toHaveLength(4)
  })

  it('keep a place for small ones beside large ones', () => {
    const large = Array.from({ length: 8 }, (_, index) => upload(1000 * MIB, index))
    expect(choose([], [...large, upload(2 * MIB, 100)], 4)).toEqual([0, 1, 2, 100])
    expect(choose([], large, 1)).toEqual([0])
  })

  it('do not let a stream of tiny ones pass by one that needs a whole place', () => {
    const running = Array.from({ length: 14 }, () => ({ sizeBytes: 1000 }))
    expect(choose(running, [upload(2 * MIB, 1), upload(1000, 2)], 4)).toEqual([])
    expect(choose(running.slice(2), [upload(2 * MIB, 1), upload(1000, 2)], 4)).toEqual([1])
  })

  it('never hold more places than there are, and never leave all idle while something waits', () => {
    const sizes = fc.constantFrom(0, 1000, MIB, MIB + 1, 15 * MIB, 16 * MIB, 5000 * MIB)
    fc.assert(
      fc.property(fc.array(sizes, { maxLength: 60 }), fc.integer({ min: 1, max: 32 }), (all, slots) => {
        const waiting = all.map((sizeBytes, seq) => upload(sizeBytes, seq))
        const started = new Set(choose([], waiting, slots))
        const taken = waiting.filter(({ seq }) => started.has(seq))
        const places = taken.reduce((sum, { sizeBytes }) => sum + placeOf(sizeBytes, slots), 0)
        expect(places).toBeLessThanOrEqual(slots)
        expect(taken.length > 0).toBe(waiting.length > 0)
      }),
    )
  })
})
