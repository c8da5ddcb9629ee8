import type { AssetRow, ListedAsset, Totals } from '@contract/assets.ts'
import { formatBytes, formatLength } from '../../lib/format.ts'
import type { SlateFields } from '../../lib/slate-fields.ts'
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

/** What the slate says: "42A-1"; '' when nobody wrote it down. */
function slateOf({ values }: Pick<ListedAsset, 'values'>, { scene, take }: SlateFields): string {
  const said = [scene, take].map((name) => (name === null ? '' : (values[name]?.[0] ?? '')))
  return said.filter((word) => word !== '').join('-')
}

/** The second line of a card: slate and start timecode of a clip, pixels of a picture, else what it is and how large. */
export function secondLine(row: ListedAsset, slate: SlateFields): string {
  const said = slateOf(row, slate)
  if (said || row.startTimecode)
    return [said || kindOf(row), row.startTimecode].filter((part) => part).join(' · ')
  if (row.mediaType === 'image' && row.width && row.height)
    return `${kindOf(row)} · ${row.width} × ${row.height}`
  return row.sizeBytes === null ? kindOf(row) : `${kindOf(row)} · ${formatBytes(row.sizeBytes)}`
}

/** The star of an asset. */
export interface StarMark {
  /** Why it has one, in words. */
  readonly label: string
  /** Its rating, as it stands beside the star; '' for a circled take without one. */
  readonly rating: string
}

/** A star for what is circled or rated; null for neither. */
export function starOf(
  { values }: Pick<ListedAsset, 'values'>,
  { circled, rating }: SlateFields,
): StarMark | null {
  const isCircled = circled !== null && values[circled]?.[0] === 'true'
  const given = rating === null ? '' : (values[rating]?.[0] ?? '')
  const rated = Number(given) > 0 ? given : ''
  const reasons = [
    ...(isCircled ? [strings.library.circled] : []),
    ...(rated ? [strings.library.rated(rated)] : []),
  ]
  return reasons.length > 0 ? { label: reasons.join(', '), rating: rated } : null
}

/** "24", "29.97"; '' when it is not known. */
export function frameRateOf(row: { frameRate: number | null }): string {
  return row.frameRate === null ? '' : String(Math.round(row.frameRate * 1000) / 1000)
}
