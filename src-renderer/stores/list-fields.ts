import { defineStore } from 'pinia'
import { computed } from 'vue'
import type { FieldView } from '@contract/metadata.ts'
import { slateFields } from '../lib/slate-fields.ts'
import { useSettings } from './settings.ts'
import { useViews } from './views.ts'

/** Prefix of columns and groups that stand for a metadata field. */
export const METADATA = 'metadata.'
/** main reads so many fields beside the rows at once. */
const MOST_READ = 40
/** Prose is for reading, not for a column or a heading. */
const PROSE = new Set(['text'])
/** Nearly every asset has a value of its own in these. */
const OWN = new Set(['tag_cloud', 'url', 'email', 'datetime'])

/** Metadata that lists show beside their assets: as columns, on cards, in headings. */
export const useListFields = defineStore('listFields', () => {
  const views = useViews()
  const settings = useSettings()

  /** Fields of the chosen view in its order, then those of the others. */
  const fields = computed<readonly FieldView[]>(() => {
    const found = new Map<string, FieldView>()
    for (const view of [views.chosen, ...views.details.values()])
      for (const field of view?.fields ?? [])
        if (!field.isSeparator && !PROSE.has(field.fieldType) && !found.has(field.name))
          found.set(field.name, field)
    return [...found.values()]
  })
  const slate = computed(() => slateFields(fields.value))
  /** Columns that a person turned on or off against what stands there at first. */
  const turned = computed<readonly string[]>(() => settings.remembered<string[]>('library.columns', []))
  const standsAtFirst = (column: string) => {
    const { scene, take, camera } = slate.value
    return !column.startsWith(METADATA) || [scene, take, camera].includes(column.slice(METADATA.length))
  }
  const isColumn = (column: string) => standsAtFirst(column) !== turned.value.includes(column)
  const columnFields = computed(() => fields.value.filter(({ name }) => isColumn(METADATA + name)))

  return {
    fields,
    slate,
    /** Fields whose values an asset has one of, so that they can part a list. */
    groupFields: computed(() => fields.value.filter(({ multi, fieldType }) => !multi && !OWN.has(fieldType))),
    columnFields,
    isColumn,
    /** A person turned it on themselves. */
    isAskedFor: (column: string) => !standsAtFirst(column) && turned.value.includes(column),
    turnColumn(column: string): void {
      const others = turned.value.filter((other) => other !== column)
      settings.remember('library.columns', others.length < turned.value.length ? others : [...others, column])
    },
    /** What the rows are asked to bring. */
    wanted: computed<string[]>(() => {
      const { scene, take, circled, rating } = slate.value
      const onCards = [scene, take, circled, rating].filter((name) => name !== null)
      return [...new Set([...onCards, ...columnFields.value.map(({ name }) => name)])].slice(0, MOST_READ)
    }),
  }
})
