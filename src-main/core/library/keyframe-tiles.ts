import { type Fields, fieldsIn, numberIn, textIn } from './document-fields.ts'

export interface Tiles {
  columns: number
  rows: number
  /** How many of them hold a picture. */
  count: number
}

/**
 * How a keyframe map is divided. iconik's public answers do not say; a name such as "map_10x6_58" or "10x6" does, and so
 * does `time_code.frames_number` for the count.
 */
export function tilesOf(keyframe: Fields): Tiles | null {
  const name = [keyframe['name'], keyframe['filename']].map(textIn).find((text) => text && GRID.test(text))
  const [, columns, rows, count] = GRID.exec(name ?? '') ?? []
  const tiles = Number(columns) * Number(rows)
  if (!Number.isFinite(tiles) || tiles < 1 || tiles > 10_000) return null
  const used = numberIn(count) ?? numberIn(fieldsIn(keyframe['time_code'])['frames_number']) ?? tiles
  return { columns: Number(columns), rows: Number(rows), count: Math.max(1, Math.min(tiles, used)) }
}

const GRID = /(?:^|[^\d])(\d{1,3})x(\d{1,3})(?:[_-](\d{1,5}))?(?!\d)/
