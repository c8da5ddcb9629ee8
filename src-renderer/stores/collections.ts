import { defineStore } from 'pinia'
import { computed, onScopeDispose, shallowRef } from 'vue'
import type { CollectionNode } from '@contract/collections.ts'
import type { ErrorView } from '@contract/errors.ts'
import type { AssetId, CollectionId } from '@contract/ids.ts'
import { ferry, isCancelled, toErrorView } from '../client/index.ts'

type Parent = CollectionId | null

/** One visible row of the tree. `loading` stands for children that are being read. */
export interface TreeRow {
  readonly node: CollectionNode
  /** 0 at the top. */
  readonly depth: number
  readonly expanded: boolean
  readonly loading: boolean
}

/** The collection tree as far as it was opened. */
export const useCollections = defineStore('collections', () => {
  const children = shallowRef<ReadonlyMap<Parent, readonly CollectionNode[]>>(new Map())
  const expanded = shallowRef<ReadonlySet<CollectionId>>(new Set())
  const error = shallowRef<ErrorView | null>(null)
  let unlisten: (() => void) | undefined
  onScopeDispose(() => unlisten?.())

  const nodes = computed(() => {
    const all = new Map<CollectionId, CollectionNode>()
    for (const list of children.value.values()) for (const node of list) all.set(node.id, node)
    return all
  })
  const rows = computed(() => {
    const out: TreeRow[] = []
    const walk = (parent: Parent, depth: number) => {
      for (const node of children.value.get(parent) ?? []) {
        const isOpen = expanded.value.has(node.id)
        out.push({ node, depth, expanded: isOpen, loading: isOpen && !children.value.has(node.id) })
        if (isOpen) walk(node.id, depth + 1)
      }
    }
    walk(null, 0)
    return out
  })

  async function load(parentId: Parent): Promise<void> {
    try {
      const list = await ferry().call('collections.children', { parentId })
      children.value = new Map(children.value).set(parentId, list)
      error.value = null
    } catch (failure) {
      if (!isCancelled(failure)) error.value = toErrorView(failure)
    }
  }
  /** Reads again every level that is shown. */
  async function reload(): Promise<void> {
    await Promise.all([null, ...expanded.value].map((parent) => load(parent)))
  }
  async function expand(id: CollectionId, open: boolean): Promise<void> {
    const next = new Set(expanded.value)
    if (open) next.add(id)
    else next.delete(id)
    expanded.value = next
    if (open) await load(id)
  }
  return {
    rows,
    nodes,
    error,
    loaded: computed(() => children.value.has(null)),
    async start(): Promise<void> {
      unlisten ??= ferry().on('collections.changed', () => void reload())
      await load(null)
    },
    expand,
    reload,
    /** The title of a collection that was seen here. */
    titleOf: (id: string) => nodes.value.get(id as CollectionId)?.title,
    /** Titles from the top down to a collection, as far as they are known here. */
    path(id: CollectionId): string[] {
      const titles: string[] = []
      for (
        let node = nodes.value.get(id);
        node;
        node = node.parentId ? nodes.value.get(node.parentId) : undefined
      )
        titles.unshift(node.title)
      return titles
    },
    /** Whether `id` is `ancestor` or lies below it. */
    isWithin(id: CollectionId, ancestor: CollectionId): boolean {
      for (
        let node = nodes.value.get(id);
        node;
        node = node.parentId ? nodes.value.get(node.parentId) : undefined
      )
        if (node.id === ancestor) return true
      return false
    },
    async create(parentId: Parent, title: string): Promise<CollectionNode> {
      const node = await ferry().call('collections.create', { parentId, title })
      if (parentId) expanded.value = new Set(expanded.value).add(parentId)
      await Promise.all([load(parentId), reload()])
      return node
    },
    async rename(id: CollectionId, title: string): Promise<void> {
      await ferry().call('collections.rename', { id, title })
      await reload()
    },
    async move(id: CollectionId, parentId: Parent): Promise<void> {
      await ferry().call('collections.move', { id, parentId })
      if (parentId) expanded.value = new Set(expanded.value).add(parentId)
      await reload()
    },
    async remove(id: CollectionId): Promise<void> {
      await ferry().call('collections.delete', { id })
      await reload()
    },
    find: (text: string, signal?: AbortSignal) =>
      ferry().call('collections.find', { text }, signal ? { signal } : {}),
    addAssets: (id: CollectionId, assetIds: AssetId[]) =>
      ferry().call('collections.addAssets', { id, assetIds }),
    removeAssets: (id: CollectionId, assetIds: AssetId[]) =>
      ferry().call('collections.removeAssets', { id, assetIds }),
  }
})
