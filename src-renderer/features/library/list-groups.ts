import { computed } from 'vue'
import { strings } from '../../lib/strings/index.ts'
import { useAssetList } from '../../stores/asset-list.ts'
import { useFacetWords } from '../../stores/facet-words.ts'
import { METADATA } from '../../stores/list-fields.ts'

export interface HeadedGroup {
  readonly count: number
  /** '' for a list in one piece. */
  readonly title: string
}

/** A value that says little without the name of its field: "42", "B", "3a". */
const isBare = (value: string) => /^\d/.test(value) || value.length < 4

/** What a group is called: "Scene 42", "ALEXA 35, A", "18 Mar 2026", "No scene". */
export function groupTitle(
  field: string,
  value: string | null,
  words: { label: (facet: string) => string; valueLabel: (facet: string, value: string) => string },
): string {
  const label = words.label(field)
  if (value === null) return strings.library.groups.none(label)
  const shown = words.valueLabel(field, value)
  // A value with words of its own, such as a date or yes, is named by them.
  if (shown === value && field.startsWith(METADATA) && isBare(value)) return `${label} ${value}`
  return value === 'true' || value === 'false' ? `${label}: ${shown}` : shown
}

/** The groups of the list as they are laid out: one without a heading where it is not parted. */
export function useListGroups() {
  const list = useAssetList()
  const words = useFacetWords()
  const isParted = computed(() => (list.groups?.groups.length ?? 0) > 0)
  return {
    isParted,
    groups: computed<readonly HeadedGroup[]>(() => {
      const parted = list.groups
      if (!parted || !isParted.value) return list.total > 0 ? [{ count: list.total, title: '' }] : []
      return parted.groups.map(({ value, count }) => ({
        count,
        title: groupTitle(parted.by, value, words),
      }))
    }),
  }
}
