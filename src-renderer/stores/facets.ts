import { defineStore } from 'pinia'
import { computed, effectScope, shallowRef, watch } from 'vue'
import type { Facet } from '@contract/assets.ts'
import { ferry, isCancelled } from '../client/index.ts'
import { useLibrary } from './library.ts'
import { useSettings } from './settings.ts'
import { useViews } from './views.ts'

/** Filters that every library has, and that stand first. */
const STANDARD = ['media_type', 'date_created']
/** Those that can be asked for besides. */
const MORE = ['type', 'collection', 'format']
const METADATA = 'metadata.'
/** main counts so many fields at once. */
const MAX_FIELDS = 20

/** Values with counts for the filter chips, of what the query finds. They stay in sight until newer ones are there. */
export const useFacets = defineStore('facets', () => {
  const library = useLibrary()
  const views = useViews()
  const settings = useSettings()
  const facets = shallowRef<readonly Facet[]>([])
  let abort = new AbortController()
  let started = false
  /** Of the store: a watch made within the page that asked first would end when that page is left. */
  const own = effectScope()

  const standing = computed(() => [...STANDARD, ...views.searchFields.map((name) => METADATA + name)])
  /** Fields that a person turned on or off against what stands there at first. */
  const turned = computed<readonly string[]>(() => settings.remembered<string[]>('library.filters', []))
  const all = computed(() => [
    ...new Set([...standing.value, ...MORE, ...views.facetFields.map((name) => METADATA + name)]),
  ])
  const isShown = (field: string) => standing.value.includes(field) !== turned.value.includes(field)
  /** What is filtered by is counted too, shown or not, so that it can be taken back. */
  const fields = computed(() => {
    const chosen = library.tokens.map((token) => token.field)
    return [...new Set([...all.value.filter(isShown), ...chosen])].slice(0, MAX_FIELDS)
  })

  async function read(): Promise<void> {
    abort.abort()
    abort = new AbortController()
    const { signal } = abort
    try {
      // A chip offers what could be added, so its own choices do not narrow it; main leaves that to the caller.
      const answer = await ferry().call(
        'assets.facets',
        { query: library.query, fields: fields.value, perField: 50 },
        { signal },
      )
      if (!signal.aborted) facets.value = answer
    } catch (failure) {
      // Filters are an aid: without an answer the chips that are there stay, and the list itself reports what failed.
      if (!isCancelled(failure)) reportError(failure)
    }
  }
  return {
    facets,
    /** Every field that a chip can be shown for. */
    all,
    isShown,
    turn(field: string): void {
      const next = turned.value.includes(field)
        ? turned.value.filter((other) => other !== field)
        : [...turned.value, field]
      settings.remember('library.filters', next)
    },
    start(): void {
      if (started) return
      started = true
      own.run(() =>
        watch(
          () => [JSON.stringify(library.query), library.state?.revision, fields.value.join()],
          () => void read(),
          { immediate: true },
        ),
      )
    },
  }
})
