import { type DocSet, highestOf } from './doc-set.ts'

/** Compares two documents by the sort key of an order; negative when the first comes before. */
export type CompareDocs = (left: number, right: number) => number

/** A set with less than one document in so many is rather sorted by rank than picked by walking the order. */
const SPARSE = 16

/** All documents in ascending order of one sort key. */
export class AssetOrder {
  #docs: Int32Array
  #highestDoc: number
  /** Position of each document, by its number; made when it is first needed. */
  #ranks: Int32Array | null = null

  constructor(docs: Int32Array) {
    this.#docs = docs
    this.#highestDoc = highestOf(docs)
  }

  /** Members of the set in this order. Few are sorted by their rank, many picked by walking the whole order. */
  pick(set: DocSet, descending: boolean): Int32Array {
    if (this.#isSparse(set)) {
      const ranks = this.#ranksNow()
      const few = set.toArray()
      for (let at = 0; at < few.length; at += 1) few[at] = ranks[few[at] ?? 0] ?? 0
      few.sort()
      for (let at = 0; at < few.length; at += 1) few[at] = this.#docs[few[at] ?? 0] ?? 0
      return descending ? few.reverse() : few
    }
    const picked = new Int32Array(set.count)
    let filled = 0
    for (let at = 0; at < this.#docs.length; at += 1) {
      const doc = this.#docs[at] ?? 0
      if (!set.has(doc)) continue
      picked[filled] = doc
      filled += 1
    }
    return descending ? picked.reverse() : picked
  }

  /** The first members of the set in this order, at most `limit`; null where walking the order would take long. */
  first(set: DocSet, descending: boolean, limit: number): Int32Array | null {
    if (this.#isSparse(set)) return null
    const found = new Int32Array(Math.min(limit, set.count))
    const [from, step] = descending ? [this.#docs.length - 1, -1] : [0, 1]
    let filled = 0
    for (let at = from; filled < found.length; at += step) {
      const doc = this.#docs[at]
      if (doc === undefined) break
      if (!set.has(doc)) continue
      found[filled] = doc
      filled += 1
    }
    return found
  }

  #isSparse(set: DocSet): boolean {
    return set.count * SPARSE < this.#docs.length
  }

  /** Takes changed documents out and puts those that remain in at their new places. */
  replace(changed: DocSet, present: readonly number[], compare: CompareDocs): void {
    // While a mirror is filled every document is a new one, and nothing has to be looked for.
    const kept = changed.lowest > this.#highestDoc ? this.#docs : without(this.#docs, changed)
    const incoming = present.toSorted(compare).map((doc) => ({ doc, at: placeOf(kept, doc, compare) }))
    const merged = new Int32Array(kept.length + incoming.length)
    let from = 0
    let to = 0
    for (const { doc, at } of incoming) {
      merged.set(kept.subarray(from, at), to)
      to += at - from
      from = at
      merged[to] = doc
      to += 1
    }
    merged.set(kept.subarray(from), to)
    this.#docs = merged
    this.#highestDoc = Math.max(this.#highestDoc, highestOf(present))
    this.#ranks = null
  }

  #ranksNow(): Int32Array {
    if (this.#ranks) return this.#ranks
    const ranks = new Int32Array(this.#highestDoc + 1)
    for (let at = 0; at < this.#docs.length; at += 1) ranks[this.#docs[at] ?? 0] = at
    this.#ranks = ranks
    return ranks
  }
}

/** The same documents but for those of the set. A plain loop, as `filter` of a typed array is twenty times slower. */
function without(docs: Int32Array, set: DocSet): Int32Array {
  const rest = new Int32Array(docs.length)
  let kept = 0
  for (let at = 0; at < docs.length; at += 1) {
    const doc = docs[at] ?? 0
    if (set.has(doc)) continue
    rest[kept] = doc
    kept += 1
  }
  return rest.subarray(0, kept)
}

function placeOf(docs: Int32Array, doc: number, compare: CompareDocs): number {
  let low = 0
  let high = docs.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compare(docs[middle] ?? 0, doc) < 0) low = middle + 1
    else high = middle
  }
  return low
}
