import type { LibraryState } from '@contract/assets.ts'
import type { AccountId, AssetId } from '@contract/ids.ts'
import { AppError } from '../../core/errors.ts'
import type { AccountSession, OpenSession } from '../../ports/account-session.ts'
import type { Clock } from '../../ports/clock.ts'
import type { LibraryStore, LibraryStores } from '../../ports/library-store.ts'
import type { Logger } from '../../ports/logger.ts'
import { MirrorRunner } from './mirror-runner.ts'

/** State is told at most this often. */
const TELL_MS = 250

export interface LibraryDependencies {
  stores: LibraryStores
  accounts: AccountSession
  clock: Clock
  logger: Logger
}

interface Opened {
  accountId: AccountId
  store: LibraryStore
}

export interface LibraryEvents {
  state: (state: LibraryState) => void
  metadata: (assetIds: AssetId[] | null) => void
  collections: () => void
  edits: () => void
}

/**
 * The mirror of the current account: which one is open, what keeps it in step, and who is told of changes. It answers
 * offline too; only what changes something on the server needs a session.
 */
export class Library {
  readonly #deps: LibraryDependencies
  readonly #listeners: { [K in keyof LibraryEvents]: Set<LibraryEvents[K]> } = {
    state: new Set(),
    metadata: new Set(),
    collections: new Set(),
    edits: new Set(),
  }
  #opened: Promise<Opened | null> = Promise.resolve(null)
  #openId: AccountId | null = null
  #session: OpenSession | null = null
  #runner: MirrorRunner | null = null
  #isTelling = false
  #unlisten: () => void = () => {}

  constructor(deps: LibraryDependencies) {
    this.#deps = deps
  }

  start(): void {
    this.#unlisten = this.#deps.accounts.onChange(() => this.#follow())
    this.#follow()
  }

  /** Removes the mirror of an account that signed out. Edits that waited in it go with it. */
  async forget(accountId: AccountId): Promise<void> {
    const opened = await this.#opened
    if (opened?.accountId !== accountId) await this.#deps.stores.discard(accountId)
  }

  async stop(): Promise<void> {
    this.#unlisten()
    await this.#runner?.stop()
    const opened = await this.#opened
    await opened?.store.close()
    this.#opened = Promise.resolve(null)
    this.#openId = null
  }

  /** @returns stops it */
  on<K extends keyof LibraryEvents>(name: K, listener: LibraryEvents[K]): () => void {
    const listeners: Set<LibraryEvents[K]> = this.#listeners[name]
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  async state(): Promise<LibraryState> {
    const opened = await this.#opened
    if (!opened) return nothing
    const counts = await opened.store.counts()
    const { state, completeAsOf, filled } = this.#runner?.view ?? {
      state: 'offline' as const,
      completeAsOf: null,
      filled: null,
    }
    return { ...counts, state, completeAsOf: completeAsOf ?? (await lastPass(opened.store)), filled }
  }

  /** The mirror of the current account. @throws AppError auth.required */
  async store(): Promise<LibraryStore> {
    const opened = await this.#opened
    if (!opened) throw new AppError('auth.required', 'Nobody is signed in.')
    return opened.store
  }

  /** The mirror of an account while it is the current one. @throws AppError auth.required; api.not-found when another is */
  async storeOf(accountId: AccountId): Promise<LibraryStore> {
    const opened = await this.#opened
    if (!opened) throw new AppError('auth.required', 'Nobody is signed in.')
    if (opened.accountId !== accountId)
      throw new AppError('api.not-found', 'This belongs to an account that is not open any more.')
    return opened.store
  }

  /** @throws AppError auth.required */
  session(): OpenSession {
    return this.#deps.accounts.require()
  }

  get isSignedIn(): boolean {
    return this.#deps.accounts.current() !== null
  }

  /** What keeps the mirror in step; null while nobody is signed in. */
  get runner(): MirrorRunner | null {
    return this.#runner
  }

  /** To be called with assets that an upload or edit of ours changed: the mirror shows them without waiting for a poll. */
  noticed(assetIds: readonly AssetId[]): void {
    this.#runner?.noticed(assetIds)
  }

  /** Tells listeners of the state, soon and once for many changes. */
  changed(): void {
    if (this.#isTelling) return
    this.#isTelling = true
    this.#deps.clock.after(TELL_MS, () => {
      this.#isTelling = false
      void this.#tell()
    })
  }

  metadataChanged(assetIds: AssetId[] | null): void {
    for (const listener of this.#listeners.metadata) listener(assetIds)
  }

  /** Tells that edits in the outbox came, went or got further; soon, and once for many. */
  editsChanged(): void {
    if (this.#isTellingEdits) return
    this.#isTellingEdits = true
    this.#deps.clock.after(TELL_MS, () => {
      this.#isTellingEdits = false
      for (const listener of this.#listeners.edits) listener()
    })
  }
  #isTellingEdits = false

  async #tell(): Promise<void> {
    try {
      const before = this.#revision
      const state = await this.state()
      this.#revision = state.revision
      for (const listener of this.#listeners.state) listener(state)
      // Counts in the tree follow from the assets.
      if (state.revision !== before) for (const listener of this.#listeners.collections) listener()
    } catch (error) {
      this.#deps.logger.warn('the state of the library could not be told', { error })
    }
  }
  #revision = -1

  #follow(): void {
    const session = this.#deps.accounts.current()
    const accountId = this.#deps.accounts.accountId()
    if (session === this.#session && accountId === this.#openId) return
    this.#session = session
    this.#opened = this.#reopen(this.#opened, accountId, session)
    this.#opened.then(
      () => this.changed(),
      (error: unknown) => this.#deps.logger.error('the library could not be opened', { error }),
    )
  }

  async #reopen(
    before: Promise<Opened | null>,
    accountId: AccountId | null,
    session: OpenSession | null,
  ): Promise<Opened | null> {
    const last = await before.catch(() => null)
    await this.#runner?.stop()
    this.#runner = null
    if (last && last.accountId !== accountId) await last.store.close()
    this.#openId = accountId
    if (accountId === null) return null
    const opened =
      last?.accountId === accountId ? last : { accountId, store: await this.#deps.stores.open(accountId) }
    if (session) this.#run(opened.store, session)
    return opened
  }

  #run(store: LibraryStore, session: OpenSession): void {
    const { accounts, clock, logger } = this.#deps
    this.#runner = new MirrorRunner({
      store: telling(store, () => this.changed()),
      session,
      accounts,
      clock,
      logger,
      onChange: () => this.changed(),
      onMetadata: (assetIds) => this.metadataChanged(assetIds),
      onEdits: () => this.editsChanged(),
    })
    this.#runner.start()
  }
}

const nothing: LibraryState = {
  revision: 0,
  assetCount: 0,
  trashCount: 0,
  state: 'empty',
  completeAsOf: null,
  filled: null,
  pendingEdits: 0,
}

async function lastPass(store: LibraryStore): Promise<string | null> {
  const filledAtMs = Number((await store.note('filledAtMs')) ?? 0)
  return filledAtMs > 0 ? new Date(filledAtMs).toISOString() : null
}

/** The store, with a call after each write that changed what queries answer. */
function telling(store: LibraryStore, tell: () => void): LibraryStore {
  const after =
    <A extends unknown[], R>(write: (...args: A) => Promise<R>, isNews: (result: R) => boolean) =>
    async (...args: A): Promise<R> => {
      const result = await write(...args)
      if (isNews(result)) tell()
      return result
    }
  const always = () => true
  return {
    ...store,
    put: after(store.put, (changed) => changed.length > 0),
    setStatus: after(store.setStatus, always),
    noteSent: after(store.noteSent, always),
    rename: after(store.rename, always),
    remove: after(store.remove, always),
    putCollections: after(store.putCollections, Boolean),
    keepCollections: after(store.keepCollections, Boolean),
  }
}
