import { computed, type MaybeRefOrGetter, type Ref, toValue } from 'vue'
import { useTallWindow } from './tall-window.ts'

/** A row in sight, and where it stands in the scrolled box, in px. */
export interface WindowedRow {
  readonly index: number
  readonly offsetPx: number
}

/**
 * The rows of a list of equal heights that are in sight, with a few beyond. It costs the same for ten rows and for ten
 * million, so no measurements are kept per row.
 * @param scroller the element that scrolls
 * @param measures rows of the list, height of one in px, and px of padding before the first and after the last
 */
export function useRowWindow(
  scroller: Readonly<Ref<HTMLElement | null>>,
  measures: MaybeRefOrGetter<{ rows: number; rowPx: number; beforePx?: number; afterPx?: number }>,
  overscan = 3,
) {
  const at = computed(() => ({ beforePx: 0, afterPx: 0, ...toValue(measures) }))
  const tall = useTallWindow(
    scroller,
    () => at.value.beforePx + at.value.rows * at.value.rowPx + at.value.afterPx,
  )
  const range = computed(() => {
    const { rows, rowPx, beforePx } = at.value
    const top = tall.topPx.value - beforePx
    const first = Math.max(0, Math.floor(top / rowPx) - overscan)
    const last = Math.min(rows - 1, Math.floor((top + tall.shownPx.value) / rowPx) + overscan)
    return { first, last }
  })
  const rows = computed<WindowedRow[]>(() => {
    const { first, last } = range.value
    const { rowPx, beforePx } = at.value
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, step) => ({
      index: first + step,
      offsetPx: (first + step) * rowPx + beforePx + tall.shiftPx.value,
    }))
  })
  return {
    rows,
    range,
    boxPx: tall.boxPx,
    /** Brings a row into sight with as little movement as possible. */
    reveal(index: number): void {
      const { rowPx, beforePx, afterPx } = at.value
      const top = index * rowPx + beforePx
      if (index === 0) tall.goTo(0)
      else tall.reveal(top, top + rowPx, { top: 0, end: Math.min(afterPx, 96) })
    },
  }
}
