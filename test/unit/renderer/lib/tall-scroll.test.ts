import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_BOX_PX, resize, restPx, scrolled, scrollTo, tallScroll } from '@renderer/lib/tall-scroll.ts'

const ROWS = 1_000_000
const tall = tallScroll(ROWS * 160, 800)

describe('scrolling through a list that is too tall to lay out', () => {
  it('leaves a short list alone', () => {
    const state = scrolled(tallScroll(50_000, 800), 1234)
    expect(state.topPx).toBe(1234)
    expect(state.boxPx).toBe(50_000)
  })
  it('stays below what a browser can lay out', () => expect(tall.boxPx).toBe(MAX_BOX_PX))
  it('moves the list by as much as the wheel moves', () => {
    const start = scrollTo(tall, 40_000_000)
    expect(scrolled(start, start.scrollPx + 120).topPx).toBeCloseTo(40_000_120, 3)
    expect(scrolled(start, start.scrollPx - 120).topPx).toBeCloseTo(39_999_880, 3)
  })
  it('reaches both ends with the scroll bar', () => {
    const end = scrolled(tall, tall.boxPx - tall.viewPx)
    expect(end.topPx).toBe(tall.contentPx - tall.viewPx)
    expect(scrolled(end, 0).topPx).toBe(0)
  })
  it('loses no row to the wheel: small steps and rests lead from one end to the other', () => {
    let state = scrollTo(tallScroll(20_000_000, 800), 0)
    let steps = 0
    while (state.topPx < state.contentPx - state.viewPx && steps < 100_000) {
      const before = state.topPx
      state = scrolled(state, Math.min(state.boxPx - state.viewPx, state.scrollPx + 400))
      expect(state.topPx - before).toBeLessThanOrEqual(400 * 3)
      state = { ...state, scrollPx: restPx(state) }
      steps += 1
    }
    expect(state.topPx).toBe(state.contentPx - state.viewPx)
  })
  it('never leaves the list, and a rest never moves it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: MAX_BOX_PX, noNaN: true }), { maxLength: 30 }),
        (stops) => {
          let state = tall
          for (const stop of stops) {
            state = scrolled(state, Math.min(stop, state.boxPx - state.viewPx))
            expect(state.topPx).toBeGreaterThanOrEqual(0)
            expect(state.topPx).toBeLessThanOrEqual(state.contentPx - state.viewPx)
            const rested = scrolled({ ...state, scrollPx: restPx(state) }, restPx(state))
            expect(rested.topPx).toBeCloseTo(state.topPx, 2)
          }
        },
      ),
    )
  })
  it('keeps the top row when the window changes', () => {
    const state = scrollTo(tall, 70_000_000)
    expect(resize(state, tall.contentPx, 500).topPx).toBe(70_000_000)
  })
})
