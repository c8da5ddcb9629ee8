import type { StoreCall } from './store-messages.ts'

/** Counts beside a list, and what the server sent, take longest and are waited for least. */
const BEHIND: ReadonlySet<StoreCall['method']> = new Set([
  'facets',
  'children',
  'totals',
  'facetFields',
  'put',
])

/** Calls in the order in which they are run: as they came, but those that a list does not wait for behind the others. */
export class CallQueue {
  readonly #ahead: StoreCall[] = []
  readonly #behind: StoreCall[] = []
  #last: StoreCall | null = null

  add(call: StoreCall): void {
    if (call.method === 'close') this.#last = call
    else if (BEHIND.has(call.method)) this.#behind.push(call)
    else this.#ahead.push(call)
  }

  /** Takes a call back that has to wait a little longer; it is the next of those behind. */
  putBack(call: StoreCall): void {
    this.#behind.unshift(call)
  }

  next(): StoreCall | null {
    const call = this.#ahead.shift() ?? this.#behind.shift() ?? this.#last
    if (call === this.#last) this.#last = null
    return call
  }
}
