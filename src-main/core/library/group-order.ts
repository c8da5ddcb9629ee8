import { sortText } from './sort-text.ts'

/** A list with more groups than these stays without: so many headings are no order any more. */
export const MOST_GROUPS = 5000

const MEDIA_TYPES = ['video', 'audio', 'image', 'document', 'other']

/**
 * The order in which groups of a list stand: kinds as everywhere, days with the latest first unless the list itself begins
 * with the oldest, everything else as people sort names.
 */
export function inGroupOrder<T extends { value: string }>(
  groups: readonly T[],
  groupBy: string,
  sort: { field: string; order: 'asc' | 'desc' },
): T[] {
  if (groupBy === 'media_type')
    return groups.toSorted(
      (left, right) => MEDIA_TYPES.indexOf(left.value) - MEDIA_TYPES.indexOf(right.value),
    )
  if (groupBy === 'date_created') {
    const way = sort.field === 'date_created' && sort.order === 'asc' ? 1 : -1
    return groups.toSorted((left, right) => way * compare(left.value, right.value))
  }
  return groups
    .map((group) => ({ group, key: sortText(group.value) }))
    .toSorted((left, right) => compare(left.key, right.key) || compare(left.group.value, right.group.value))
    .map(({ group }) => group)
}

const compare = (left: string, right: string) => (left === right ? 0 : left < right ? -1 : 1)
