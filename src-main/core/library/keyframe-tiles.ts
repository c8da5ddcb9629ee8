import { type Fields, fieldsIn, numberIn, textIn } from './document-fields.ts'

export interface Tiles {
  columns: number
  rows: number
  /** How many of them hold a picture. */
  count: number
}

/**
 * How a keyframe map is divided: a strip of as many tiles as `time_code.frames_number` says, unless the name says that
 * it has several rows, as "map_10x6_58" does. iconik's public description is silent on this; null where neither tells.
 */
export function tilesOf(keyframe: Fields): Tiles | null {
  const name = [keyframe['name'], keyframe['filename']].map(textIn).find((text) => text && GRID.test(text))
  const [, columns, rows, count] = GRID.exec(name ?? '') ?? []
  const frames = numberIn(fieldsIn(keyframe['time_code'])['frames_number'])
  const grid =
    columns && rows ? { columns: Number(columns), rows: Number(rows) } : { columns: frames ?? 0, rows: 1 }
  const tiles = grid.columns * grid.rows
  if (!Number.isInteger(tiles) || tiles < 1 || tiles > MOST_TILES) return null
  return { ...grid, count: Math.max(1, Math.min(tiles, numberIn(count) ?? frames ?? tiles)) }
}

const MOST_TILES = 10_000
const GRID = /(?:^|[^\d])(\d{1,3})x(\d{1,3})(?:[_-](\d{1,5}))?(?!\d)/
