import { describe, expect, it } from 'vitest'
import {
  afterMeasuring,
  afterTrouble,
  LEAST_PARALLEL,
  MOST_PARALLEL,
  startParallel,
} from '@main/core/transfer/parallel-parts.ts'

/** Measures a line again and again. @returns the limits in turn */
function limitsOn(rateAt: (limit: number) => number, measurements: number): number[] {
  let state = startParallel()
  return Array.from(
    { length: measurements },
    () => (state = afterMeasuring(state, rateAt(state.limit))).limit,
  )
}

describe('requests at once to a storage', () => {
  it('reach the most within two measurements where each brings as much as the first, and stay about there', () => {
    const limits = limitsOn((limit) => limit * 1e6, 20)
    expect(limits.slice(0, 2)).toEqual([8, 16])
    expect(Math.min(...limits.slice(2))).toBeGreaterThanOrEqual(14)
  })

  it('stay few where one fills the line', () => {
    const limits = limitsOn(() => 1e8, 20)
    expect(limits.slice(0, 2)).toEqual([8, 8])
    expect(Math.max(...limits.slice(8))).toBeLessThanOrEqual(5)
  })

  it('settle about where a line is full', () => {
    const limits = limitsOn((limit) => Math.min(limit, 10) * 1e6, 40)
    for (const limit of limits.slice(10)) {
      expect(limit).toBeGreaterThanOrEqual(8)
      expect(limit).toBeLessThanOrEqual(13)
    }
  })

  it('go back where more of them are slower', () =>
    expect(limitsOn((limit) => 1e8 / limit, 3)).toEqual([8, 4, 3]))

  it('are halved by trouble, and grow by steps from there', () => {
    const after = afterTrouble({ ...startParallel(), limit: 16 })
    expect(after.limit).toBe(8)
    expect(afterMeasuring(after, 1e6).limit).toBe(9)
  })

  it('never leave their bounds', () => {
    for (const rate of [(limit: number) => limit, (limit: number) => 1 / limit, () => 1])
      for (const limit of limitsOn(rate, 50)) {
        expect(limit).toBeGreaterThanOrEqual(LEAST_PARALLEL)
        expect(limit).toBeLessThanOrEqual(MOST_PARALLEL)
      }
  })
})
