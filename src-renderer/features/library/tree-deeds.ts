import { CornerLeftUp, FolderInput, FolderPlus, PanelRight, Pencil, Trash2 } from '@lucide/vue'
import { computed, ref, shallowRef } from 'vue'
import type { CollectionNode } from '@contract/collections.ts'
import type { ErrorView } from '@contract/errors.ts'
import { CollectionId } from '@contract/ids.ts'
import { isCancelled, toErrorView } from '../../client/index.ts'
import type { MenuEntry } from '../../components/menu.ts'
import { strings } from '../../lib/strings/index.ts'
import { useAccounts } from '../../stores/accounts.ts'
import { useCollections } from '../../stores/collections.ts'
import { useInspection } from '../../stores/inspection.ts'
import { atCollection, useLibrary } from '../../stores/library.ts'
import { useSelection } from '../../stores/selection.ts'
import { useUndo } from '../../stores/undo.ts'
import { ASSET_DRAG, COLLECTION_DRAG } from './asset-drag.ts'
import { useAssetDeeds } from './asset-deeds.ts'

const words = strings.library
/** A closed collection opens when something is held over it this long. */
const OPEN_AFTER_MS = 700

/** Creating, renaming, moving and deleting collections of the tree. */
export function useTreeDeeds() {
  const collections = useCollections()
  const library = useLibrary()
  const undo = useUndo()
  const accounts = useAccounts()
  const assetDeeds = useAssetDeeds()
  const error = shallowRef<ErrorView | null>(null)
  /** The name that is being written: of a collection, or (`id` null) of a new one in `parentId`. */
  const editing = shallowRef<{ id: CollectionId | null; parentId: CollectionId | null } | null>(null)
  const deleting = shallowRef<CollectionNode | null>(null)
  /** The collection that a new place is looked for. */
  const moving = shallowRef<CollectionNode | null>(null)
  const pointed = shallowRef<CollectionNode | null>(null)
  const dropOn = ref<CollectionId | 'top' | null>(null)
  let opening: ReturnType<typeof setTimeout> | undefined

  async function attempt(work: () => Promise<unknown>): Promise<void> {
    error.value = null
    try {
      await work()
    } catch (failure) {
      if (!isCancelled(failure)) error.value = toErrorView(failure)
    }
  }
  function startCreate(parentId: CollectionId | null): void {
    if (lacks('can_create_collections')) return
    editing.value = { id: null, parentId }
  }
  function startRename(node: CollectionNode): void {
    if (lacks('can_write_collections')) return
    editing.value = { id: node.id, parentId: node.parentId }
  }
  async function finishEdit(text: string): Promise<void> {
    const edited = editing.value
    // Enter ends the edit, and the field that goes away loses the focus: only the first counts.
    if (!edited) return
    editing.value = null
    const title = text.trim()
    if (title === '') return
    await attempt(async () => {
      if (edited.id === null) {
        const node = await collections.create(edited.parentId, title)
        library.show(atCollection(node.id))
        return
      }
      const before = collections.nodes.get(edited.id)?.title ?? ''
      if (before === title) return
      const { id } = edited
      await collections.rename(id, title)
      undo.push({ label: words.rename, undo: () => attempt(() => collections.rename(id, before)) })
    })
  }
  async function move(id: CollectionId, parentId: CollectionId | null): Promise<void> {
    const before = collections.nodes.get(id)?.parentId ?? null
    if (before === parentId || (parentId !== null && collections.isWithin(parentId, id))) return
    await attempt(async () => {
      await collections.move(id, parentId)
      undo.push({ label: words.collections, undo: () => attempt(() => collections.move(id, before)) })
    })
  }
  async function confirmDelete(): Promise<void> {
    const node = deleting.value
    deleting.value = null
    if (!node) return
    await attempt(async () => {
      await collections.remove(node.id)
      if (library.openCollection?.id === node.id)
        library.show(node.parentId ? atCollection(node.parentId) : '')
    })
  }

  function dragStart(event: DragEvent, node: CollectionNode): void {
    event.dataTransfer?.setData(COLLECTION_DRAG, node.id)
    if (event.dataTransfer) event.dataTransfer.effectAllowed = 'move'
  }
  const kindOf = (event: DragEvent) => {
    const types = event.dataTransfer?.types ?? []
    if (types.includes(COLLECTION_DRAG)) return 'collection'
    return types.includes(ASSET_DRAG) ? 'assets' : null
  }
  function dragOver(event: DragEvent, node: CollectionNode | null): void {
    const kind = kindOf(event)
    if (!kind || (kind === 'assets' && !node)) return
    event.preventDefault()
    const target = node?.id ?? 'top'
    if (dropOn.value === target) return
    dropOn.value = target
    clearTimeout(opening)
    if (node?.hasChildren) opening = setTimeout(() => void collections.expand(node.id, true), OPEN_AFTER_MS)
  }
  function dragLeave(node: CollectionNode | null): void {
    if (dropOn.value === (node?.id ?? 'top')) dropOn.value = null
    clearTimeout(opening)
  }
  async function drop(event: DragEvent, node: CollectionNode | null): Promise<void> {
    const kind = kindOf(event)
    dropOn.value = null
    clearTimeout(opening)
    if (!kind) return
    event.preventDefault()
    if (kind === 'assets' && node) await assetDeeds.addTo(node.id, node.title)
    const id = CollectionId.safeParse(event.dataTransfer?.getData(COLLECTION_DRAG))
    if (kind === 'collection' && id.success) await move(id.data, node?.id ?? null)
  }

  /** Why something cannot be done; '' when it can. */
  const lacks = (role: string) => (accounts.can(role) ? '' : words.needsRole(role))
  const needs = (role: string) => (accounts.can(role) ? {} : { disabledReason: words.needsRole(role) })
  const entries = computed<MenuEntry[]>(() => {
    const node = pointed.value
    if (!node)
      return [
        {
          label: words.newCollection,
          icon: FolderPlus,
          run: () => startCreate(null),
          ...needs('can_create_collections'),
        },
      ]
    return [
      { label: words.describeCollection, icon: PanelRight, run: () => describe(node) },
      {
        label: words.newInside,
        icon: FolderPlus,
        run: () => startCreate(node.id),
        ...needs('can_create_collections'),
      },
      {
        label: words.rename,
        icon: Pencil,
        keys: 'F2',
        run: () => startRename(node),
        ...needs('can_write_collections'),
      },
      {
        label: words.moveTo,
        icon: FolderInput,
        run: () => askMove(node),
        ...needs('can_write_collections'),
      },
      ...(node.parentId === null
        ? []
        : [
            {
              label: words.moveToTop,
              icon: CornerLeftUp,
              run: () => void move(node.id, null),
              ...needs('can_write_collections'),
            },
          ]),
      'line',
      {
        label: words.delete,
        icon: Trash2,
        keys: 'Del',
        danger: true,
        run: () => askDelete(node),
        ...needs('can_delete_collections'),
      },
    ]
  })
  /** Shows the metadata of a collection, which the inspector holds while no asset is selected. */
  function describe(node: CollectionNode): void {
    library.show(atCollection(node.id))
    useSelection().clear()
    useInspection().edit()
  }
  function askMove(node: CollectionNode): void {
    moving.value = node
  }
  function askDelete(node: CollectionNode | null): void {
    if (node && lacks('can_delete_collections')) return
    deleting.value = node
  }
  return {
    error,
    editing,
    deleting,
    moving,
    move,
    lacks,
    dropOn,
    entries,
    startCreate,
    startRename,
    finishEdit,
    cancelEdit: () => {
      editing.value = null
    },
    askDelete,
    confirmDelete,
    /** The collection that the menu is for; null for the empty part of the tree. */
    pointAt: (node: CollectionNode | null) => {
      pointed.value = node
    },
    dragStart,
    dragOver,
    dragLeave,
    drop,
  }
}
export type TreeDeeds = ReturnType<typeof useTreeDeeds>
