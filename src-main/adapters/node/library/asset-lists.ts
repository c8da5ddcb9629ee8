import type { AssetGroups, AssetQuery, Facet } from '@contract/assets.ts'
import type { SavedSearchId } from '@contract/ids.ts'
import { inGroupOrder, MOST_GROUPS } from '../../../core/library/group-order.ts'
import { METADATA_FACET } from '../../../core/library/mirrored-asset.ts'
import type { Statements } from '../statements.ts'
import type { AssetIndex } from './asset-index.ts'
import type { CollectionTable } from './collection-table.ts'
import { DocSet } from './doc-set.ts'
import type { FacetDictionary } from './facet-dictionary.ts'
import { groupList, type GroupedList } from './grouped-list.ts'
import { OrderedList } from './ordered-list.ts'

/** A list of documents in its order; the groups that it stands in, unless there are too many. */
export interface KeptList extends Pick<GroupedList, 'groups'> {
  readonly rows: OrderedList
  readonly groupCount: number
}

/** Lists that are kept so that scrolling does not search again. */
const LISTS_KEPT = 12

/** What queries find: lists in their order and groups, counts, and facets. */
export class AssetLists {
  readonly #sql: Statements
  readonly #index: AssetIndex
  readonly #dictionary: FacetDictionary
  readonly #collections: CollectionTable
  /** Ids of assets that the server found for a saved search when it was asked last. */
  readonly #foundBefore: (id: SavedSearchId) => unknown
  readonly #kept = new Map<string, KeptList>()

  constructor(
    sql: Statements,
    index: AssetIndex,
    dictionary: FacetDictionary,
    collections: CollectionTable,
    foundBefore: (id: SavedSearchId) => unknown,
  ) {
    this.#sql = sql
    this.#index = index
    this.#dictionary = dictionary
    this.#collections = collections
    this.#foundBefore = foundBefore
  }

  /** To be called after every change of what lists are made of. */
  forget(): void {
    this.#kept.clear()
  }

  /** Documents of a query in its order, and in groups where that is asked for. Kept for the next window of the same list. */
  list(query: AssetQuery, groupBy: string | null): KeptList {
    const key = JSON.stringify([query, groupBy])
    const known = this.#kept.get(key)
    if (known) {
      this.#kept.delete(key)
      this.#kept.set(key, known)
      return known
    }
    const set = this.#index.narrow(this.#baseOf(query), query)
    const list = groupBy === null ? this.#plain(set, query) : this.#grouped(set, query, groupBy)
    this.#kept.set(key, list)
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > LISTS_KEPT && oldest !== undefined) this.#kept.delete(oldest)
    return list
  }

  count(query: AssetQuery): number {
    return this.#index.narrow(this.#baseOf(query), query).count
  }

  groups(query: AssetQuery, groupBy: string): Omit<AssetGroups, 'revision'> {
    const { groups, groupCount } = this.list(query, groupBy)
    const named = groups.map(({ code, count }) => ({
      value: code === null ? null : this.#dictionary.valueOf(code),
      count,
    }))
    return { groupCount, groups: named }
  }

  facets(query: AssetQuery, fields: string[], perField: number): Facet[] {
    const base = this.#baseOf(query)
    const all = this.#index.narrow(base, query)
    const filtered = new Set(query.filters.map(({ field }) => field))
    return fields.map((field) => {
      const set = filtered.has(field) ? this.#index.narrow(base, query, field) : all
      const counts = [...(this.#index.column(field)?.count(set) ?? [])]
      const top = counts.sort((left, right) => right[1] - left[1] || left[0] - right[0]).slice(0, perField)
      const buckets = top.map(([code, count]) => {
        const value = this.#dictionary.valueOf(code)
        return { value, label: field === 'collection' ? this.#collections.titleOf(value) : value, count }
      })
      return { field, label: field.replace(METADATA_FACET, ''), buckets }
    })
  }

  #plain(set: DocSet, query: AssetQuery): KeptList {
    const rows = new OrderedList(
      set.count,
      (limit) => this.#index.first(query, set, limit),
      () => this.#index.ordered(query, set),
    )
    return { rows, groups: [], groupCount: 0 }
  }

  #grouped(set: DocSet, query: AssetQuery, groupBy: string): KeptList {
    const column = this.#index.column(groupBy)
    const codes = [...(column?.count(set).keys() ?? [])]
    if (codes.length > MOST_GROUPS) return { ...this.#plain(set, query), groupCount: codes.length }
    const values = codes.map((code) => ({ code, value: this.#dictionary.valueOf(code) }))
    const order = inGroupOrder(values, groupBy, query.sort).map(({ code }) => code)
    const { docs, groups } = groupList(this.#index.ordered(query, set), set, column, order)
    const rows = new OrderedList(
      docs.length,
      () => null,
      () => docs,
    )
    return { rows, groups, groupCount: groups.length }
  }

  /** Documents of a query before its filters. */
  #baseOf(query: AssetQuery): DocSet {
    const base = this.#index.base(query, this.#placesOf(query))
    return query.foundBy === null ? base : base.and(this.#foundBy(query.foundBy))
  }

  #foundBy(id: SavedSearchId): DocSet {
    const ids = (this.#foundBefore(id) ?? []) as string[]
    const statement = this.#sql.of('SELECT n FROM assets WHERE id = ?')
    return DocSet.of(
      Int32Array.from(ids.flatMap((assetId) => (statement.get(assetId)?.['n'] ?? []) as number | [])),
    )
  }

  #placesOf({ collectionId, includeSubcollections }: AssetQuery): string[] | null {
    if (collectionId === null) return null
    return includeSubcollections ? this.#collections.within(collectionId) : [collectionId]
  }
}
