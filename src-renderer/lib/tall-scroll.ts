/**
 * Scrolling through lists that are taller than a browser can lay out (Chromium stops at some 33 million px). The page
 * holds a box of at most MAX_BOX_PX; a longer list is shown through it at an offset (`shiftPx`) that moves on by itself.
 */
export const MAX_BOX_PX = 8_000_000

export interface TallScroll {
  /** Height of the whole list, in px. */
  readonly contentPx: number
  /** Height of the box that stands for it. */
  readonly boxPx: number
  readonly viewPx: number
  /** Where the box is scrolled to. */
  readonly scrollPx: number
  /** What lies above the view, of the list. */
  readonly topPx: number
}

const clamp = (value: number, max: number) => Math.min(Math.max(0, value), Math.max(0, max))

export function tallScroll(contentPx: number, viewPx: number): TallScroll {
  return { contentPx, boxPx: Math.min(contentPx, MAX_BOX_PX), viewPx, scrollPx: 0, topPx: 0 }
}

const ratio = (state: TallScroll) => {
  const room = state.boxPx - state.viewPx
  return room > 0 ? (state.contentPx - state.viewPx) / room : 1
}

/** Scrolls the list to `topPx`, and the box to the place that stands for it. */
export function scrollTo(state: TallScroll, topPx: number): TallScroll {
  const top = clamp(topPx, state.contentPx - state.viewPx)
  return { ...state, topPx: top, scrollPx: top / ratio(state) }
}

/** Takes over new measures and keeps the row at the top where it is. */
export function resize(state: TallScroll, contentPx: number, viewPx: number): TallScroll {
  return scrollTo({ ...state, contentPx, viewPx, boxPx: Math.min(contentPx, MAX_BOX_PX) }, state.topPx)
}

/**
 * The box was scrolled to `scrollPx` by a person. A short way (wheel, keys) moves the list by as much; a long way (the
 * scroll bar was dragged) moves it in proportion, so that the bar reaches everything.
 */
export function scrolled(state: TallScroll, scrollPx: number): TallScroll {
  if (state.boxPx === state.contentPx)
    return { ...state, scrollPx, topPx: clamp(scrollPx, state.contentPx - state.viewPx) }
  const way = scrollPx - state.scrollPx
  const atEnd = scrollPx <= 0 || scrollPx >= state.boxPx - state.viewPx - 1
  const isShort = Math.abs(way) <= state.viewPx * 2
  const topPx = isShort && !atEnd ? state.topPx + way : scrollPx * ratio(state)
  return { ...state, scrollPx, topPx: clamp(topPx, state.contentPx - state.viewPx) }
}

/** Where the box should be scrolled to once the person rests, so that both ends stay within reach. */
export function restPx(state: TallScroll): number {
  return state.topPx / ratio(state)
}
