import { defineStore } from 'pinia'
import { computed } from 'vue'
import type { FieldView } from '@contract/metadata.ts'
import { formatDate } from '../lib/format.ts'
import { strings } from '../lib/strings/index.ts'
import { useCollections } from './collections.ts'
import { useViews } from './views.ts'

const METADATA = 'metadata.'

/** What facet fields and their values are called. */
export const useFacetWords = defineStore('facetWords', () => {
  const views = useViews()
  const collections = useCollections()
  const fields = computed(() => {
    const all = new Map<string, FieldView>()
    for (const view of views.details.values()) for (const field of view.fields) all.set(field.name, field)
    return all
  })
  const fieldOf = (facet: string) =>
    facet.startsWith(METADATA) ? (fields.value.get(facet.slice(METADATA.length)) ?? null) : null

  function label(facet: string): string {
    const own = strings.library.facetFields as Record<string, string>
    return own[facet] ?? fieldOf(facet)?.label ?? facet.replace(METADATA, '')
  }
  /** @param given what the answer calls the value, where it does */
  function valueLabel(facet: string, value: string, given = value): string {
    const types = strings.library.mediaTypes as Record<string, string>
    const kinds = strings.library.assetTypes as Record<string, string>
    if (facet === 'media_type') return types[value] ?? value
    if (facet === 'type') return kinds[value] ?? value
    if (facet === 'collection') return given === value ? (collections.titleOf(value) ?? value) : given
    const field = fieldOf(facet)
    if (field?.fieldType === 'boolean')
      return value === 'true' ? strings.inspector.form.yes : strings.inspector.form.no
    const isDate = facet === 'date_created' || field?.fieldType === 'date' || field?.fieldType === 'datetime'
    if (isDate && /^\d{4}-\d{2}-\d{2}/.test(value)) return formatDate(value)
    return field?.options.find((option) => option.value === value)?.label ?? given
  }
  return {
    label,
    valueLabel,
    /** A field that is asked for by yes alone, so that its chip needs no list. */
    isFlag: (facet: string) => fieldOf(facet)?.fieldType === 'boolean',
  }
})
