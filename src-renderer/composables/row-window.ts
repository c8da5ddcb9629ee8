import { useElementSize, useEventListener } from '@vueuse/core'
import { computed, shallowRef, watch, type MaybeRefOrGetter, type Ref, toValue } from 'vue'
import { resize, restPx, scrolled, scrollTo, tallScroll } from '../lib/tall-scroll.ts'

/** A row in sight, and where it stands in the scrolled box, in px. */
export interface WindowedRow {
  readonly index: number
  readonly offsetPx: number
}

/**
 * The rows of a list of equal heights that are in sight, with a few beyond. It costs the same for ten rows and for ten
 * million, so no measurements are kept per row; see lib/tall-scroll.ts for lists too tall to lay out.
 * @param scroller the element that scrolls
 * @param measures rows of the list, height of one in px, and px of padding before the first and after the last
 */
export function useRowWindow(
  scroller: Readonly<Ref<HTMLElement | null>>,
  measures: MaybeRefOrGetter<{ rows: number; rowPx: number; beforePx?: number; afterPx?: number }>,
  overscan = 3,
) {
  const { height: viewPx, width: viewWidthPx } = useElementSize(scroller)
  const at = computed(() => ({ beforePx: 0, afterPx: 0, ...toValue(measures) }))
  const contentPx = computed(() => at.value.beforePx + at.value.rows * at.value.rowPx + at.value.afterPx)
  const state = shallowRef(tallScroll(contentPx.value, 0))
  let resting: ReturnType<typeof setTimeout> | undefined

  /** Moves the box after the state was moved; the scroll event that follows finds nothing new. */
  function follow(): void {
    const element = scroller.value
    if (!element || Math.abs(element.scrollTop - state.value.scrollPx) < 1) return
    element.scrollTop = state.value.scrollPx
    state.value = { ...state.value, scrollPx: element.scrollTop }
  }
  watch([contentPx, viewPx], ([content, view]) => {
    state.value = resize(state.value, content, view)
  })
  // The box has its new height only after the page was brought up to date.
  watch([contentPx, viewPx], follow, { flush: 'post' })

  useEventListener(
    scroller,
    'scroll',
    () => {
      const element = scroller.value
      if (!element || Math.abs(element.scrollTop - state.value.scrollPx) < 0.5) return
      state.value = scrolled(state.value, element.scrollTop)
      if (state.value.boxPx === state.value.contentPx) return
      clearTimeout(resting)
      resting = setTimeout(() => {
        state.value = { ...state.value, scrollPx: restPx(state.value) }
        follow()
      }, 180)
    },
    { passive: true },
  )

  const range = computed(() => {
    const { rows, rowPx, beforePx } = at.value
    const top = state.value.topPx - beforePx
    const first = Math.max(0, Math.floor(top / rowPx) - overscan)
    const last = Math.min(rows - 1, Math.floor((top + state.value.viewPx) / rowPx) + overscan)
    return { first, last }
  })
  const rows = computed<WindowedRow[]>(() => {
    const { first, last } = range.value
    const { rowPx, beforePx } = at.value
    const shiftPx = state.value.scrollPx - state.value.topPx
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, step) => ({
      index: first + step,
      offsetPx: (first + step) * rowPx + beforePx + shiftPx,
    }))
  })
  function goTo(topPx: number): void {
    state.value = scrollTo(state.value, topPx)
    follow()
  }
  return {
    rows,
    range,
    viewPx,
    viewWidthPx,
    boxPx: computed(() => state.value.boxPx),
    /** Brings a row into sight with as little movement as possible. `headPx` is covered by a head that stays. */
    reveal(index: number, headPx = 0): void {
      const { rowPx, beforePx, afterPx } = at.value
      const top = index * rowPx + beforePx
      const { topPx, viewPx: view } = state.value
      if (index === 0) goTo(0)
      else if (top - headPx < topPx) goTo(top - headPx)
      else if (top + rowPx + Math.min(afterPx, 96) > topPx + view)
        goTo(top + rowPx + Math.min(afterPx, 96) - view)
    },
    /** Rows that fit into the view, at least one: how far Page Up and Page Down go. */
    pageRows: computed(() => Math.max(1, Math.floor(state.value.viewPx / at.value.rowPx) - 1)),
    toTop: () => goTo(0),
  }
}
