import { createRowSlots } from '@renderer/lib/row-slots.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const slotsOver = (slots: ReturnType<typeof createRowSlots>, first: number, count: number) => {
  const slotOf = slots.over(first, count)
  return Array.from({ length: count }, (_, at) => slotOf(first + at))
}

describe('slots of rows', () => {
  it('gives rows that stay in sight the slots that they had', () => {
    const slots = createRowSlots()
    const before = slotsOver(slots, 100, 20)
    expect(slotsOver(slots, 104, 20).slice(0, 16)).toEqual(before.slice(4))
    expect(slotsOver(slots, 100, 20)).toEqual(before)
  })

  it('gives the first row of another place the slot of the first row before, so that no element moves', () => {
    const slots = createRowSlots()
    const before = slotsOver(slots, 7, 20)
    expect(slotsOver(slots, 500_003, 20)).toEqual(before)
    expect(slotsOver(slots, 3, 4)).toEqual(before.slice(0, 4))
  })

  it('never gives two rows in sight one slot, and never more slots than a quarter beyond the most rows', () => {
    const looks = fc.array(fc.tuple(fc.nat(1_000_000), fc.integer({ min: 1, max: 60 })), { minLength: 1 })
    fc.assert(
      fc.property(looks, (stretches) => {
        const slots = createRowSlots()
        const most = Math.max(...stretches.map(([, count]) => count))
        for (const [first, count] of stretches) {
          const given = slotsOver(slots, first, count)
          expect(new Set(given).size).toBe(count)
          expect(Math.max(...given)).toBeLessThan(Math.ceil(most * 1.25))
        }
      }),
    )
  })
})
