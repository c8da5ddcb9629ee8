import { defineStore } from 'pinia'
import { computed, onScopeDispose, shallowRef } from 'vue'
import type { AssetQuery } from '@contract/assets.ts'
import type { ErrorView } from '@contract/errors.ts'
import type { SavedSearchId } from '@contract/ids.ts'
import type { SavedSearch } from '@contract/saved-searches.ts'
import { ferry, isCancelled, toErrorView } from '../client/index.ts'
import { useSettings } from './settings.ts'

/** While assets arrive by the thousand, counts follow this often. */
const COUNT_EVERY_MS = 2_000

/** Searches that are kept on the server. iconik lists them by name; the order of the sidebar is this machine's own. */
export const useSavedSearches = defineStore('savedSearches', () => {
  const settings = useSettings()
  const searches = shallowRef<readonly SavedSearch[] | null>(null)
  const error = shallowRef<ErrorView | null>(null)
  let unlisten: (() => void) | undefined
  onScopeDispose(() => unlisten?.())
  let counting: ReturnType<typeof setTimeout> | undefined

  /** @returns whether it was done */
  async function attempt(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work()
      error.value = null
      return true
    } catch (failure) {
      if (!isCancelled(failure)) error.value = toErrorView(failure)
      return false
    }
  }
  const read = () =>
    attempt(async () => {
      searches.value = await ferry().call('savedSearches.list', {})
    })
  function countSoon(): void {
    if (counting !== undefined || !searches.value?.length) return
    counting = setTimeout(() => {
      counting = undefined
      void attempt(async () => {
        const counts = new Map(
          (await ferry().call('savedSearches.counts', {})).map(({ id, count }) => [id, count]),
        )
        searches.value = (searches.value ?? []).map((search) => ({
          ...search,
          count: counts.get(search.id) ?? search.count,
        }))
      })
    }, COUNT_EVERY_MS)
  }
  const order = () => settings.remembered<string[]>('library.savedSearches', [])
  const ordered = computed(() => {
    const places = new Map(order().map((id, place) => [id, place]))
    const placeOf = ({ id }: SavedSearch) => places.get(id) ?? Number.MAX_SAFE_INTEGER
    return (searches.value ?? []).toSorted(
      (one, other) => placeOf(one) - placeOf(other) || one.name.localeCompare(other.name),
    )
  })
  return {
    /** In the order of the sidebar. */
    list: ordered,
    loaded: computed(() => searches.value !== null),
    error,
    get: (id: SavedSearchId) => searches.value?.find((search) => search.id === id) ?? null,
    async start(): Promise<void> {
      if (!unlisten) {
        const stops = [
          ferry().on('savedSearches.changed', () => void read()),
          ferry().on('assets.changed', countSoon),
        ]
        unlisten = () => stops.forEach((stop) => stop())
      }
      await read()
    },
    /** @returns its id; null when it could not be made */
    async create(name: string, query: AssetQuery): Promise<SavedSearchId | null> {
      let made: SavedSearchId | null = null
      await attempt(async () => {
        made = (await ferry().call('savedSearches.create', { name, query })).id
        await read()
      })
      return made
    },
    rename: (id: SavedSearchId, name: string) =>
      attempt(async () => {
        await ferry().call('savedSearches.update', { id, name })
        await read()
      }),
    overwrite: (id: SavedSearchId, query: AssetQuery) =>
      attempt(async () => {
        await ferry().call('savedSearches.update', { id, query })
        await read()
      }),
    remove: (id: SavedSearchId) =>
      attempt(async () => {
        await ferry().call('savedSearches.delete', { id })
        await read()
      }),
    /** A search that only iconik can answer is asked for again when it is opened. */
    refresh: (id: SavedSearchId) => attempt(() => ferry().call('savedSearches.refresh', { id })),
    /** Moves a search by one place, or to the place of another. */
    move(id: SavedSearchId, to: number): void {
      const ids: string[] = ordered.value.map((search) => search.id)
      const from = ids.indexOf(id)
      if (from < 0 || to < 0 || to >= ids.length || from === to) return
      ids.splice(to, 0, ...ids.splice(from, 1))
      settings.remember('library.savedSearches', ids)
    },
  }
})
