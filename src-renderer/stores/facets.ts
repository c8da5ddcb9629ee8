import { defineStore } from 'pinia'
import { effectScope, shallowRef, watch } from 'vue'
import type { Facet } from '@contract/assets.ts'
import { ferry, isCancelled } from '../client/index.ts'
import { useLibrary } from './library.ts'
import { useViews } from './views.ts'

/** Facets that every library has. */
const STANDARD = ['media_type', 'date_created']
const MAX_FIELDS = 12

/** Values with counts for the filter chips, of what the query finds. They stay in sight until newer ones are there. */
export const useFacets = defineStore('facets', () => {
  const library = useLibrary()
  const views = useViews()
  const facets = shallowRef<readonly Facet[]>([])
  let abort = new AbortController()
  let started = false

  async function read(): Promise<void> {
    abort.abort()
    abort = new AbortController()
    const { signal } = abort
    const own = views.facetFields.map((name) => `metadata.${name}`)
    try {
      const fields = [...STANDARD, ...own].slice(0, MAX_FIELDS)
      // A chip offers what could be added, so its own choices do not narrow it; main leaves that to the caller.
      const answer = await ferry().call(
        'assets.facets',
        { query: library.query, fields, perField: 50 },
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
    start(): void {
      if (started) return
      started = true
      // Outside the page that asked first: a watch made within it would end when that page is left.
      effectScope(true).run(() =>
        watch(
          () => [JSON.stringify(library.query), library.state?.revision, views.facetFields.join()],
          () => void read(),
          { immediate: true },
        ),
      )
    },
  }
})
