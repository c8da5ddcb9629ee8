import { describe, expect, it } from 'vitest'
import { limitAt, paintHours } from '@renderer/lib/limit-schedule.ts'
import { layOutQueue } from '@renderer/features/uploads/queue-lines.ts'

describe('the lines of the queue', () => {
  const layout = layOutQueue([
    { id: 'needs-you', total: 2 },
    { id: 'active', total: 0 },
    { id: 'next', total: 100_000 },
  ])
  it('leaves out empty sections and gives each other one a head', () => {
    expect(layout.count).toBe(100_004)
    expect(layout.lineAt(0)).toEqual({ kind: 'head', section: 'needs-you' })
    expect(layout.lineAt(3)).toEqual({ kind: 'head', section: 'next' })
    expect(layout.lineAt(100_003)).toEqual({ kind: 'row', section: 'next', index: 99_999 })
    expect(layout.lineAt(100_004)).toBeNull()
  })
  it('finds a row again and steps over heads', () => {
    expect(layout.lineOf('next', 7)).toBe(11)
    expect(layout.rowLineFrom(3, 1)).toBe(4)
    expect(layout.rowLineFrom(3, -1)).toBe(2)
  })
})

describe('the hours of the limit', () => {
  it('holds always without a schedule', () =>
    expect(limitAt([], new Date(2026, 2, 18, 14))).toEqual({ holds: true, until: null }))
  it('says when it begins', () => {
    const evenings = paintHours([], { day: 0, hour: 18 }, { day: 4, hour: 21 }, true)
    const { holds, until } = limitAt(evenings, new Date(2026, 2, 18, 14, 36))
    expect([holds, until]).toEqual([false, new Date(2026, 2, 18, 18)])
  })
})
