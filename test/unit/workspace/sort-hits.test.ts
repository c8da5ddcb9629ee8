import { mkdtempSync, rmSync } from 'node:fs'
import * as fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { SearchIndex, type IndexEntry } from '@main/workspace/search/search-index.ts'
import { SortedHits, type SortKey, type SortValue } from '@main/workspace/search/sort-hits.ts'
import { Database } from '@main/workspace/store/database.ts'

interface Row {
  title: string
  durationMs: number | null
  numbers: number[]
  terms: string[]
}

const few = (values: fc.Arbitrary<unknown>) => values as fc.Arbitrary<never>
const row: fc.Arbitrary<Row> = fc.record({
  title: fc.constantFrom('a', 'b', 'ä', 'b 2'),
  durationMs: few(fc.constantFrom(null, null, 0, 10, 2000)),
  numbers: few(fc.array(fc.constantFrom(-1, 0.5, 3, 12), { maxLength: 2 })),
  terms: few(fc.array(fc.constantFrom('x', 'y', '10', '9'), { maxLength: 2 })),
})

const keys: Record<keyof Row, (descending: boolean) => SortKey> = {
  title: (descending) => ({ kind: 'column', column: 'title_sort', descending }),
  durationMs: (descending) => ({ kind: 'column', column: 'duration_ms', descending }),
  numbers: (descending) => ({ kind: 'numbers', field: 'metadata.Number', descending }),
  terms: (descending) => ({ kind: 'terms', field: 'metadata.Term', descending }),
}
const wantedKey = fc.tuple(
  fc.constantFrom('title', 'durationMs', 'numbers', 'terms') as fc.Arbitrary<keyof Row>,
  fc.boolean(),
)

/** What the rules say, by looking at everything. */
function model(rows: Row[], wanted: [keyof Row, boolean][]): SortValue[][] {
  const valueOf = (row: Row, name: keyof Row, descending: boolean): SortValue => {
    const values = [row[name]].flat() as SortValue[]
    return (
      values.reduce<SortValue | undefined>(
        (best, value) =>
          best === undefined ||
          (value !== null && best !== null && value < best !== descending && value !== best)
            ? value
            : best,
        undefined,
      ) ?? null
    )
  }
  const backwards = wanted[0]?.[1] ?? false
  const compare = (left: SortValue, right: SortValue, descending: boolean) => {
    if (left === right) return 0
    if (left === null || right === null) return left === null ? 1 : -1
    return left < right === descending ? 1 : -1
  }
  return rows
    .map((row, at) => [...wanted.map(([name, descending]) => valueOf(row, name, descending)), at + 1])
    .sort((left, right) => {
      for (const [at, [, descending]] of wanted.entries()) {
        const result = compare(left[at] ?? null, right[at] ?? null, descending)
        if (result !== 0) return result
      }
      return compare(left.at(-1) ?? null, right.at(-1) ?? null, backwards)
    })
}

function openIndex() {
  const folder = mkdtempSync('/tmp/ferry-sort-')
  const db = new Database(folder)
  onTestFinished(() => {
    db.close()
    rmSync(folder, { recursive: true, force: true })
  })
  let rows: Row[] = []
  const entry = (row: Row): IndexEntry => ({
    title: row.title,
    body: '',
    dateCreated: '2026-01-01',
    dateModified: '2026-01-01',
    externalId: null,
    durationMs: row.durationMs,
    sizeBytes: null,
    keywords: [
      ['object_type', 'assets'],
      ...row.terms.map((term): [string, string] => ['metadata.Term', term]),
    ],
    numbers: row.numbers.map((value) => ['metadata.Number', value]),
  })
  const index = new SearchIndex(
    db,
    (_, id) => {
      const found = rows[Number(id)]
      return found && entry(found)
    },
    0,
  )
  /** Document n is row n-1. */
  const fill = (next: Row[]) => {
    const known = rows.length
    rows = next
    db.transaction(() => {
      db.run('DELETE FROM search_docs')
      db.run('DELETE FROM search_numbers')
      db.run('DELETE FROM search_postings')
      db.run('DELETE FROM search_terms')
      index.postings.forget()
      for (let doc = 1; doc <= known; doc += 1) db.run('DELETE FROM search_text WHERE rowid = ?', doc)
      for (const at of rows.keys()) index.reindex('assets', String(at))
    })
  }
  return { db, index, fill }
}

it('pages of any size, by any keys, follow each other in the order that the rules give', () => {
  const { db, index, fill } = openIndex()
  fc.assert(
    fc.property(
      fc.array(row, { maxLength: 40 }),
      fc.uniqueArray(wantedKey, { minLength: 1, maxLength: 3, selector: ([name]) => name }),
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom(0, 3, 1000),
      fc.constantFrom(1, 3, 1000),
      fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
      (rows, wanted, pageSize, fewDocs, blockDocs, chosen) => {
        fill(rows)
        const set = index.empty()
        for (const at of rows.keys()) if (chosen[at]) set.add(at + 1)
        const expected = model(rows, wanted).filter((sort) => set.has(sort.at(-1) as number))
        const sortBy = wanted.map(([name, descending]) => keys[name](descending))
        // A filter that knows where the set begins changes nothing but the way there.
        const first = expected[0]?.[0]
        const knowsStart =
          sortBy.length === 1 && sortBy[0]?.kind === 'column' && expected.every(([value]) => value !== null)
        const startAt = knowsStart ? (first ?? undefined) : undefined
        const hits = new SortedHits(db, index, sortBy, { fewDocs, blockDocs, startAt })
        const byKey: SortValue[][] = []
        for (let after: SortValue[] | undefined; ;) {
          const page = hits.page(set, after, 0, pageSize)
          byKey.push(...page.map(({ sort }) => sort))
          after = page.at(-1)?.sort
          if (page.length < pageSize || byKey.length > rows.length) break
        }
        expect(byKey).toEqual(expected)
        const second = hits.page(set, undefined, pageSize, pageSize).map(({ sort }) => sort)
        expect(second).toEqual(expected.slice(pageSize, 2 * pageSize))
      },
    ),
    { numRuns: 300 },
  )
})
