import type { CollectionNode } from '@contract/collections.ts'
import type { AssetId, CollectionId } from '@contract/ids.ts'
import { AppError } from '../../core/errors.ts'
import type { CollectionDocument, CollectionsApi } from '../../ports/iconik-api.ts'
import type { Library } from './library.ts'
import { sendSoon, throwRefusal } from './send-soon.ts'

/** The tree of collections: read from the mirror, changed on the server and then here. */
export class Collections {
  readonly #library: Library

  constructor(library: Library) {
    this.#library = library
  }

  async children(parentId: CollectionId | null): Promise<CollectionNode[]> {
    return (await this.#library.store()).children(parentId)
  }

  async find(text: string): Promise<{ id: CollectionId; path: string[] }[]> {
    return (await this.#library.store()).findCollections(text, 50)
  }

  async create(parentId: CollectionId | null, title: string, signal?: AbortSignal): Promise<CollectionNode> {
    const made = await this.#api().create({ title, parentId, externalId: null }, signal)
    await this.#take(made)
    return { id: made.id, parentId, title: made.title, assetCount: 0, hasChildren: false }
  }

  async rename(id: CollectionId, title: string, signal?: AbortSignal): Promise<void> {
    await this.#take(await this.#api().update(id, { title }, signal))
  }

  /** @throws AppError api.conflict when it would come to lie in itself */
  async move(id: CollectionId, parentId: CollectionId | null, signal?: AbortSignal): Promise<void> {
    if (parentId !== null && (await this.#isWithin(parentId, id)))
      throw new AppError('api.conflict', 'A collection cannot be moved into itself.')
    await this.#take(await this.#api().update(id, { parentId }, signal))
  }

  async delete(id: CollectionId, signal?: AbortSignal): Promise<void> {
    await this.#api().delete(id, signal)
    await (await this.#library.store()).removeCollection(id)
    this.#library.changed()
  }

  addAssets(id: CollectionId, assetIds: AssetId[]): Promise<{ editId: number }> {
    return this.#changeMembers('add', id, assetIds)
  }

  removeAssets(id: CollectionId, assetIds: AssetId[]): Promise<{ editId: number }> {
    return this.#changeMembers('remove', id, assetIds)
  }

  /** Written down, shown at once, and sent now or when the server can be reached. @throws AppError when it was refused */
  async #changeMembers(
    kind: 'add' | 'remove',
    collectionId: CollectionId,
    assetIds: AssetId[],
  ): Promise<{ editId: number }> {
    const store = await this.#library.store()
    const editId = await store.addEdit({
      kind,
      assetIds,
      collectionId,
      viewId: null,
      changes: {},
      base: null,
      createdMs: Date.now(),
    })
    await store.setMembership(collectionId, assetIds, kind === 'add')
    this.#library.changed()
    await sendSoon(this.#library, editId)
    await throwRefusal(store, editId)
    return { editId }
  }

  #api(): CollectionsApi {
    return this.#library.session().api.inLane('person').collections
  }

  async #take(collection: CollectionDocument): Promise<void> {
    await (await this.#library.store()).putCollections([collection])
    this.#library.changed()
  }

  async #isWithin(id: CollectionId, ancestor: CollectionId): Promise<boolean> {
    const store = await this.#library.store()
    return (await store.collectionsWithin(ancestor)).includes(id)
  }
}
