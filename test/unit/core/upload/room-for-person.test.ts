import { describe, expect, it } from 'vitest'
import { FEWEST_SMALL, nextMostSmall } from '@main/core/upload/room-for-person.ts'

describe('small uploads beside a person', () => {
  it.each([
    ['halve when clicks would wait', 16, 40, 16, 8],
    ['never end', FEWEST_SMALL, 900, 16, FEWEST_SMALL],
    ['stay as they are in between', 6, 7, 16, 6],
    ['become more by one when nothing waits', 6, 1, 16, 7],
    ['stay below what there is room for', 16, 1, 16, 16],
    ['come down with the room', 16, 7, 4, 4],
  ])('%s', (_, most, delayMs, ceiling, next) => {
    expect(nextMostSmall(most, delayMs, ceiling)).toBe(next)
  })
})
