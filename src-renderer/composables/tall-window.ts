import { useElementSize, useEventListener } from '@vueuse/core'
import { computed, shallowRef, watch, type Ref } from 'vue'
import { resize, restPx, scrolled, scrollTo, tallScroll } from '../lib/tall-scroll.ts'

/**
 * Which stretch of a list of known height is in sight. The list may be taller than a browser can lay out; see
 * lib/tall-scroll.ts.
 * @param scroller the element that scrolls
 * @param contentPx height of the whole list
 */
export function useTallWindow(scroller: Readonly<Ref<HTMLElement | null>>, contentPx: () => number) {
  const { height: viewPx, width: viewWidthPx } = useElementSize(scroller)
  const state = shallowRef(tallScroll(contentPx(), 0))
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
  function goTo(topPx: number): void {
    state.value = scrollTo(state.value, topPx)
    follow()
  }
  return {
    viewPx,
    viewWidthPx,
    boxPx: computed(() => state.value.boxPx),
    /** What lies above the view, of the list. */
    topPx: computed(() => state.value.topPx),
    /** Height of the view as the list knows it. */
    shownPx: computed(() => state.value.viewPx),
    /** From a place in the list to its place in the box. */
    shiftPx: computed(() => state.value.scrollPx - state.value.topPx),
    goTo,
    /**
     * Brings a stretch into sight with as little movement as possible.
     * @param covered px at the top and at the end of the view that something else stands over
     */
    reveal(fromPx: number, toPx: number, covered: { top: number; end: number }): void {
      const { topPx, viewPx: view } = state.value
      if (fromPx - covered.top < topPx) goTo(fromPx - covered.top)
      else if (toPx + covered.end > topPx + view) goTo(toPx + covered.end - view)
    },
  }
}
