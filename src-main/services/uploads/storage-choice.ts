import type { StorageId } from '@contract/ids.ts'
import { AppError } from '../../core/errors.ts'
import type { IconikApi, StorageDocument } from '../../ports/iconik-api.ts'

/** Storages of an account, asked for once. */
export class StorageChoice {
  readonly #api: IconikApi
  readonly #byId = new Map<StorageId | 'default', Promise<StorageDocument>>()

  constructor(api: IconikApi) {
    this.#api = api
  }

  /** @param id null: the one that iconik would choose. @throws AppError storage.unsupported when there is none. */
  get(id: StorageId | null): Promise<StorageDocument> {
    const key = id ?? 'default'
    let storage = this.#byId.get(key)
    if (!storage) {
      storage = id ? this.#api.storages.get(id) : this.#matching()
      // A failure is not remembered, and no signal is handed down: others may wait for the same answer.
      storage.catch(() => this.#byId.delete(key))
      this.#byId.set(key, storage)
    }
    return storage
  }

  async #matching(): Promise<StorageDocument> {
    const storage = await this.#api.storages.matching('FILES')
    if (storage) return storage
    throw new AppError(
      'storage.unsupported',
      'The account has no storage for files. Choose one, or ask an administrator to add one.',
    )
  }
}
