import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { AssetQuery, type AssetFilter, type LibraryState } from '@contract/assets.ts'
import { CollectionId, SavedSearchId } from '@contract/ids.ts'
import { ferry } from '../client/index.ts'
import { useCollections } from './collections.ts'
import { useFacetWords } from './facet-words.ts'
import { mirror } from './mirror.ts'
import { useNavigation } from './navigation.ts'
import { useSavedSearches } from './saved-searches.ts'
import { useSettings } from './settings.ts'

/** What the library shows: everything, the latest, the trash, one collection, or what a saved search finds. */
export type LibraryPlace =
  | { readonly kind: 'all' | 'recent' | 'trash' }
  | { readonly kind: 'collection'; readonly id: CollectionId }
  | { readonly kind: 'saved'; readonly id: SavedSearchId }

export type SortField = AssetQuery['sort']['field']
/** A chosen value of a facet, with the words for both. */
export interface FilterToken {
  readonly field: string
  readonly value: string
  readonly fieldLabel: string
  readonly valueLabel: string
}

const RECENT_DAYS = 14

/** How navigation names a collection of the library. */
export const atCollection = (id: CollectionId) => `collection:${id}`
export const atSearch = (id: SavedSearchId) => `saved:${id}`

function parsePlace(at: string): LibraryPlace {
  if (at === 'recent' || at === 'trash') return { kind: at }
  const saved = at.startsWith('saved:') ? SavedSearchId.safeParse(at.slice('saved:'.length)) : null
  if (saved?.success) return { kind: 'saved', id: saved.data }
  const id = CollectionId.safeParse(at.replace(/^collection:/, ''))
  return id.success ? { kind: 'collection', id: id.data } : { kind: 'all' }
}

/** What the library shows and how: place, search, filters, order, view. */
export const useLibrary = defineStore('library', () => {
  const navigation = useNavigation()
  const settings = useSettings()
  const collections = useCollections()
  const saved = useSavedSearches()
  const words = useFacetWords()
  const { state, error, start } = mirror<LibraryState>({
    fetch: () => ferry().call('assets.state', {}),
    listen: (apply) => ferry().on('assets.changed', apply),
  })

  const at = ref('')
  watch(
    () => navigation.place,
    (place) => {
      if (place.section === 'library') at.value = place.at
    },
    { immediate: true },
  )
  const place = computed(() => parsePlace(at.value))
  const text = ref('')
  const tokens = shallowRef<readonly FilterToken[]>([])
  /** The order of the saved search that is open; it is not remembered for other places. */
  const savedSort = shallowRef<AssetQuery['sort'] | null>(null)
  const sort = computed<AssetQuery['sort']>({
    get: () =>
      savedSort.value ??
      (settings.remembered('library.sort', { field: 'date_created', order: 'desc' }) as AssetQuery['sort']),
    set: (value) => {
      if (savedSort.value) savedSort.value = value
      else settings.remember('library.sort', value)
    },
  })
  /** The facet field that parts the list into groups; null for none. */
  const groupBy = computed<string | null>({
    get: () => settings.remembered('library.group', '') || null,
    set: (field) => settings.remember('library.group', field ?? ''),
  })
  const viewMode = computed<'grid' | 'table'>({
    get: () => settings.remembered('library.view', 'grid') as 'grid' | 'table',
    set: (value) => settings.remember('library.view', value),
  })
  /** 0 to 3: steps of the thumbnail size. */
  const thumbStep = computed<number>({
    get: () => settings.remembered('library.thumbs', 1),
    set: (value) => settings.remember('library.thumbs', value),
  })

  const filters = computed<AssetFilter[]>(() => {
    const byField = new Map<string, string[]>()
    for (const token of tokens.value)
      byField.set(token.field, [...(byField.get(token.field) ?? []), token.value])
    return [...byField].map(([field, values]) => ({ field, values }))
  })
  const openSearch = computed(() => (place.value.kind === 'saved' ? saved.get(place.value.id) : null))
  const query = computed<AssetQuery>(() =>
    AssetQuery.parse({
      ...openSearch.value?.query,
      text: text.value.trim(),
      filters: place.value.kind === 'recent' ? [...filters.value, recentFilter()] : filters.value,
      ...(place.value.kind === 'collection' ? { collectionId: place.value.id } : {}),
      trash: place.value.kind === 'trash',
      sort: sort.value,
    }),
  )
  const recentFilter = (): AssetFilter => {
    const day = (back: number) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10)
    return { field: 'date_created', values: Array.from({ length: RECENT_DAYS }, (_, back) => day(back)) }
  }
  const tokenOf = (field: string, value: string): FilterToken => ({
    field,
    value,
    fieldLabel: words.label(field),
    valueLabel: words.valueLabel(field, value),
  })
  /** What a saved search looks for becomes what is written in the search field, where it can be changed. */
  function takeSearch(): void {
    const { query: wanted, id, isAnsweredByServer } = openSearch.value ?? {}
    if (!wanted || !id) return
    text.value = wanted.text
    tokens.value = wanted.filters.flatMap(({ field, values }) => values.map((value) => tokenOf(field, value)))
    savedSort.value = wanted.sort
    if (isAnsweredByServer) void saved.refresh(id)
  }
  watch(
    () => [place.value.kind === 'saved' ? place.value.id : null, openSearch.value !== null] as const,
    ([id, isKnown], before) => {
      if (id && isKnown) takeSearch()
      if (id || !before[0]) return
      text.value = ''
      tokens.value = []
      savedSort.value = null
    },
  )
  const openCollection = computed(() => {
    if (place.value.kind !== 'collection') return null
    const { id } = place.value
    return { id, title: collections.nodes.get(id)?.title ?? '' }
  })

  return {
    state,
    error,
    start,
    place,
    text,
    tokens,
    sort,
    groupBy,
    viewMode,
    thumbStep,
    query,
    openCollection,
    openSearch,
    /** The saved search that is open was changed here. */
    isSearchChanged: computed(
      () =>
        openSearch.value !== null && JSON.stringify(openSearch.value.query) !== JSON.stringify(query.value),
    ),
    /** Puts the search back to what was saved. */
    revertSearch: takeSearch,
    isSearching: computed(() => text.value.trim() !== '' || tokens.value.length > 0),
    /** What is searched for now, as it can be saved: which days are recent changes from day to day. */
    savableQuery: computed(() => AssetQuery.parse({ ...query.value, filters: filters.value })),
    recentQuery: () => AssetQuery.parse({ filters: [recentFilter()] }),
    show: (where: string) => navigation.go('library', where),
    toggleToken(token: FilterToken): void {
      const isSame = (other: FilterToken) => other.field === token.field && other.value === token.value
      tokens.value = tokens.value.some(isSame)
        ? tokens.value.filter((other) => !isSame(other))
        : [...tokens.value, token]
    },
    clearField(field: string): void {
      tokens.value = tokens.value.filter((token) => token.field !== field)
    },
    clearTokens(): void {
      tokens.value = []
    },
    clearSearch(): void {
      text.value = ''
      tokens.value = []
    },
  }
})
