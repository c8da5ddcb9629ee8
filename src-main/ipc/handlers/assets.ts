import type { Handlers } from '@contract/index.ts'
import type { Assets } from '../../services/library/assets.ts'
import type { Library } from '../../services/library/library.ts'

export function assetHandlers(library: Library, assets: Assets) {
  return {
    'assets.state': () => library.state(),
    'assets.query': ({ query, window, groupBy, fields }) => assets.query(query, window, { groupBy, fields }),
    'assets.groups': ({ query, groupBy }) => assets.groups(query, groupBy),
    'assets.counts': ({ queries }) => assets.counts(queries),
    'assets.totals': (of) => assets.totals(of),
    'assets.ids': ({ query, from, to, groupBy }) => assets.ids(query, from, to, groupBy),
    'assets.facets': ({ query, fields, perField }) => assets.facets(query, fields, perField),
    'assets.get': ({ id }, { signal }) => assets.get(id, signal),
    'assets.formats': ({ id }, { signal }) => assets.formats(id, signal),
    'assets.createPlaceholder': (wanted) => assets.createPlaceholder(wanted),
    'assets.rename': async ({ id, title }) => {
      await assets.rename(id, title)
      return null
    },
    'assets.trash': ({ ids }) => assets.trash(ids),
    'assets.restore': ({ ids }) => assets.restore(ids),
    'assets.purge': ({ ids }) => assets.purge(ids),
  } satisfies Partial<Handlers>
}
