import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { AssetQuery, type AssetFilter, type LibraryState } from '@contract/assets.ts'
import { CollectionId } from '@contract/ids.ts'
import { ferry } from '../client/index.ts'
import { useCollections } from './collections.ts'
import { mirror } from './mirror.ts'
import { useNavigation } from './navigation.ts'
import { useSettings } from './settings.ts'

/** What the library shows: everything, the latest, the trash, or one collection. */
export type LibraryPlace =
  { readonly kind: 'all' | 'recent' | 'trash' } | { readonly kind: 'collection'; readonly id: CollectionId }

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

function parsePlace(at: string): LibraryPlace {
  if (at === 'recent' || at === 'trash') return { kind: at }
  const id = CollectionId.safeParse(at.replace(/^collection:/, ''))
  return id.success ? { kind: 'collection', id: id.data } : { kind: 'all' }
}

/** What the library shows and how: place, search, filters, order, view. */
export const useLibrary = defineStore('library', () => {
  const navigation = useNavigation()
  const settings = useSettings()
  const collections = useCollections()
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
  const sort = computed<AssetQuery['sort']>({
    get: () =>
      settings.remembered('library.sort', { field: 'date_created', order: 'desc' }) as AssetQuery['sort'],
    set: (value) => settings.remember('library.sort', value),
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
  const query = computed<AssetQuery>(() =>
    AssetQuery.parse({
      text: text.value.trim(),
      filters: place.value.kind === 'recent' ? [...filters.value, recentFilter()] : filters.value,
      collectionId: place.value.kind === 'collection' ? place.value.id : null,
      trash: place.value.kind === 'trash',
      sort: sort.value,
    }),
  )
  const recentFilter = (): AssetFilter => {
    const day = (back: number) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10)
    return { field: 'date_created', values: Array.from({ length: RECENT_DAYS }, (_, back) => day(back)) }
  }
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
    viewMode,
    thumbStep,
    query,
    openCollection,
    isSearching: computed(() => text.value.trim() !== '' || tokens.value.length > 0),
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
