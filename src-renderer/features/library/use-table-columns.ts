import { computed } from 'vue'
import { useFacetWords } from '../../stores/facet-words.ts'
import { METADATA, useListFields } from '../../stores/list-fields.ts'
import { COLUMNS, fieldColumn, type TableColumn } from './table-columns.ts'

/** The columns that the table can have, and those that it is to have where there is room. */
export function useTableColumns() {
  const fields = useListFields()
  const words = useFacetWords()
  const all = computed<readonly TableColumn[]>(() => [
    ...fields.fields.map((field) =>
      fieldColumn(field, fields.slate, (value) => words.valueLabel(METADATA + field.name, value)),
    ),
    ...COLUMNS,
  ])
  const shown = computed(() =>
    all.value
      .filter(({ id }) => fields.isColumn(id))
      // What somebody asked for is in sight as long as anything is.
      .map((column) => (fields.isAskedFor(column.id) ? { ...column, foldsAs: 0 } : column)),
  )
  return { all, shown }
}
