/** A set of document numbers. Sets of one search have the same length, so that they combine word by word. */
export class Bitset {
  readonly words: Uint32Array

  constructor(words: Uint32Array) {
    this.words = words
  }

  static empty(size: number): Bitset {
    return new Bitset(new Uint32Array(Math.ceil((size + 1) / 32)))
  }

  add(doc: number): void {
    const at = doc >>> 5
    this.words[at] = (this.words[at] ?? 0) | (1 << (doc & 31))
  }

  has(doc: number): boolean {
    return ((this.words[doc >>> 5] ?? 0) & (1 << (doc & 31))) !== 0
  }

  and(other: Bitset): Bitset {
    return new Bitset(this.words.map((word, at) => word & (other.words[at] ?? 0)))
  }

  or(other: Bitset): Bitset {
    return new Bitset(this.words.map((word, at) => word | (other.words[at] ?? 0)))
  }

  andNot(other: Bitset): Bitset {
    return new Bitset(this.words.map((word, at) => word & ~(other.words[at] ?? 0)))
  }

  get count(): number {
    let total = 0
    for (const word of this.words) if (word !== 0) total += popcount(word)
    return total
  }

  /** How many documents both sets hold, without building the set. */
  countWith(other: Bitset): number {
    let total = 0
    for (let at = 0; at < this.words.length; at += 1) {
      const word = (this.words[at] ?? 0) & (other.words[at] ?? 0)
      if (word !== 0) total += popcount(word)
    }
    return total
  }

  *[Symbol.iterator](): Generator<number> {
    for (let at = 0; at < this.words.length; at += 1) {
      let word = this.words[at] ?? 0
      while (word !== 0) {
        const lowest = word & -word
        yield at * 32 + (31 - Math.clz32(lowest))
        word ^= lowest
      }
    }
  }
}

function popcount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return (((bits + (bits >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24
}
