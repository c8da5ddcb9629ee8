/** A key for each row of a stretch without gaps. */
export type SlotOf = (index: number) => number

/**
 * Keys for the rows in sight, so that an element whose row went out of sight becomes that of a row which came in. Taking
 * elements down and making them anew costs several times as much, and a list that is dragged does it every frame.
 */
export function createRowSlots() {
  let size = 0
  let base = 0
  let before = { first: 0, count: 0 }
  return {
    /**
     * The rows that are in sight now. Those that were before keep their slots.
     *
     * @param first 0-based
     * @param count rows from it on, all of them
     */
    over(first: number, count: number): SlotOf {
      // It only grows, as another size gives every row another slot; a little more than needed, so that it grows seldom.
      if (count > size) size = Math.ceil(count * 1.25)
      const isElsewhere = first >= before.first + before.count || first + count <= before.first
      // Nothing is left in sight: the first element stays the first, and none has to be moved in the document.
      if (isElsewhere) base += first - before.first
      before = { first, count }
      const from = base
      const slots = Math.max(1, size)
      return (index) => (((index - from) % slots) + slots) % slots
    },
  }
}
