import type { DatabaseSync } from 'node:sqlite'
import { AssetOrder } from './asset-order.ts'
import { DocSet } from './doc-set.ts'
import { FacetColumn } from './facet-column.ts'
import { parsePacked } from './packed-numbers.ts'

/** Documents that are read at once: some 20 ms of work, so that a list that is asked for meanwhile does not wait for all. */
const SLICE_DOCS = 100_000

/** A part of the index being read; what the last step returns is the part. */
export type Reading<T> = Generator<undefined, T>

/** The values of one facet field. What is written between two steps may be in it or not. */
export function* readColumn(db: DatabaseSync, field: number, sliceDocs = SLICE_DOCS): Reading<FacetColumn> {
  const slice = db.prepare(
    `SELECT group_concat(n) AS docs, group_concat(code) AS codes FROM asset_facets
     WHERE field = ? AND n >= ? AND n < ?`,
  )
  const highest = Number(db.prepare('SELECT max(n) AS highest FROM assets').get()?.['highest'] ?? 0)
  const column = new FacetColumn(new Int32Array(0), new Int32Array(0))
  const nothing = new DocSet(0)
  for (let from = 0; from <= highest; from += sliceDocs) {
    if (from > 0) yield
    const row = slice.get(field, from, from + sliceDocs)
    column.replace(nothing, parsePacked(row?.['docs']), parsePacked(row?.['codes']))
  }
  return column
}

/** All documents by one column of their table. What is written between two steps may be in it, twice, or not. */
export function* readOrder(
  db: DatabaseSync,
  sortColumn: string,
  sliceDocs = SLICE_DOCS,
): Reading<AssetOrder> {
  const packed = (where: string) =>
    db.prepare(
      `SELECT group_concat(n) AS docs FROM (SELECT n FROM assets ${where} ORDER BY ${sortColumn}, n LIMIT ${sliceDocs})`,
    )
  const next = packed(`WHERE (${sortColumn}, n) > (?, ?)`)
  const keyOf = db.prepare(`SELECT ${sortColumn} AS key FROM assets WHERE n = ?`)
  const slices = [parsePacked(packed('').get()?.['docs'])]
  for (let last = slices[0]; last?.length === sliceDocs; last = slices.at(-1)) {
    const n = last[sliceDocs - 1] ?? 0
    const key = keyOf.get(n)?.['key'] ?? ''
    yield
    slices.push(parsePacked(next.get(key, n)?.['docs']))
  }
  const docs = new Int32Array(slices.reduce((length, slice) => length + slice.length, 0))
  let at = 0
  for (const slice of slices) {
    docs.set(slice, at)
    at += slice.length
  }
  return new AssetOrder(docs)
}

/** Makes one step. @returns the part when it was the last */
export function readStep<T>(reading: Reading<T>): { part: T } | null {
  const step = reading.next()
  return step.done ? { part: step.value } : null
}

/** Makes the steps that are left. */
export function readToEnd<T>(reading: Reading<T>): { part: T } {
  for (;;) {
    const done = readStep(reading)
    if (done) return done
  }
}
