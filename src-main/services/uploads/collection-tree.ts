import { createHash } from 'node:crypto'
import type { CollectionId } from '@contract/ids.ts'
import type { ClipTarget } from '../../core/clip.ts'
import { findAppError } from '../../core/errors.ts'
import { mayHaveHappened } from '../../core/upload/retry-policy.ts'
import { FIRST_SWEEP_MS } from '../../core/upload/sweep-schedule.ts'
import type { Clock } from '../../ports/clock.ts'
import type { UploadJournal } from '../../ports/upload-journal.ts'
import type { UploadSession } from './session.ts'

/**
 * Collections that uploads go to: found by an external id that follows from parent and title, or made. One at a time, so that two
 * uploads of a folder never make it twice; the journal remembers each.
 */
export class CollectionTree {
  readonly #session: UploadSession
  readonly #journal: UploadJournal
  readonly #clock: Clock
  /** External ids of remembered collections that were seen to be there still, in this session. */
  readonly #seen = new Set<string>()
  #last: Promise<unknown> = Promise.resolve()

  constructor(session: UploadSession, journal: UploadJournal, clock: Clock) {
    this.#session = session
    this.#journal = journal
    this.#clock = clock
  }

  /** The collection that a target names; null for none. */
  resolve(target: ClipTarget): Promise<CollectionId | null> {
    const known = this.#known(target)
    if (known !== undefined) return Promise.resolve(known)
    const result = this.#last.then(() => this.#resolve(target))
    this.#last = result.catch(() => undefined)
    return result
  }

  /** Without a call to the server; undefined when something is still to be made. */
  #known(target: ClipTarget): CollectionId | null | undefined {
    let parentId = target.collectionId
    for (const title of target.collectionPath) {
      const externalId = this.#externalId(parentId, title)
      const record = this.#journal.collection(this.#session.accountId, externalId)
      if (!record?.collectionId || !this.#seen.has(externalId)) return undefined
      parentId = record.collectionId
    }
    return parentId
  }

  async #resolve(target: ClipTarget): Promise<CollectionId | null> {
    let parentId = target.collectionId
    for (const title of target.collectionPath) parentId = await this.#findOrCreate(parentId, title)
    return parentId
  }

  async #findOrCreate(parentId: CollectionId | null, title: string): Promise<CollectionId> {
    const { accountId, api } = this.#session
    const externalId = this.#externalId(parentId, title)
    const known = this.#journal.collection(accountId, externalId)
    if (known?.collectionId && (await this.#isThere(known.collectionId, externalId)))
      return known.collectionId
    const record = { accountId, externalId, title, parentId }
    const found = await this.#find(externalId)
    if (found) {
      this.#seen.add(externalId)
      this.#journal.saveCollection({ ...record, collectionId: found })
      return found
    }
    // The index may show only later what an unanswered create made.
    if (known?.collectionId === null) this.#sweepLater(externalId)
    this.#journal.saveCollection({ ...record, collectionId: null })
    try {
      const made = await api.collections.create({ title, parentId, externalId })
      this.#seen.add(externalId)
      this.#journal.saveCollection({ ...record, collectionId: made.id })
      return made.id
    } catch (error) {
      const known = findAppError(error)
      if (known && !mayHaveHappened(known)) this.#journal.forgetCollection(accountId, externalId)
      throw error
    }
  }

  /** Somebody may have deleted a collection since it was remembered; what would go into it then could not be found there. */
  async #isThere(id: CollectionId, externalId: string): Promise<boolean> {
    if (this.#seen.has(externalId)) return true
    try {
      const collection = await this.#session.api.collections.get(id)
      if (collection.status === 'DELETED') return false
    } catch (error) {
      if (findAppError(error)?.code === 'api.not-found') return false
      throw error
    }
    this.#seen.add(externalId)
    return true
  }

  /** By search, then believed only when the collection itself says that it is ours. */
  async #find(externalId: string): Promise<CollectionId | null> {
    const { api } = this.#session
    const { rows } = await api.search.collections({
      terms: [{ name: 'external_id', value: externalId }],
      perPage: 10,
    })
    for (const row of rows) {
      try {
        const collection = await api.collections.get(row.id)
        if (collection.externalId === externalId && collection.status !== 'DELETED') return collection.id
      } catch (error) {
        // Deleted since it was indexed.
        if (findAppError(error)?.code !== 'api.not-found') throw error
      }
    }
    return null
  }

  #sweepLater(externalId: string): void {
    this.#journal.addSweep({
      accountId: this.#session.accountId,
      kind: 'collection',
      externalId,
      ownerId: '',
      dueMs: this.#clock.nowMs() + FIRST_SWEEP_MS,
    })
  }

  /** The same on every station. NFC, since the same folder may come with its umlauts composed or not. */
  #externalId(parentId: CollectionId | null, title: string): string {
    const facts = JSON.stringify([this.#session.accountId, parentId, title.normalize('NFC')])
    return `ferry${createHash('sha256').update(facts).digest('hex').slice(0, 32)}`
  }
}
