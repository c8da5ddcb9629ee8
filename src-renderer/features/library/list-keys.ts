import { useAssetList } from '../../stores/asset-list.ts'
import { useSelection } from '../../stores/selection.ts'

/** How a list of assets moves: cards in a row (1 in the table), and rows in a page. */
export interface ListSteps {
  readonly columns: number
  readonly pageRows: number
}

/** Where a key moves the focus, from `at` (-1: nowhere) of `total`; null when the key is none that moves. */
export function moveTo(
  key: string,
  at: number,
  total: number,
  { columns, pageRows }: ListSteps,
): number | null {
  if (total === 0) return null
  const last = total - 1
  const column = Math.max(0, at) % columns
  const lastRow = Math.floor(last / columns)
  const row = Math.floor(Math.max(0, at) / columns)
  const inRow = (target: number) => Math.min(last, Math.min(lastRow, Math.max(0, target)) * columns + column)
  const places: Record<string, number> = {
    Home: 0,
    End: last,
    ArrowUp: inRow(row - 1),
    ArrowDown: inRow(row + 1),
    PageUp: inRow(row - pageRows),
    PageDown: inRow(row + pageRows),
    ...(columns > 1 ? { ArrowLeft: Math.max(0, at - 1), ArrowRight: Math.min(last, at + 1) } : {}),
  }
  const place = places[key]
  if (place === undefined) return null
  return at < 0 && key !== 'End' ? 0 : place
}

/** Keys of the list: arrows move and select, Shift extends, Ctrl/Cmd only moves the focus, Space toggles with Ctrl/Cmd. */
export function useListKeys(steps: () => ListSteps, reveal: (index: number) => void) {
  const list = useAssetList()
  const selection = useSelection()
  return (event: KeyboardEvent): void => {
    if (event.altKey) return
    const mod = event.ctrlKey || event.metaKey
    if (event.key === ' ' && mod && selection.currentIndex >= 0) {
      event.preventDefault()
      selection.toggle(selection.currentIndex)
      return
    }
    const next = moveTo(event.key, selection.currentIndex, list.total, steps())
    if (next === null || list.total === 0) return
    event.preventDefault()
    if (event.shiftKey) void selection.extendTo(next, mod)
    else if (mod) selection.makeCurrent(next)
    else selection.only(next)
    reveal(next)
  }
}

/** A click on a row: alone, with Ctrl/Cmd one more or less, with Shift the range. */
export function clickRow(event: MouseEvent, index: number): void {
  const selection = useSelection()
  const mod = event.ctrlKey || event.metaKey
  if (event.shiftKey) void selection.extendTo(index, mod)
  else if (mod) selection.toggle(index)
  else selection.only(index)
}

/** A right click: what is selected stays if the row is among it. */
export function contextRow(index: number): void {
  const selection = useSelection()
  const row = useAssetList().rowAt(index)
  if (!row) return
  if (selection.has(row.id)) selection.makeCurrent(index)
  else selection.only(index)
}
