import type { PlanGroup } from '@contract/uploads.ts'

/** A line of the plan's tree. */
export type PlanLine =
  | { readonly kind: 'group'; readonly group: PlanGroup }
  | { readonly kind: 'clip'; readonly group: PlanGroup; readonly index: number }

const GROUP_HEIGHT = 52
const CLIP_HEIGHT = 28
/** A clip of a sequence group draws its frames, so its line is known to be taller before the clip itself is read. */
const SEQUENCE_HEIGHT = 76

export interface OpenGroup {
  readonly group: PlanGroup
  /** Clips shown below it; 0 when it is folded. */
  readonly clips: number
}

/** Lays the groups and their shown clips one under the other, without an object per clip. */
export function layOutPlan(groups: readonly OpenGroup[]) {
  const starts: { start: number; group: PlanGroup; clips: number }[] = []
  let count = 0
  for (const { group, clips } of groups) {
    starts.push({ start: count, group, clips })
    count += 1 + clips
  }
  function lineAt(line: number): PlanLine | null {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((starts[middle]?.start ?? 0) <= line) low = middle
      else high = middle - 1
    }
    const found = starts[low]
    if (!found || line < 0 || line >= count) return null
    if (line === found.start) return { kind: 'group', group: found.group }
    return { kind: 'clip', group: found.group, index: line - found.start - 1 }
  }
  return {
    count,
    lineAt,
    heightAt(line: number): number {
      const at = lineAt(line)
      if (at?.kind === 'group') return GROUP_HEIGHT
      return at?.group.kind === 'sequence' ? SEQUENCE_HEIGHT : CLIP_HEIGHT
    },
    /** The line of a group; null when it is not shown. */
    lineOfGroup: (id: string) => starts.find(({ group }) => group.id === id)?.start ?? null,
    /** Per group, which of its clips stand between two lines. */
    clipsBetween(from: number, to: number): { group: PlanGroup; from: number; to: number }[] {
      return starts.flatMap(({ start, group, clips }) => {
        const first = Math.max(0, from - start - 1)
        const last = Math.min(clips - 1, to - start - 1)
        return last >= first ? [{ group, from: first, to: last }] : []
      })
    },
  }
}

/** Whether a group holds something that a person should look at. */
export function isTroubled(group: PlanGroup): boolean {
  return group.kind === 'unreadable' || group.badge?.level === 'warn' || group.badge?.level === 'error'
}
