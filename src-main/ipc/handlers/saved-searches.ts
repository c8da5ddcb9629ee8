import type { Handlers } from '@contract/index.ts'
import type { SavedSearches } from '../../services/library/saved-searches.ts'

export function savedSearchHandlers(searches: SavedSearches) {
  return {
    'savedSearches.list': (_, { signal }) => searches.list(signal),
    'savedSearches.counts': () => searches.counts(),
    'savedSearches.create': ({ name, query }) => searches.create(name, query),
    'savedSearches.update': async ({ id, name, query }) => {
      await searches.update(id, {
        ...(name === undefined ? {} : { name }),
        ...(query === undefined ? {} : { query }),
      })
      return null
    },
    'savedSearches.delete': async ({ id }) => {
      await searches.delete(id)
      return null
    },
    'savedSearches.refresh': async ({ id }, { signal }) => {
      await searches.refresh(id, signal)
      return null
    },
  } satisfies Partial<Handlers>
}
