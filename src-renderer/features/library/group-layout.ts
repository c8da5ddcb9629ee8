/** A part of a list with its heading, if it has one. */
export interface ListGroup {
  readonly count: number
}

/** What of a list stands within a stretch of it. */
export interface LaidRow {
  /** The group, by its place. */
  readonly group: number
  /** First asset of the row, and how many there are in it; the heading of the group has none. */
  readonly at: number
  readonly count: number
  readonly topPx: number
}

export interface GroupMeasures {
  /** Assets beside each other; 1 in the table. */
  readonly columns: number
  readonly rowPx: number
  /** Height of a heading; 0 for a list in one piece, which has none. */
  readonly headingPx: number
}

/**
 * Where the rows of a list in groups stand. It keeps three numbers a group, whatever the groups hold, so that a list of a
 * million assets is laid out in no time.
 */
export interface GroupLayout extends GroupMeasures {
  readonly total: number
  readonly heightPx: number
  /** Rows of assets, over all groups. */
  readonly rowCount: number
  /** Headings and rows of assets that touch the stretch. */
  between(fromPx: number, toPx: number): LaidRow[]
  /** Top of the row of an asset. */
  topOf(at: number): number
  /** Row of an asset, counted over all groups, and its place in that row. */
  rowOf(at: number): { row: number; column: number }
  /** The asset at a place; the last of a row that is shorter. */
  assetAt(row: number, column: number): number
  /** The group that an asset stands in, by its place. */
  groupOf(at: number): number
  /** The group at a height whose heading is above it, wholly or in part; null where there is none. */
  groupUnder(px: number): number | null
}

export function groupLayout(groups: readonly ListGroup[], measures: GroupMeasures): GroupLayout {
  const { columns, rowPx, headingPx } = measures
  const firsts: number[] = []
  const rows: number[] = []
  const tops: number[] = []
  let total = 0
  let rowCount = 0
  let heightPx = 0
  for (const { count } of groups) {
    firsts.push(total)
    rows.push(rowCount)
    tops.push(heightPx)
    const own = Math.ceil(count / columns)
    total += count
    rowCount += own
    heightPx += headingPx + own * rowPx
  }
  const groupOf = (at: number) => lastAtMost(firsts, at)
  const countOf = (group: number) => groups[group]?.count ?? 0

  function rowOf(at: number) {
    const group = groupOf(at)
    const inGroup = at - (firsts[group] ?? 0)
    return { row: (rows[group] ?? 0) + Math.floor(inGroup / columns), column: inGroup % columns }
  }
  function between(fromPx: number, toPx: number): LaidRow[] {
    const found: LaidRow[] = []
    for (let group = lastAtMost(tops, fromPx); group < groups.length; group += 1) {
      const topPx = tops[group] ?? 0
      if (topPx > toPx) break
      const first = firsts[group] ?? 0
      const count = countOf(group)
      const bodyPx = topPx + headingPx
      if (headingPx > 0 && bodyPx >= fromPx) found.push({ group, at: first, count: 0, topPx })
      const lastRow = Math.min(Math.ceil(count / columns) - 1, Math.floor((toPx - bodyPx) / rowPx))
      for (let row = Math.max(0, Math.floor((fromPx - bodyPx) / rowPx)); row <= lastRow; row += 1)
        found.push({
          group,
          at: first + row * columns,
          count: Math.min(columns, count - row * columns),
          topPx: bodyPx + row * rowPx,
        })
    }
    return found
  }
  return {
    ...measures,
    total,
    heightPx,
    rowCount,
    between,
    groupOf,
    groupUnder(px) {
      const group = lastAtMost(tops, px)
      return headingPx > 0 && px > (tops[group] ?? 0) && group < groups.length ? group : null
    },
    rowOf,
    topOf(at) {
      const group = groupOf(at)
      return (tops[group] ?? 0) + headingPx + Math.floor((at - (firsts[group] ?? 0)) / columns) * rowPx
    },
    assetAt(row, column) {
      const group = lastAtMost(rows, row)
      const first = firsts[group] ?? 0
      return Math.min(first + countOf(group) - 1, first + (row - (rows[group] ?? 0)) * columns + column)
    },
  }
}

/** Place of the last of ascending numbers that is not above a limit; the first where all are. */
function lastAtMost(numbers: readonly number[], limit: number): number {
  let low = 0
  let high = numbers.length - 1
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if ((numbers[middle] ?? 0) <= limit) low = middle
    else high = middle - 1
  }
  return low
}
