import type { ListedAsset } from '@contract/assets.ts'
import type { FieldView } from '@contract/metadata.ts'
import { formatBytes, formatWhen } from '../../lib/format.ts'
import type { SlateFields } from '../../lib/slate-fields.ts'
import { strings } from '../../lib/strings/index.ts'
import type { SortField } from '../../stores/library.ts'
import { METADATA } from '../../stores/list-fields.ts'
import { frameRateOf, kindOf, lengthOf } from './asset-facts.ts'

export interface TableColumn {
  /** Of a metadata field: `metadata.` and its name. */
  readonly id: string
  readonly label: string
  readonly widthPx: number
  readonly alignEnd: boolean
  /** The order that a click on its head asks for. */
  readonly sort: SortField | null
  /** Columns with a higher number go first when there is no room. */
  readonly foldsAs: number
  readonly text: (row: ListedAsset) => string
}

const column = (
  id: Exclude<keyof typeof strings.library.columns, 'select' | 'title'>,
  widthPx: number,
  text: TableColumn['text'],
  more: Partial<TableColumn> = {},
): TableColumn => ({
  id,
  label: strings.library.columns[id],
  widthPx,
  text,
  alignEnd: false,
  sort: null,
  foldsAs: 0,
  ...more,
})

/** What every asset has, in the order of the table; metadata stands before it. */
export const COLUMNS: readonly TableColumn[] = [
  column('type', 76, kindOf, { foldsAs: 7 }),
  column('timecode', 88, (row) => row.startTimecode ?? '', { alignEnd: true, foldsAs: 3 }),
  column('length', 60, lengthOf, { alignEnd: true, sort: 'duration', foldsAs: 1 }),
  column('format', 128, (row) => row.format ?? '', { foldsAs: 9 }),
  column('frameRate', 52, frameRateOf, { alignEnd: true, foldsAs: 10 }),
  column('size', 72, (row) => (row.sizeBytes === null ? '' : formatBytes(row.sizeBytes)), {
    alignEnd: true,
    sort: 'size',
  }),
  // Its cell is drawn by AssetStateCell.
  column('state', 88, () => '', { foldsAs: 4 }),
  column('created', 96, (row) => formatWhen(row.dateCreated), {
    alignEnd: true,
    sort: 'date_created',
    foldsAs: 8,
  }),
  column('modified', 96, (row) => formatWhen(row.dateModified), {
    alignEnd: true,
    sort: 'date_modified',
    foldsAs: 11,
  }),
]

const NUMBERS = new Set(['integer', 'float'])
const WIDTHS_PX: Record<string, number> = { integer: 48, float: 56, boolean: 64, date: 88, datetime: 120 }

/** A column of a metadata field. */
export function fieldColumn(
  field: FieldView,
  slate: SlateFields,
  wordOf: (value: string) => string,
): TableColumn {
  const isSlate = field.name === slate.scene || field.name === slate.take
  const widthPx = isSlate ? 52 : (WIDTHS_PX[field.fieldType] ?? 104)
  return {
    id: METADATA + field.name,
    label: field.label,
    widthPx,
    alignEnd: NUMBERS.has(field.fieldType),
    sort: null,
    foldsAs: field.name === slate.scene ? 2 : isSlate ? 5 : 6,
    text: (row) => (row.values[field.name] ?? []).map(wordOf).join(', '),
  }
}

const GAP_PX = 12
/** Check box, thumbnail, and the least that a name needs. */
const FIXED_PX = 16 * 2 + 16 + GAP_PX + 40 + GAP_PX + 200

/** The columns that have room in a table of `widthPx`: folded from the least needed on, of equals from the right, never squeezed. */
export function columnsFor(widthPx: number, all: readonly TableColumn[]): readonly TableColumn[] {
  const kept = [...all]
  const needed = () => FIXED_PX + kept.reduce((sum, { widthPx: own }) => sum + own + GAP_PX, 0)
  while (kept.length > 1 && needed() > widthPx) {
    const least = kept.reduce((worst, next) => (next.foldsAs >= worst.foldsAs ? next : worst))
    kept.splice(kept.indexOf(least), 1)
  }
  return kept
}

/** grid-template-columns for them. */
export function templateOf(columns: readonly TableColumn[]): string {
  return ['16px', '40px', 'minmax(0, 1fr)', ...columns.map(({ widthPx }) => `${widthPx}px`)].join(' ')
}
