import { DocSet, highestOf } from './doc-set.ts'

/** Which documents have which values of one facet field: a list of (document, value code) pairs in no order. */
export class FacetColumn {
  /** Longer than what is in them, so that a few new pairs need no new memory. */
  #docs: Int32Array
  #codes: Int32Array
  #size: number
  #highestDoc: number
  #highestCode: number

  constructor(docs: Int32Array, codes: Int32Array) {
    this.#docs = docs
    this.#codes = codes
    this.#size = docs.length
    this.#highestDoc = highestOf(docs)
    this.#highestCode = highestOf(codes)
  }

  /** How many documents of the set have each code. */
  count(set: DocSet): Map<number, number> {
    const counts = new Int32Array(this.#highestCode + 1)
    for (let at = 0; at < this.#size; at += 1) {
      const code = this.#codes[at] ?? 0
      if (set.has(this.#docs[at] ?? 0)) counts[code] = (counts[code] ?? 0) + 1
    }
    const found = new Map<number, number>()
    for (let code = 0; code < counts.length; code += 1) if (counts[code]) found.set(code, counts[code] ?? 0)
    return found
  }

  /**
   * Of each document of the set, by its number, the place of the first of its codes in a list of codes; `none` where it has
   * none of them. Documents above the highest that has any code are beyond the array.
   */
  firstRanks(set: DocSet, codes: readonly number[], none: number): Int32Array {
    const rankOfCode = new Int32Array(this.#highestCode + 1).fill(none)
    for (const [rank, code] of codes.entries()) rankOfCode[code] = rank
    const ranks = new Int32Array(this.#highestDoc + 1).fill(none)
    for (let at = 0; at < this.#size; at += 1) {
      const doc = this.#docs[at] ?? 0
      const rank = rankOfCode[this.#codes[at] ?? 0] ?? none
      if (rank < (ranks[doc] ?? none) && set.has(doc)) ranks[doc] = rank
    }
    return ranks
  }

  /** Documents that have any of the codes. */
  withAny(codes: ReadonlySet<number>): DocSet {
    const isWanted = new Uint8Array(this.#highestCode + 1)
    for (const code of codes) if (code < isWanted.length) isWanted[code] = 1
    const found = new DocSet()
    for (let at = 0; at < this.#size; at += 1)
      if (isWanted[this.#codes[at] ?? 0] === 1) found.add(this.#docs[at] ?? 0)
    return found
  }

  /**
   * How many documents of the set fall into each group, where a code belongs to at most one group. A document with
   * several codes of one group counts once.
   */
  countGroups(set: DocSet, groupOf: ReadonlyMap<number, number>): Map<number, number> {
    const groupOfCode = new Int32Array(this.#highestCode + 1).fill(-1)
    for (const [code, group] of groupOf) if (code < groupOfCode.length) groupOfCode[code] = group
    const counts = new Map<number, number>()
    // Most assets are in one collection: the group of each document is remembered in an array, further ones in a set.
    const firstGroup = new Int32Array(this.#highestDoc + 1).fill(-1)
    const further = new Set<number>()
    const inFirst: number[] = []
    for (let at = 0; at < this.#size; at += 1) {
      const doc = this.#docs[at] ?? 0
      const group = groupOfCode[this.#codes[at] ?? 0] ?? -1
      if (group === -1 || !set.has(doc) || firstGroup[doc] === group) continue
      if (firstGroup[doc] === -1) {
        firstGroup[doc] = group
        inFirst[group] = (inFirst[group] ?? 0) + 1
        continue
      }
      const key = group * 2 ** 32 + doc
      if (further.has(key)) continue
      further.add(key)
      counts.set(group, (counts.get(group) ?? 0) + 1)
    }
    for (const [group, count] of inFirst.entries())
      if (count) counts.set(group, (counts.get(group) ?? 0) + count)
    return counts
  }

  /** Takes the pairs of changed documents out and puts in those that they have now. */
  replace(changed: DocSet, docs: ArrayLike<number>, codes: ArrayLike<number>): void {
    // While a mirror is filled every document is a new one, and nothing has to be taken out.
    if (changed.lowest <= this.#highestDoc) this.#drop(changed)
    this.#makeRoomFor(docs.length)
    this.#docs.set(docs, this.#size)
    this.#codes.set(codes, this.#size)
    this.#size += docs.length
    this.#highestDoc = Math.max(this.#highestDoc, highestOf(docs))
    this.#highestCode = Math.max(this.#highestCode, highestOf(codes))
  }

  #drop(changed: DocSet): void {
    let kept = 0
    for (let at = 0; at < this.#size; at += 1) {
      const doc = this.#docs[at] ?? 0
      if (changed.has(doc)) continue
      if (kept !== at) {
        this.#docs[kept] = doc
        this.#codes[kept] = this.#codes[at] ?? 0
      }
      kept += 1
    }
    this.#size = kept
  }

  #makeRoomFor(more: number): void {
    if (this.#size + more <= this.#docs.length) return
    const capacity = Math.ceil((this.#size + more) * 1.1) + 64
    const [docs, codes] = [new Int32Array(capacity), new Int32Array(capacity)]
    docs.set(this.#docs.subarray(0, this.#size))
    codes.set(this.#codes.subarray(0, this.#size))
    this.#docs = docs
    this.#codes = codes
  }
}
