import { defineStore } from 'pinia'
import { computed, onScopeDispose, shallowRef } from 'vue'
import type { ErrorView } from '@contract/errors.ts'
import type { ViewId } from '@contract/ids.ts'
import type { MetadataView, ViewSummary } from '@contract/metadata.ts'
import { ferry, isCancelled, toErrorView } from '../client/index.ts'
import { useSettings } from './settings.ts'

/** Metadata views: forms that group fields. */
export const useViews = defineStore('views', () => {
  const settings = useSettings()
  const list = shallowRef<readonly ViewSummary[] | null>(null)
  const details = shallowRef<ReadonlyMap<ViewId, MetadataView>>(new Map())
  const searchViewIds = shallowRef<readonly ViewId[]>([])
  const error = shallowRef<ErrorView | null>(null)

  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work()
      error.value = null
    } catch (failure) {
      if (!isCancelled(failure)) error.value = toErrorView(failure)
    }
  }
  const load = (id: ViewId) =>
    attempt(async () => {
      const view = await ferry().call('metadata.view', { id })
      details.value = new Map(details.value).set(id, view)
    })
  const chosenId = computed(() => {
    const remembered = settings.remembered('metadata.view', '')
    return (list.value?.find((view) => view.id === remembered) ?? list.value?.[0])?.id ?? null
  })
  let unlisten: (() => void) | undefined
  onScopeDispose(() => unlisten?.())
  async function read(): Promise<void> {
    const [views, categories] = await Promise.all([
      ferry().call('metadata.views', {}),
      ferry().call('metadata.categories', { objectType: 'search' }),
    ])
    list.value = views
    searchViewIds.value = [...new Set(categories.flatMap(({ viewIds }) => viewIds))]
    const wanted = new Set([...searchViewIds.value, ...views.slice(0, 8).map((view) => view.id)])
    await Promise.all([...wanted].map(load))
  }
  const facetFieldsOf = (some: readonly MetadataView[]) => {
    const fields = some.flatMap((view) => view.fields)
    return [...new Set(fields.filter((field) => field.useAsFacet).map((field) => field.name))]
  }
  return {
    list,
    details,
    error,
    load,
    /** The view that the inspector shows. */
    chosen: computed(() => (chosenId.value ? (details.value.get(chosenId.value) ?? null) : null)),
    chosenId,
    /** Fields of the known views that may be filtered by. */
    facetFields: computed(() => facetFieldsOf([...details.value.values()])),
    /** Those of the views that an administrator chose for searching; of all views where none was. */
    searchFields: computed(() => {
      const chosen = searchViewIds.value.flatMap((id) => details.value.get(id) ?? [])
      return facetFieldsOf(chosen.length > 0 ? chosen : [...details.value.values()])
    }),
    start: () => {
      // Fields or views were changed by an administrator here.
      unlisten ??= ferry().on('metadata.changed', ({ assetIds }) => {
        if (assetIds === null) void attempt(read)
      })
      return attempt(read)
    },
    async choose(id: ViewId): Promise<void> {
      settings.remember('metadata.view', id)
      if (!details.value.has(id)) await load(id)
    },
  }
})
