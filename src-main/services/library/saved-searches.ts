import { AssetQuery } from '@contract/assets.ts'
import type { SavedSearchId } from '@contract/ids.ts'
import type { SavedSearch } from '@contract/saved-searches.ts'
import { AppError, findAppError } from '../../core/errors.ts'
import { criteriaOf, queryOfCriteria } from '../../core/library/search-criteria.ts'
import type { LibraryStore } from '../../ports/library-store.ts'
import type { SavedSearchDocument } from '../../ports/saved-searches-api.ts'
import { keptWhenAway } from './kept-when-away.ts'
import type { Library } from './library.ts'

/** Assets that are taken over of a search which only iconik can answer; more of them is no list to look through. */
const MOST_FOUND = 10_000

type Count = Pick<SavedSearch, 'id' | 'count'>

/**
 * Searches that are kept on the server. What they look for is answered by the mirror, so that their counts cost nothing
 * and hold offline; where a search asks for more than the mirror knows, iconik is asked and what it found is kept.
 */
export class SavedSearches {
  readonly #library: Library
  readonly #listeners = new Set<() => void>()

  constructor(library: Library) {
    this.#library = library
  }

  onChanged(listener: () => void): void {
    this.#listeners.add(listener)
  }

  async list(signal?: AbortSignal): Promise<SavedSearch[]> {
    const store = await this.#library.store()
    const documents = await this.#documents(store, signal)
    const searches = documents.map(toSearch)
    for (const search of searches)
      if (search.isAnsweredByServer && (await store.kept('found', search.id)) === null)
        void this.#refreshQuietly(search.id)
    return this.#counted(store, searches)
  }

  async counts(): Promise<Count[]> {
    const store = await this.#library.store()
    const searches = (await kept(store)).map(toSearch)
    return (await this.#counted(store, searches)).map(({ id, count }) => ({ id, count }))
  }

  /** @throws AppError auth.role-missing, network.* */
  async create(name: string, query: AssetQuery): Promise<{ id: SavedSearchId }> {
    const { id } = await this.#api().create({ name, criteria: criteriaOf(query) })
    this.#changed()
    return { id }
  }

  async update(id: SavedSearchId, changes: { name?: string; query?: AssetQuery }): Promise<void> {
    const { name, query } = changes
    await this.#api().update(id, {
      ...(name === undefined ? {} : { name }),
      ...(query === undefined ? {} : { criteria: criteriaOf(query) }),
    })
    this.#changed()
  }

  async delete(id: SavedSearchId): Promise<void> {
    await this.#api().delete(id)
    await (await this.#library.store()).keep('found', id, [])
    this.#changed()
  }

  /** Asks iconik what a search finds now. A search that the mirror answers needs no asking. */
  async refresh(id: SavedSearchId, signal?: AbortSignal): Promise<void> {
    const store = await this.#library.store()
    const document = (await kept(store)).find((saved) => saved.id === id)
    if (!document) throw new AppError('api.not-found', 'This saved search is not there any more.')
    if (!toSearch(document).isAnsweredByServer) return
    const before = await store.kept('found', id)
    const ids = await this.#api().found(document.criteria, MOST_FOUND, signal)
    await store.keep('found', id, ids)
    if (JSON.stringify(before) !== JSON.stringify(ids)) this.#changed()
  }

  async #refreshQuietly(id: SavedSearchId): Promise<void> {
    try {
      await this.refresh(id)
    } catch (error) {
      // Its count stays unknown; whoever opens it is told why.
      if (!findAppError(error)) throw error
    }
  }

  async #documents(store: LibraryStore, signal?: AbortSignal): Promise<SavedSearchDocument[]> {
    // Nothing was kept before the first look: then there is none to show.
    if ((await store.kept('searches', 'all')) === null) await store.keep('searches', 'all', [])
    return keptWhenAway(store, 'searches', 'all', () => this.#api().list(signal))
  }

  #counted(store: LibraryStore, searches: SavedSearch[]): Promise<SavedSearch[]> {
    return Promise.all(
      searches.map(async (search) => {
        const isUnknown = search.isAnsweredByServer && (await store.kept('found', search.id)) === null
        return { ...search, count: isUnknown ? null : await store.count(search.query) }
      }),
    )
  }

  #api() {
    return this.#library.session().api.inLane('person').savedSearches
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }
}

const kept = async (store: LibraryStore) =>
  ((await store.kept('searches', 'all')) ?? []) as SavedSearchDocument[]

function toSearch({ id, name, criteria, permissions }: SavedSearchDocument): SavedSearch {
  const query = queryOfCriteria(criteria)
  return {
    id,
    name,
    query: query ?? AssetQuery.parse({ foundBy: id }),
    count: null,
    isAnsweredByServer: query === null,
    canEdit: permissions?.includes('write') ?? true,
    canDelete: permissions?.includes('delete') ?? true,
  }
}
