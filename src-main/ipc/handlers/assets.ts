import type { Handlers } from '@contract/index.ts'
import type { Assets } from '../../services/library/assets.ts'
import type { Library } from '../../services/library/library.ts'

export function assetHandlers(library: Library, assets: Assets) {
  return {
    'assets.state': () => library.state(),
    'assets.query': ({ query, window }) => assets.query(query, window),
    'assets.ids': ({ query, from, to }) => assets.ids(query, from, to),
    'assets.facets': ({ query, fields, perField }) => assets.facets(query, fields, perField),
    'assets.get': ({ id }, { signal }) => assets.get(id, signal),
    'assets.formats': ({ id }, { signal }) => assets.formats(id, signal),
    'assets.rename': async ({ id, title }) => {
      await assets.rename(id, title)
      return null
    },
    'assets.trash': async ({ ids }, { signal }) => {
      await assets.trash(ids, signal)
      return null
    },
    'assets.restore': async ({ ids }, { signal }) => {
      await assets.restore(ids, signal)
      return null
    },
    'assets.purge': async ({ ids }, { signal }) => {
      await assets.purge(ids, signal)
      return null
    },
  } satisfies Partial<Handlers>
}
