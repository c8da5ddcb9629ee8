import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gridMeasures } from '@renderer/features/library/grid-measures.ts'
import { moveTo } from '@renderer/features/library/list-keys.ts'
import { COLUMNS, columnsFor } from '@renderer/features/library/table-columns.ts'

describe('the grid', () => {
  it.each([
    [544, 0, 3],
    [756, 1, 4],
    [1140, 1, 6],
  ])('%d px wide at step %d has %d columns', (widthPx, step, columns) => {
    expect(gridMeasures(widthPx, step).columns).toBe(columns)
  })
  it('has a column at any width', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6000 }), fc.integer({ min: -1, max: 5 }), (widthPx, step) => {
        const { columns, rowPx } = gridMeasures(widthPx, step)
        expect(columns).toBeGreaterThanOrEqual(1)
        expect(rowPx).toBeGreaterThan(100)
      }),
    )
  })
})

describe('the table', () => {
  it('folds Modified, then fps, then Format, and never the size', () => {
    const folded: string[] = []
    let before = COLUMNS.map((column) => column.id)
    for (let widthPx = 1600; widthPx > 300; widthPx -= 10) {
      const now = columnsFor(widthPx).map((column) => column.id)
      folded.push(...before.filter((id) => !now.includes(id)))
      before = now
    }
    expect(folded.slice(0, 3)).toEqual(['modified', 'frameRate', 'format'])
    expect(before).toContain('size')
  })
})

describe('keys in a list', () => {
  const steps = { columns: 4, pageRows: 3 }
  // 10 assets in 4 columns: 0-3, 4-7, 8-9.
  it.each([
    ['ArrowRight', 3, 4],
    ['ArrowLeft', 0, 0],
    ['ArrowRight', 9, 9],
    ['ArrowDown', 1, 5],
    ['ArrowDown', 6, 9],
    ['ArrowDown', 9, 9],
    ['ArrowUp', 2, 2],
    ['ArrowUp', 9, 5],
    ['PageDown', 1, 9],
    ['PageUp', 9, 1],
    ['Home', 7, 0],
    ['End', 0, 9],
    ['ArrowDown', -1, 0],
    ['a', 3, null],
  ])('%s at %d goes to %s', (key, at, next) => expect(moveTo(key, at, 10, steps)).toBe(next))
  it('does nothing in an empty list', () => expect(moveTo('Home', -1, 0, steps)).toBeNull())
})
