/** Rows from the start of a list that are told without putting the rest in order. */
const MOST_FIRST = 500

/** The documents of a list in its order, which is made when somebody looks past the first rows. */
export class OrderedList {
  readonly count: number
  readonly #first: (limit: number) => Int32Array | null
  readonly #all: () => Int32Array
  #docs: Int32Array | null = null

  /**
   * @param first the first documents, at most `limit`; null where they are not known before the rest
   * @param all every document
   */
  constructor(count: number, first: (limit: number) => Int32Array | null, all: () => Int32Array) {
    this.count = count
    this.#first = first
    this.#all = all
  }

  get docs(): Int32Array {
    return (this.#docs ??= this.#all())
  }

  window(offset: number, limit: number): Int32Array {
    const end = offset + limit
    const first = this.#docs === null && end <= MOST_FIRST ? this.#first(end) : null
    return first ? first.subarray(offset) : this.docs.subarray(offset, end)
  }
}
