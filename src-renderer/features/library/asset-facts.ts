import type { AssetRow, Totals } from '@contract/assets.ts'
import { formatBytes, formatLength } from '../../lib/format.ts'
import { strings } from '../../lib/strings/index.ts'

/** Length of what has one: "2:04"; '' else. */
export function lengthOf(row: AssetRow): string {
  return row.durationMs === null ? '' : formatLength(row.durationMs)
}

/** Length and size of many: ["1:24:07", "612 GB"]; what is not known of any of them is left out. */
export function totalsText(totals: Totals | null): string[] {
  if (totals === null) return []
  return [
    ...(totals.durationMs > 0 ? [formatLength(totals.durationMs)] : []),
    ...(totals.sizeBytes > 0 ? [formatBytes(totals.sizeBytes)] : []),
  ]
}

/** "Video", "Placeholder". */
export function kindOf(row: Pick<AssetRow, 'type' | 'mediaType'>): string {
  return row.type === 'PLACEHOLDER'
    ? strings.library.assetTypes.PLACEHOLDER
    : strings.library.mediaTypes[row.mediaType]
}

/** The second line of a card: start timecode of a clip, pixels of a picture, else what it is and how large. */
export function secondLine(row: AssetRow): string {
  const kind = kindOf(row)
  if (row.startTimecode) return row.startTimecode
  if (row.width && row.height) return `${kind} · ${row.width} × ${row.height}`
  return row.sizeBytes === null ? kind : `${kind} · ${formatBytes(row.sizeBytes)}`
}

/** "24", "29.97"; '' when it is not known. */
export function frameRateOf(row: { frameRate: number | null }): string {
  return row.frameRate === null ? '' : String(Math.round(row.frameRate * 1000) / 1000)
}
