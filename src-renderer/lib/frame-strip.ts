export type FrameCell = 'present' | 'missing' | 'empty'

export interface FrameStrip {
  readonly first: number
  readonly last: number
  readonly total: number
  /** At most as many as asked for; a cell that stands for several frames tells the worst of them. */
  readonly cells: readonly FrameCell[]
}

/** Reads "1001-1046, 1050, 1060-1148" (commas or spaces between) as pairs of first and last frame. */
export function parseRanges(text: string): [number, number][] {
  const ranges: [number, number][] = []
  for (const match of text.matchAll(/(\d+)(?:\s*[-–]\s*(\d+))?/g)) {
    const first = Number(match[1])
    ranges.push([first, match[2] === undefined ? first : Number(match[2])])
  }
  return ranges
}

/** How a sequence is drawn: one cell a frame, or fewer when there are more frames than cells. */
export function layOutFrames(present: string, missing: string, maxCells = 74): FrameStrip | null {
  const there = parseRanges(present)
  const gone = parseRanges(missing)
  const all = [...there, ...gone]
  if (all.length === 0) return null
  const first = Math.min(...all.map(([start]) => start))
  const last = Math.max(...all.map(([, end]) => end))
  const total = last - first + 1
  const count = Math.min(maxCells, total)
  const cells = Array.from({ length: count }, (_, index): FrameCell => {
    const from = first + Math.floor((index * total) / count)
    const to =
      first + Math.max(Math.floor(((index + 1) * total) / count) - 1, Math.floor((index * total) / count))
    return gone.some(([start, end]) => start <= to && end >= from) ? 'missing' : 'present'
  })
  return { first, last, total, cells }
}
