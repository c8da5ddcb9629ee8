import { useAssetList } from '../../stores/asset-list.ts'
import { useSelection } from '../../stores/selection.ts'
import type { GroupLayout } from './group-layout.ts'

/** How a list of assets moves: where its rows stand, and how many of them are a page. */
export interface ListSteps {
  readonly layout: GroupLayout
  readonly pageRows: number
}

/** Where a key moves the focus, from `at` (-1: nowhere); null when the key is none that moves. Headings are passed over. */
export function moveTo(key: string, at: number, { layout, pageRows }: ListSteps): number | null {
  const { total, columns, rowCount } = layout
  if (total === 0) return null
  const last = total - 1
  const { row, column } = layout.rowOf(Math.min(last, Math.max(0, at)))
  const inRow = (target: number) => layout.assetAt(Math.min(rowCount - 1, Math.max(0, target)), column)
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
  const selection = useSelection()
  return (event: KeyboardEvent): void => {
    if (event.altKey) return
    const mod = event.ctrlKey || event.metaKey
    if (event.key === ' ' && mod && selection.currentIndex >= 0) {
      event.preventDefault()
      selection.toggle(selection.currentIndex)
      return
    }
    const next = moveTo(event.key, selection.currentIndex, steps())
    if (next === null) return
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
