import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AssetOrder } from '@main/adapters/node/library/asset-order.ts'
import { DocSet } from '@main/adapters/node/library/doc-set.ts'
import { FacetColumn } from '@main/adapters/node/library/facet-column.ts'

/** A document gets a key and codes, or goes (null); documents above the highest are new. */
const step = fc.array(
  fc.record({
    doc: fc.integer({ min: 1, max: 60 }),
    now: fc.option(
      fc.record({
        key: fc.integer({ min: 0, max: 9 }),
        codes: fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { maxLength: 3 }),
      }),
    ),
  }),
  { minLength: 1, maxLength: 8 },
)

describe('orders and facet columns that are mended', () => {
  it('hold what they would hold if they were read anew', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const known = new Map<number, { key: number; codes: number[] }>()
        const compare = (left: number, right: number) =>
          (known.get(left)?.key ?? 0) - (known.get(right)?.key ?? 0) || left - right
        const order = new AssetOrder(new Int32Array())
        const column = new FacetColumn(new Int32Array(), new Int32Array())
        for (const changes of steps) {
          const last = new Map(changes.map(({ doc, now }) => [doc, now]))
          for (const [doc, now] of last) {
            if (now) known.set(doc, now)
            else known.delete(doc)
          }
          const docs = [...last.keys()]
          const present = docs.filter((doc) => known.has(doc))
          const pairs = present.flatMap((doc) => (known.get(doc)?.codes ?? []).map((code) => [doc, code]))
          const changed = DocSet.of(Int32Array.from(docs))
          order.replace(changed, present, compare)
          column.replace(
            changed,
            pairs.map(([doc = 0]) => doc),
            pairs.map(([, code = 0]) => code),
          )
        }
        const all = DocSet.of(Int32Array.from(known.keys()))
        expect([...order.pick(all, false)]).toEqual([...known.keys()].toSorted(compare))
        const counts = new Map<number, number>()
        for (const { codes } of known.values())
          for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1)
        expect(new Map(column.count(all))).toEqual(counts)
      }),
    )
  })

  it.each([
    [0, 0],
    [1, 5],
    [3, 31],
    [31, 32],
    [5, 64],
    [1, 1000],
    [64, 127],
  ])('the range from %i to %i holds all between and nothing else', (low, high) => {
    const range = DocSet.range(low, high)
    const all = Array.from({ length: high - low + 1 }, (_, at) => low + at)
    expect([...range.toArray()]).toEqual(all)
    expect(range.count).toBe(all.length)
    const some = DocSet.of(Int32Array.from(all.filter((doc) => doc % 3 === 0)))
    expect([...range.without(some).toArray()]).toEqual(all.filter((doc) => doc % 3 !== 0))
    expect(range.without(some).count).toBe(range.count - some.count)
    expect(some.without(range).count).toBe(0)
  })

  it.each([
    [[], Infinity],
    [[0], 0],
    [[31, 40], 31],
    [[32], 32],
    [[1000, 999_999], 1000],
  ])('the lowest of %j is %j', (docs, lowest) => {
    expect(DocSet.of(Int32Array.from(docs)).lowest).toBe(lowest)
  })
})
