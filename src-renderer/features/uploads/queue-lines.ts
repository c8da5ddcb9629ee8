import type { SectionId } from '../../stores/uploads.ts'

/** A line of the list: the head of a section, or one of its rows. */
export type QueueLine =
  | { readonly kind: 'head'; readonly section: SectionId }
  | { readonly kind: 'row'; readonly section: SectionId; readonly index: number }

export interface SectionSize {
  readonly id: SectionId
  /** Rows in the section. */
  readonly total: number
}

export const HEAD_HEIGHT = 36
export const ROW_HEIGHT = 52

/** Lays sections one under the other without making an object per row: a list of 100,000 costs five entries. */
export function layOutQueue(sections: readonly SectionSize[]) {
  const starts: { id: SectionId; start: number; total: number }[] = []
  let count = 0
  for (const { id, total } of sections) {
    if (total === 0) continue
    starts.push({ id, start: count, total })
    count += total + 1
  }

  function lineAt(line: number): QueueLine | null {
    for (let at = starts.length - 1; at >= 0; at -= 1) {
      const section = starts[at] as (typeof starts)[number]
      if (line < section.start) continue
      if (line > section.start + section.total) return null
      return line === section.start
        ? { kind: 'head', section: section.id }
        : { kind: 'row', section: section.id, index: line - section.start - 1 }
    }
    return null
  }

  return {
    count,
    lineAt,
    heightAt: (line: number) => (lineAt(line)?.kind === 'head' ? HEAD_HEIGHT : ROW_HEIGHT),
    /** The line of a row; null when its section has no such row. */
    lineOf(section: SectionId, index: number): number | null {
      const found = starts.find((entry) => entry.id === section)
      return found && index < found.total ? found.start + 1 + index : null
    },
    /** Rows of one section between two lines; null when none are. */
    rowsBetween(section: SectionId, from: number, to: number): { from: number; to: number } | null {
      const found = starts.find((entry) => entry.id === section)
      if (!found) return null
      const first = Math.max(0, from - found.start - 1)
      const last = Math.min(found.total - 1, to - found.start - 1)
      return last >= first ? { from: first, to: last } : null
    },
    /** The nearest line that is a row, going one way; null at the end. */
    rowLineFrom(line: number, step: 1 | -1): number | null {
      for (let at = line; at >= 0 && at < count; at += step) if (lineAt(at)?.kind === 'row') return at
      return null
    },
  }
}
export type QueueLayout = ReturnType<typeof layOutQueue>
