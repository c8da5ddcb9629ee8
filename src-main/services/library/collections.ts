import type { CollectionDetail, CollectionNode } from '@contract/collections.ts'
import type { AssetId, CollectionId, ViewId } from '@contract/ids.ts'
import type { MetadataValues } from '@contract/metadata.ts'
import { AppError, findAppError } from '../../core/errors.ts'
import { conflictsOf, settingEdits } from '../../core/library/field-edits.ts'
import type { CollectionDocument, CollectionsApi } from '../../ports/iconik-api.ts'
import type { Library } from './library.ts'
import { keptWhenAway } from './kept-when-away.ts'
import { sendSoon, throwRefusal } from './send-soon.ts'

/** The category of what names none. */
const DEFAULT_CATEGORY = 'default'
const NO_CONTENT = { assetCount: null, collectionCount: null, sizeBytes: null, durationMs: null }

/** What is said instead when the server has no answer for this person; what may come later is waited for. */
const unlessPassing =
  <T>(instead: T) =>
  (error: unknown): T => {
    const code = findAppError(error)?.code
    if (code === 'auth.role-missing' || code === 'api.not-found' || code === 'api.invalid') return instead
    throw error
  }

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

  /** All about one; as last read when the server cannot be reached. @throws AppError api.not-found */
  async get(id: CollectionId, signal?: AbortSignal): Promise<CollectionDetail> {
    const store = await this.#library.store()
    return keptWhenAway(store, 'collection', id, async () => {
      const api = this.#library.session().api.inLane('person')
      const [document, content, categories, path] = await Promise.all([
        api.collections.get(id, signal),
        api.collections.content(id, signal).catch(unlessPassing(NO_CONTENT)),
        api.model.categories('collections', signal).catch(unlessPassing([])),
        store.collectionPath(id),
      ])
      const category = categories.find(({ name }) => name === (document.category ?? DEFAULT_CATEGORY))
      return {
        id,
        title: document.title,
        path: path.length > 0 ? path : [document.title],
        externalId: document.externalId,
        createdBy: document.createdByUser ?? '',
        dateCreated: document.dateCreated,
        dateModified: document.dateModified,
        ...content,
        viewIds: category?.viewIds ?? null,
      }
    })
  }

  async values(id: CollectionId, viewId: ViewId, signal?: AbortSignal): Promise<MetadataValues> {
    return keptWhenAway(await this.#library.store(), 'values', `${id} ${viewId}`, async () => {
      const { metadata } = this.#library.session().api.inLane('person')
      return (await metadata.getValues('collections', id, viewId, signal)).values
    })
  }

  /** @throws AppError api.conflict with what the server holds by field, where that is not what the form was opened with */
  async describe(
    id: CollectionId,
    viewId: ViewId,
    values: MetadataValues,
    base: MetadataValues,
  ): Promise<void> {
    const { metadata } = this.#library.session().api.inLane('person')
    const changes = settingEdits(values)
    const server = await metadata.getValues('collections', id, viewId)
    const theirs = conflictsOf(base, changes, server.values)
    if (Object.keys(theirs).length > 0)
      throw new AppError('api.conflict', 'These fields changed in iconik since you opened them.', {
        details: { theirs },
      })
    await metadata.putValues('collections', id, viewId, changes)
    await (await this.#library.store()).keep('values', `${id} ${viewId}`, { ...server.values, ...values })
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
