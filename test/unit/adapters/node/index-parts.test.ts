import { DatabaseSync } from 'node:sqlite'
import type { AssetOrder } from '@main/adapters/node/library/asset-order.ts'
import { DocSet } from '@main/adapters/node/library/doc-set.ts'
import type { FacetColumn } from '@main/adapters/node/library/facet-column.ts'
import { IndexParts, type DocChange } from '@main/adapters/node/library/index-parts.ts'
import { readColumn, readOrder } from '@main/adapters/node/library/index-reading.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const SLICE_DOCS = 3
const setOf = (docs: readonly number[]) => DocSet.of(Int32Array.from(docs))

/** A few documents with a sort key and codes of one facet field, in the tables that an index reads. */
function smallMirror() {
  const db = new DatabaseSync(':memory:')
  db.exec(`CREATE TABLE assets (n INTEGER PRIMARY KEY, title_sort TEXT NOT NULL);
    CREATE TABLE asset_facets (field INTEGER, n INTEGER, code INTEGER, PRIMARY KEY (field, n, code)) WITHOUT ROWID;`)
  const docs = new Map<number, { key: number; codes: readonly number[] }>()
  const keyOf = (n: number) => docs.get(n)?.key ?? 0
  const compare = (left: number, right: number) => keyOf(left) - keyOf(right) || left - right
  return {
    db,
    docs,
    compare,
    write(n: number, now: { key: number; codes: readonly number[] } | null): DocChange {
      db.prepare('DELETE FROM assets WHERE n = ?').run(n)
      db.prepare('DELETE FROM asset_facets WHERE n = ?').run(n)
      if (now) {
        docs.set(n, now)
        db.prepare('INSERT INTO assets (n, title_sort) VALUES (?, ?)').run(n, String(now.key))
        for (const code of now.codes) db.prepare('INSERT INTO asset_facets VALUES (7, ?, ?)').run(n, code)
      } else docs.delete(n)
      return { n, isActive: true, pairs: now ? now.codes.map((code) => [7, code] as const) : null }
    },
  }
}

const document = fc.record({
  key: fc.integer({ min: 0, max: 9 }),
  codes: fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
})
const deed = fc.oneof(
  fc.constant('read' as const),
  fc.record({ n: fc.integer({ min: 1, max: 30 }), now: fc.option(document) }),
)

describe('parts of an index that are read piece by piece', () => {
  it('hold what is there at the end, whatever is written between the pieces', () => {
    fc.assert(
      fc.property(
        fc.array(document, { maxLength: 20 }),
        fc.array(deed, { maxLength: 25 }),
        (first, deeds) => {
          const { db, docs, compare, write } = smallMirror()
          for (const [at, now] of first.entries()) write(at + 1, now)
          const orders = new IndexParts<'title_sort', AssetOrder>({
            read: (column) => readOrder(db, column, SLICE_DOCS),
            mend: (order, changes) =>
              order.replace(
                setOf(changes.map(({ n }) => n)),
                changes.flatMap(({ n, pairs }) => (pairs ? [n] : [])),
                compare,
              ),
            mostWaiting: 1000,
            whenMost: 'give up',
          })
          const columns = new IndexParts<number, FacetColumn>({
            read: (field) => readColumn(db, field, SLICE_DOCS),
            mend: (column, changes) => {
              const pairs = changes.flatMap(({ n, pairs: now }) =>
                (now ?? []).map(([, code]) => ({ n, code })),
              )
              column.replace(
                setOf(changes.map(({ n }) => n)),
                pairs.map(({ n }) => n),
                pairs.map(({ code }) => code),
              )
            },
            mostWaiting: 2,
            whenMost: 'mend',
          })
          for (const what of deeds) {
            if (what === 'read') {
              orders.prepare('title_sort')
              columns.prepare(7)
              continue
            }
            const change = write(what.n, what.now)
            orders.note([change])
            columns.note([change])
          }
          const all = setOf([...docs.keys()])
          expect([...orders.get('title_sort').pick(all, false)]).toEqual([...docs.keys()].toSorted(compare))
          const counts = new Map<number, number>()
          for (const { codes } of docs.values())
            for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1)
          expect(new Map(columns.get(7).count(all))).toEqual(counts)
          db.close()
        },
      ),
    )
  })

  it('begin anew after a piece could not be read', () => {
    let fails = true
    const parts = new IndexParts<string, string>({
      // eslint-disable-next-line require-yield
      *read(key) {
        if (fails) throw new Error('no disk')
        return key
      },
      mend: () => {},
      mostWaiting: 1,
      whenMost: 'mend',
    })
    expect(() => parts.get('a')).toThrow('no disk')
    expect(() => parts.prepare('a')).toThrow('no disk')
    fails = false
    expect([parts.has('a'), parts.prepare('a'), parts.get('a')]).toEqual([false, true, 'a'])
  })
})
