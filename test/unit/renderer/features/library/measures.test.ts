import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gridMeasures } from '@renderer/features/library/grid-measures.ts'
import { groupLayout } from '@renderer/features/library/group-layout.ts'
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
      const now = columnsFor(widthPx, COLUMNS).map((column) => column.id)
      folded.push(...before.filter((id) => !now.includes(id)))
      before = now
    }
    expect(folded.slice(0, 3)).toEqual(['modified', 'frameRate', 'format'])
    expect(before).toContain('size')
  })
})

describe('keys in a list', () => {
  const piece = (count: number) => groupLayout([{ count }], { columns: 4, rowPx: 100, headingPx: 0 })
  const steps = { layout: piece(10), pageRows: 3 }
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
  ])('%s at %d goes to %s', (key, at, next) => expect(moveTo(key, at, steps)).toBe(next))
  it('does nothing in an empty list', () =>
    expect(moveTo('Home', -1, { layout: groupLayout([], steps.layout), pageRows: 3 })).toBeNull())

  // Groups of 6, 1 and 5: 0-3, 4-5 | 6 | 7-10, 11.
  const parted = groupLayout([{ count: 6 }, { count: 1 }, { count: 5 }], {
    columns: 4,
    rowPx: 100,
    headingPx: 30,
  })
  it.each([
    ['ArrowDown', 3, 5],
    ['ArrowDown', 4, 6],
    ['ArrowDown', 6, 7],
    ['ArrowUp', 9, 6],
    ['ArrowUp', 6, 4],
    ['ArrowRight', 5, 6],
    ['ArrowLeft', 7, 6],
    ['PageDown', 1, 8],
    ['End', 2, 11],
  ])('%s at %d goes over headings to %s', (key, at, next) =>
    expect(moveTo(key, at, { layout: parted, pageRows: 3 })).toBe(next),
  )
})

describe('the layout of groups', () => {
  const parted = groupLayout([{ count: 6 }, { count: 1 }, { count: 5 }], {
    columns: 4,
    rowPx: 100,
    headingPx: 30,
  })
  it('puts headings and rows under each other', () => {
    expect(parted.heightPx).toBe(3 * 30 + 5 * 100)
    expect(parted.between(0, 1000).map(({ group, at, count, topPx }) => [group, at, count, topPx])).toEqual([
      [0, 0, 0, 0],
      [0, 0, 4, 30],
      [0, 4, 2, 130],
      [1, 6, 0, 230],
      [1, 6, 1, 260],
      [2, 7, 0, 360],
      [2, 7, 4, 390],
      [2, 11, 1, 490],
    ])
    expect([0, 5, 6, 11].map((at) => parted.topOf(at))).toEqual([30, 130, 260, 490])
  })
  it('knows which heading was scrolled away', () => {
    expect([0, 1, 229, 230, 231, 600].map((px) => parted.groupUnder(px))).toEqual([null, 0, 0, null, 1, 2])
    expect(groupLayout([{ count: 9 }], { columns: 4, rowPx: 100, headingPx: 0 }).groupUnder(50)).toBeNull()
  })
  it('of a million assets is found at once, wherever it is looked at', () => {
    const many = groupLayout(
      Array.from({ length: 5000 }, () => ({ count: 200 })),
      { columns: 4, rowPx: 150, headingPx: 36 },
    )
    expect(many.total).toBe(1_000_000)
    expect(many.between(many.heightPx - 900, many.heightPx).length).toBeLessThan(10)
    expect(many.groupUnder(many.topOf(999_999))).toBe(4999)
  })
  it('knows what touches a stretch', () => {
    expect(parted.between(140, 250).map(({ at, count }) => [at, count])).toEqual([
      [4, 2],
      [6, 0],
    ])
    expect(parted.between(-500, -1)).toEqual([])
  })
  it('shows every asset once, whatever the groups and however it is scrolled', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom(0, 30),
        (counts, columns, headingPx) => {
          const layout = groupLayout(
            counts.map((count) => ({ count })),
            { columns, rowPx: 50, headingPx },
          )
          const seen = new Map<number, number>()
          for (let topPx = 0; topPx < layout.heightPx; topPx += 120)
            for (const { at, count, topPx: rowTop } of layout.between(topPx, topPx + 119))
              for (let step = 0; step < count; step += 1) seen.set(at + step, rowTop)
          expect(seen.size).toBe(layout.total)
          for (const [at, topPx] of seen) {
            expect(layout.topOf(at)).toBe(topPx)
            const { row, column } = layout.rowOf(at)
            expect(layout.assetAt(row, column)).toBe(at)
          }
        },
      ),
    )
  })
})
