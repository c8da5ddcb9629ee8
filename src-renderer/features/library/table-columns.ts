import type { AssetRow } from '@contract/assets.ts'
import { formatBytes, formatWhen } from '../../lib/format.ts'
import type { strings } from '../../lib/strings/index.ts'
import type { SortField } from '../../stores/library.ts'
import { frameRateOf, kindOf, lengthOf } from './asset-facts.ts'

export interface TableColumn {
  readonly id: keyof typeof strings.library.columns
  readonly widthPx: number
  readonly alignEnd: boolean
  /** The order that a click on its head asks for. */
  readonly sort: SortField | null
  /** Columns with a higher number go first when there is no room. */
  readonly foldsAs: number
  readonly text: (row: AssetRow) => string
}

const column = (
  id: TableColumn['id'],
  widthPx: number,
  text: TableColumn['text'],
  more: Partial<TableColumn> = {},
): TableColumn => ({ id, widthPx, text, alignEnd: false, sort: null, foldsAs: 0, ...more })

/** Besides name and thumbnail, in their order. */
export const COLUMNS: readonly TableColumn[] = [
  column('type', 84, kindOf, { foldsAs: 3 }),
  column('timecode', 88, (row) => row.startTimecode ?? '', { alignEnd: true, foldsAs: 2 }),
  column('length', 60, lengthOf, { alignEnd: true, sort: 'duration', foldsAs: 1 }),
  column('format', 132, (row) => row.format ?? '', { foldsAs: 5 }),
  column('frameRate', 52, frameRateOf, { alignEnd: true, foldsAs: 6 }),
  column('size', 76, (row) => (row.sizeBytes === null ? '' : formatBytes(row.sizeBytes)), {
    alignEnd: true,
    sort: 'size',
  }),
  column('created', 96, (row) => formatWhen(row.dateCreated), {
    alignEnd: true,
    sort: 'date_created',
    foldsAs: 4,
  }),
  column('modified', 96, (row) => formatWhen(row.dateModified), {
    alignEnd: true,
    sort: 'date_modified',
    foldsAs: 7,
  }),
]

const GAP_PX = 12
/** Check box, thumbnail, and the least that a name needs. */
const FIXED_PX = 16 * 2 + 16 + GAP_PX + 40 + GAP_PX + 200

/** The columns that have room in a table of `widthPx`, folded from the least needed on, never squeezed. */
export function columnsFor(widthPx: number): readonly TableColumn[] {
  const kept = [...COLUMNS]
  const needed = () => FIXED_PX + kept.reduce((sum, { widthPx: own }) => sum + own + GAP_PX, 0)
  while (kept.length > 1 && needed() > widthPx) {
    const least = kept.reduce((worst, next) => (next.foldsAs > worst.foldsAs ? next : worst))
    kept.splice(kept.indexOf(least), 1)
  }
  return kept
}

/** grid-template-columns for them. */
export function templateOf(columns: readonly TableColumn[]): string {
  return ['16px', '40px', 'minmax(0, 1fr)', ...columns.map(({ widthPx }) => `${widthPx}px`)].join(' ')
}
