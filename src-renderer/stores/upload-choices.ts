import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { CollectionId, StorageId, ViewId } from '@contract/ids.ts'
import type { MetadataView, ViewSummary } from '@contract/metadata.ts'
import type { StorageView } from '@contract/settings.ts'
import { ferry } from '../client/index.ts'
import { hear } from './hear.ts'
import { useCollections } from './collections.ts'

/** What an upload can be given: views with their fields, storages, collections. */
export const useUploadChoices = defineStore('upload-choices', () => {
  const views = shallowRef<readonly ViewSummary[]>([])
  const storages = shallowRef<readonly StorageView[]>([])
  const opened = shallowRef<ReadonlyMap<ViewId, MetadataView>>(new Map())
  const paths = shallowRef<ReadonlyMap<CollectionId, readonly string[]>>(new Map())

  async function refresh(): Promise<void> {
    const [allViews, allStorages] = await Promise.all([
      ferry().call('metadata.views', {}),
      ferry().call('settings.storages', {}),
    ])
    views.value = allViews
    storages.value = allStorages
  }

  async function refreshStorages(): Promise<void> {
    storages.value = await ferry().call('settings.storages', {})
  }
  /** Says where a FILE storage is mounted on this machine; null: nowhere any more. */
  async function mount(storageId: StorageId, directory: string | null): Promise<void> {
    storages.value = await ferry().call('settings.mount', { storageId, directory })
  }

  /** Reads the fields of a view once. */
  async function openView(id: ViewId): Promise<void> {
    if (opened.value.has(id)) return
    const view = await ferry().call('metadata.view', { id })
    opened.value = new Map(opened.value).set(id, view)
  }

  async function findCollections(text: string): Promise<{ id: CollectionId; path: string[] }[]> {
    const found = await ferry().call('collections.find', { text })
    const next = new Map(paths.value)
    for (const { id, path } of found) next.set(id, path)
    paths.value = next
    return found
  }

  /** Titles from the top; from what was found, else from the tree as far as it was read. */
  function pathOf(id: CollectionId): readonly string[] {
    const known = paths.value.get(id)
    if (known) return known
    const { nodes } = useCollections()
    const titles: string[] = []
    for (let at = nodes.get(id); at; at = at.parentId ? nodes.get(at.parentId) : undefined)
      titles.unshift(at.title)
    return titles
  }

  hear('accounts.changed', () => {
    views.value = []
    storages.value = []
    opened.value = new Map()
    paths.value = new Map()
  })

  return { views, storages, opened, refresh, refreshStorages, mount, openView, findCollections, pathOf }
})
