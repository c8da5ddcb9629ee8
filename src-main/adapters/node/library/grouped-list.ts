import type { DocSet } from './doc-set.ts'
import type { FacetColumn } from './facet-column.ts'

/** A list whose documents stand group by group. */
export interface GroupedList {
  readonly docs: Int32Array
  /** Of each group in order, with how many documents; a null code is of those without a value. */
  readonly groups: readonly { code: number | null; count: number }[]
}

/**
 * Parts a sorted list into groups and keeps its order within each. It takes a few passes over the list, however many
 * groups there are.
 * @param codes value codes in the order of their groups
 */
export function groupList(
  sorted: Int32Array,
  set: DocSet,
  column: FacetColumn | null,
  codes: readonly number[],
): GroupedList {
  const ranks = column?.firstRanks(set, codes, codes.length) ?? new Int32Array(0)
  const rankOf = (doc: number) => ranks[doc] ?? codes.length
  const counts = new Int32Array(codes.length + 1)
  for (const doc of sorted) counts[rankOf(doc)] = (counts[rankOf(doc)] ?? 0) + 1
  const next = new Int32Array(codes.length + 1)
  for (let rank = 1; rank < next.length; rank += 1)
    next[rank] = (next[rank - 1] ?? 0) + (counts[rank - 1] ?? 0)
  const docs = new Int32Array(sorted.length)
  for (const doc of sorted) {
    const rank = rankOf(doc)
    const at = next[rank] ?? 0
    docs[at] = doc
    next[rank] = at + 1
  }
  const groups = [...codes, null].map((code, rank) => ({ code, count: counts[rank] ?? 0 }))
  // All documents of a value may stand in the groups of values that they have besides.
  return { docs, groups: groups.filter(({ count }) => count > 0) }
}
