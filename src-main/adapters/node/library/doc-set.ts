/** The highest of some numbers; 0 of none. */
export function highestOf(numbers: ArrayLike<number>): number {
  let highest = 0
  for (let at = 0; at < numbers.length; at += 1) highest = Math.max(highest, numbers[at] ?? 0)
  return highest
}

/** A set of document numbers, one bit each. Numbers are small and dense, so that a million take 125 kB. */
export class DocSet {
  #words: Uint32Array
  #count = 0

  constructor(capacity = 1024) {
    this.#words = new Uint32Array((capacity >>> 5) + 1)
  }

  static of(docs: Int32Array): DocSet {
    const set = new DocSet(highestOf(docs) + 1)
    for (let at = 0; at < docs.length; at += 1) set.add(docs[at] ?? 0)
    return set
  }

  /** All numbers from `low` to `high`. */
  static range(low: number, high: number): DocSet {
    const set = new DocSet(high + 1)
    set.#words.fill(0xff_ff_ff_ff, (low >>> 5) + 1, high >>> 5)
    set.#count = Math.max(0, (high >>> 5) - (low >>> 5) - 1) * 32
    const inFirst = Math.min(high, low | 31)
    for (let doc = low; doc <= inFirst; doc += 1) set.add(doc)
    for (let doc = Math.max(inFirst + 1, high & ~31); doc <= high; doc += 1) set.add(doc)
    return set
  }

  get count(): number {
    return this.#count
  }

  /** Infinity for an empty set. */
  get lowest(): number {
    const at = this.#words.findIndex((word) => word !== 0)
    if (at < 0) return Infinity
    const word = this.#words[at] ?? 0
    return at * 32 + 31 - Math.clz32(word & -word)
  }

  has(doc: number): boolean {
    const word = this.#words[doc >>> 5]
    return word !== undefined && (word & (1 << (doc & 31))) !== 0
  }

  add(doc: number): void {
    const at = doc >>> 5
    if (at >= this.#words.length) this.#grow(at + 1)
    const bit = 1 << (doc & 31)
    const word = this.#words[at] ?? 0
    if ((word & bit) !== 0) return
    this.#words[at] = word | bit
    this.#count += 1
  }

  delete(doc: number): void {
    const at = doc >>> 5
    const word = this.#words[at]
    const bit = 1 << (doc & 31)
    if (word === undefined || (word & bit) === 0) return
    this.#words[at] = word & ~bit
    this.#count -= 1
  }

  /** What is in both, as a new set. */
  and(other: DocSet): DocSet {
    const [small, large] = this.#words.length <= other.#words.length ? [this, other] : [other, this]
    const both = new DocSet(0)
    both.#words = small.#words.slice()
    let count = 0
    for (let at = 0; at < both.#words.length; at += 1) {
      const word = (both.#words[at] ?? 0) & (large.#words[at] ?? 0)
      both.#words[at] = word
      if (word !== 0) count += bitsIn(word)
    }
    both.#count = count
    return both
  }

  /** What is in this set and not in the other, as a new set. */
  without(other: DocSet): DocSet {
    const rest = new DocSet(0)
    rest.#words = this.#words.slice()
    let count = 0
    for (let at = 0; at < rest.#words.length; at += 1) {
      const word = (rest.#words[at] ?? 0) & ~(other.#words[at] ?? 0)
      rest.#words[at] = word
      if (word !== 0) count += bitsIn(word)
    }
    rest.#count = count
    return rest
  }

  /** Members in ascending order. */
  toArray(): Int32Array {
    const docs = new Int32Array(this.#count)
    let filled = 0
    for (let at = 0; at < this.#words.length; at += 1) {
      for (let word = this.#words[at] ?? 0; word !== 0; word &= word - 1) {
        docs[filled] = (at << 5) + 31 - Math.clz32(word & -word)
        filled += 1
      }
    }
    return docs
  }

  #grow(words: number): void {
    const larger = new Uint32Array(Math.max(words, this.#words.length * 2))
    larger.set(this.#words)
    this.#words = larger
  }
}

function bitsIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
