/** Smallest widths of a card, by the step of the size slider, in px. */
export const CARD_MIN_PX = [152, 172, 216, 280] as const
const GAP_PX = 4
const SIDE_PX = 10
const CARD_PADDING_PX = 12
/** Below the picture: 6 px, the name, the second line, 8 px. */
const TEXT_PX = 6 + 16 + 16 + 8 + 6

/** Columns and heights of the grid in a view of `widthPx`. Each card is a 16:9 picture with two lines below it. */
export function gridMeasures(widthPx: number, step: number) {
  const least = CARD_MIN_PX[Math.min(CARD_MIN_PX.length - 1, Math.max(0, step))] as number
  const room = Math.max(least, widthPx - 2 * SIDE_PX)
  const columns = Math.max(1, Math.floor((room + GAP_PX) / (least + GAP_PX)))
  const cardPx = (room - (columns - 1) * GAP_PX) / columns
  const heightPx = Math.round(((cardPx - CARD_PADDING_PX) * 9) / 16 + TEXT_PX)
  return { columns, rowPx: heightPx + GAP_PX, heightPx, sidePx: SIDE_PX, gapPx: GAP_PX }
}
/** Heading of a group in the grid, and in the table. */
export const GRID_HEADING_PX = 36
export const TABLE_HEADING_PX = 32
