import { computed, ref, shallowRef } from 'vue'
import type { FieldView } from '@contract/metadata.ts'
import type { ViewDefinition, ViewEntry } from '@contract/metadata-model.ts'
import { strings } from '../../lib/strings/index.ts'
import { useMetadataModel } from '../../stores/metadata-model.ts'
import { isDivider } from './places.ts'

export type ViewDraft = ReturnType<typeof useViewDraft>
export type ViewFlag = 'required' | 'readOnly' | 'hideIfNotSet'

/** A view as it is being edited: its name, its fields in the order of the form, and what the view says about each. */
export function useViewDraft(view: () => ViewDefinition | null) {
  const words = strings.metadata
  const store = useMetadataModel()
  const name = ref('')
  const description = ref('')
  const entries = shallowRef<readonly ViewEntry[]>([])
  function revert(): void {
    name.value = view()?.name ?? ''
    description.value = view()?.description ?? ''
    entries.value = view()?.entries ?? []
  }
  revert()

  const draft = computed(() => JSON.stringify([name.value, description.value, entries.value]))
  const saved = computed(() =>
    JSON.stringify([view()?.name ?? '', view()?.description ?? '', view()?.entries ?? []]),
  )
  const fieldOf = (entry: ViewEntry) => store.fieldsByName.get(entry.name)
  const labelOf = (entry: ViewEntry) =>
    isDivider(entry.name) ? entry.label || words.divider : entry.label || fieldOf(entry)?.label || entry.name
  /** A flag as it holds: the view's own word, else the field's. */
  const holds = (entry: ViewEntry, flag: ViewFlag) => entry[flag] ?? fieldOf(entry)?.[flag] ?? false
  function add(fieldName: string, label: string | null = null): void {
    const entry = { name: fieldName, label, required: null, readOnly: null, hideIfNotSet: null }
    entries.value = [...entries.value, entry]
  }
  /** The form that the view makes. Fields that are no longer there are left out. */
  const form = computed<FieldView[]>(() =>
    entries.value.flatMap((entry): FieldView[] => {
      const field = fieldOf(entry)
      const isSeparator = isDivider(entry.name)
      if (!field && !isSeparator) return []
      return [
        {
          ...(field ?? dividerField(entry.name)),
          label: isSeparator ? (entry.label ?? '') : labelOf(entry),
          required: holds(entry, 'required'),
          readOnly: holds(entry, 'readOnly'),
          hideIfNotSet: holds(entry, 'hideIfNotSet'),
          isSeparator,
        },
      ]
    }),
  )

  return {
    name,
    description,
    entries,
    form,
    isChanged: computed(() => draft.value !== saved.value),
    revert,
    fieldOf,
    labelOf,
    holds,
    add,
    addDivider(): void {
      const number = entries.value.filter((entry) => isDivider(entry.name)).length + 1
      add(`__separator${number === 1 ? '' : number}__`, words.divider)
    },
    change(index: number, changes: Partial<ViewEntry>): void {
      entries.value = entries.value.map((entry, at) => (at === index ? { ...entry, ...changes } : entry))
    },
    remove(index: number): void {
      entries.value = entries.value.filter((_, at) => at !== index)
    },
    /** Puts the entry at `from` where the one at `to` is; past either end it stays. */
    move(from: number, to: number): void {
      if (to < 0 || to >= entries.value.length || from === to) return
      const next = [...entries.value]
      const [moved] = next.splice(from, 1)
      if (moved) next.splice(to, 0, moved)
      entries.value = next
    },
  }
}

const dividerField = (name: string) => ({
  name,
  label: name,
  description: '',
  fieldType: 'string',
  options: [],
  required: false,
  readOnly: false,
  hideIfNotSet: false,
  multi: false,
  minValue: null,
  maxValue: null,
  useAsFacet: false,
  sortable: false,
})
