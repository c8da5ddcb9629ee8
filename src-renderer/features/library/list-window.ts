import { computed, type Ref } from 'vue'
import { useTallWindow } from '../../composables/tall-window.ts'
import type { GroupLayout } from './group-layout.ts'

/** Room beside the list that belongs to its scrolled box, in px. */
interface ListRoom {
  readonly beforePx: number
  readonly afterPx: number
  /** Height of a head that stays over the rows. */
  readonly headPx: number
  /** How far beyond the view rows are kept, so that a turn of the wheel finds them. */
  readonly beyondPx: number
}

/** The headings and rows of a laid-out list that are in sight, and what scrolls it. */
export function useListWindow(
  scroller: Readonly<Ref<HTMLElement | null>>,
  layout: () => GroupLayout,
  room: () => ListRoom,
) {
  const tall = useTallWindow(scroller, () => room().beforePx + layout().heightPx + room().afterPx)
  const rows = computed(() => {
    const { beforePx, beyondPx } = room()
    const fromPx = tall.topPx.value - beforePx
    return layout()
      .between(fromPx - beyondPx, fromPx + tall.shownPx.value + beyondPx)
      .map((row) => ({ ...row, offsetPx: row.topPx + beforePx + tall.shiftPx.value }))
  })
  /** First and last asset in sight; null when there is none. */
  const range = computed(() => {
    const shown = rows.value.filter(({ count }) => count > 0)
    const [first, last] = [shown[0], shown.at(-1)]
    return first && last ? { first: first.at, last: last.at + last.count - 1 } : null
  })
  return {
    rows,
    range,
    /** The group whose heading was scrolled away, so that it is shown over the rows; null for none. */
    pinned: computed(() => {
      const { beforePx, headPx } = room()
      return layout().groupUnder(tall.topPx.value + headPx - beforePx)
    }),
    boxPx: tall.boxPx,
    viewWidthPx: tall.viewWidthPx,
    /** Brings an asset into sight; the first of a group with its heading. */
    reveal(at: number): void {
      const { beforePx, afterPx, headPx } = room()
      const { rowPx, headingPx, rowOf, topOf, groupOf } = layout()
      const top = topOf(at) + beforePx
      const isFirst = at === 0 || groupOf(at) !== groupOf(Math.max(0, at - rowOf(at).column - 1))
      if (rowOf(at).row === 0) tall.goTo(0)
      else
        tall.reveal(isFirst ? top - headingPx : top, top + rowPx, {
          top: isFirst ? headPx : headPx + headingPx,
          end: Math.min(afterPx, 96),
        })
    },
    /** Rows that fit into the view, at least one: how far Page Up and Page Down go. */
    pageRows: computed(() => Math.max(1, Math.floor(tall.shownPx.value / layout().rowPx) - 1)),
    toTop: () => tall.goTo(0),
  }
}
