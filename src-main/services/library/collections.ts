import type { CollectionNode } from '@contract/collections.ts'
import type { AssetId, CollectionId } from '@contract/ids.ts'
import { AppError } from '../../core/errors.ts'
import type { CollectionDocument, CollectionsApi } from '../../ports/iconik-api.ts'
import type { LibraryStore } from '../../ports/library-store.ts'
import type { Library } from './library.ts'

/** Calls in flight while many assets are added: iconik has no bulk call for it. */
const PARALLEL = 4

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

  async addAssets(id: CollectionId, assetIds: AssetId[], signal?: AbortSignal): Promise<void> {
    await this.#each(
      assetIds,
      (assetId) => this.#api().addAsset(id, assetId, signal),
      (store, done) => store.setMembership(id, done, true),
    )
  }

  async removeAssets(id: CollectionId, assetIds: AssetId[], signal?: AbortSignal): Promise<void> {
    await this.#each(
      assetIds,
      (assetId) => this.#api().removeAsset(id, assetId, signal),
      (store, done) => store.setMembership(id, done, false),
    )
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

  /** Sends one call for each asset, a few at once; what was done before a failure is mirrored. */
  async #each(
    assetIds: readonly AssetId[],
    send: (assetId: AssetId) => Promise<void>,
    mirror: (store: LibraryStore, done: AssetId[]) => Promise<void>,
  ): Promise<void> {
    const waiting = assetIds.values()
    const done: AssetId[] = []
    const lane = async () => {
      for (const assetId of waiting) {
        await send(assetId)
        done.push(assetId)
      }
    }
    try {
      await Promise.all(Array.from({ length: PARALLEL }, lane))
    } finally {
      await mirror(await this.#library.store(), done)
      this.#library.changed()
      this.#library.noticed(done.slice(0, 500))
    }
  }
}
