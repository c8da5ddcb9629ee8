import type { AssetId, CollectionId } from '@contract/ids.ts'
import { findAppError } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { AssetDocument, CollectionDocument, IconikApi } from '../../ports/iconik-api.ts'
import type { LibraryStore } from '../../ports/library-store.ts'
import { mirrorAsset } from './mirror-asset.ts'

const FILL_PAGE = 500
const POLL_PAGE = 200
const IDS_PER_SEARCH = 100
const COLLECTIONS_PAGE = 100
const TRASH_PAGE = 100
/** Rows written at once: few enough that a query waiting behind them is not noticed. */
const WRITE_ROWS = 100
/** The search index lags by an unknown time; each poll looks back a little, now and then further. */
const OVERLAP_MS = 10_000
const LONG_OVERLAP_MS = 300_000
const LONG_OVERLAP_EVERY = 12
const TRASH_EVERY = 3
const COLLECTIONS_EVERY = 12
/** More pages of collections or of the trash than this are read with the long overlap only. */
const MANY_PAGES = 10
const FULL_PASS_EVERY_MS = 6 * 3600_000
/** Assets so young may get their poster yet, which changes no date. */
const POSTER_WINDOW_MS = 3600_000

export interface SyncProgress {
  done: number
  total: number
}

/** Brings the mirror of one account up to date, step by step. Every step may fail and be made again. */
export class LibrarySync {
  readonly #store: LibraryStore
  readonly #api: IconikApi
  readonly #clock: Clock
  readonly #onProgress: (progress: SyncProgress | null) => void
  #polls = 0
  #collectionPages = 0
  #trashPages = 0

  constructor(deps: {
    store: LibraryStore
    api: IconikApi
    clock: Clock
    onProgress: (progress: SyncProgress | null) => void
  }) {
    this.#store = deps.store
    this.#api = deps.api.inLane('background')
    this.#clock = deps.clock
    this.#onProgress = deps.onProgress
  }

  /** Reads what is new: everything the first time and every few hours, else what changed. @throws AppError */
  async step(signal: AbortSignal): Promise<void> {
    if (await this.#isFillDue()) await this.#fill(signal)
    else await this.#poll(signal)
  }

  /** Reads assets by their ids, as after an edit of our own. Those that are gone are removed. */
  async reread(ids: readonly AssetId[], signal: AbortSignal): Promise<void> {
    for (let at = 0; at < ids.length; at += IDS_PER_SEARCH) {
      const some = ids.slice(at, at + IDS_PER_SEARCH)
      const asOf = await this.#store.editMark()
      const { rows } = await this.#api.search.assets(
        { terms: [{ name: 'id', valueIn: [...some] }], perPage: IDS_PER_SEARCH },
        signal,
      )
      await this.#put(rows, 0, asOf)
      const found = new Set(rows.map(({ id }) => id))
      for (const id of some) if (!found.has(id)) await this.#readOne(id, signal)
    }
  }

  async #isFillDue(): Promise<boolean> {
    const doneAt = Number((await this.#store.note('filledAtMs')) ?? 0)
    const isFilling = (await this.#store.note('fillPass')) !== null
    return isFilling || this.#clock.nowMs() - doneAt > FULL_PASS_EVERY_MS
  }

  /** Pages through all assets by date of creation. Where it stands is written down, so that a restart goes on there. */
  async #fill(signal: AbortSignal): Promise<void> {
    const store = this.#store
    const pass = Number((await store.note('fillPass')) ?? Number((await store.note('lastPass')) ?? 0) + 1)
    if ((await store.note('fillPass')) === null) {
      // Dates of the server only: our clock may differ from it.
      await store.setNote('fillSince', await this.#newestChange(signal))
      await store.setNote('fillPass', String(pass))
      await this.#readCollections(signal)
    }
    const cursor = await store.note('fillCursor')
    let searchAfter = cursor === null ? null : (JSON.parse(cursor) as unknown[])
    let done = Number((await store.note('fillDone')) ?? 0)
    do {
      const asOf = await store.editMark()
      const page = await this.#api.search.assets(
        {
          sort: [{ name: 'date_created', order: 'asc' }],
          perPage: FILL_PAGE,
          ...(searchAfter ? { searchAfter } : {}),
        },
        signal,
      )
      await this.#put(page.rows, pass, asOf)
      done += page.rows.length
      ;({ searchAfter } = page)
      await store.setNote('fillCursor', searchAfter === null ? null : JSON.stringify(searchAfter))
      await store.setNote('fillDone', String(done))
      this.#onProgress({ done, total: Math.max(done, page.total) })
      signal.throwIfAborted()
    } while (searchAfter !== null)
    await this.#dropUnseen(pass, signal)
    await this.#readTrash(signal)
    await this.#finishFill(pass)
  }

  async #finishFill(pass: number): Promise<void> {
    const store = this.#store
    await store.setNote('changedSince', await store.note('fillSince'))
    await store.setNote('lastPass', String(pass))
    await store.setNote('filledAtMs', String(this.#clock.nowMs()))
    await store.setNote('newsAtMs', String(this.#clock.nowMs()))
    for (const name of ['fillCursor', 'fillDone', 'fillSince', 'fillPass']) await store.setNote(name, null)
    this.#onProgress(null)
  }

  async #newestChange(signal: AbortSignal): Promise<string> {
    const { rows } = await this.#api.search.assets(
      { sort: [{ name: 'date_modified', order: 'desc' }], perPage: 1 },
      signal,
    )
    return rows[0]?.dateModified ?? new Date(0).toISOString()
  }

  /** What a full pass did not see was deleted, or the index did not show it: each is asked for by id. */
  async #dropUnseen(pass: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      const ids = await this.#store.unseen(pass, IDS_PER_SEARCH)
      if (ids.length === 0) return
      for (const id of ids) await this.#readOne(id, signal, pass)
    }
  }

  async #poll(signal: AbortSignal): Promise<void> {
    this.#polls += 1
    const isLong = this.#polls % LONG_OVERLAP_EVERY === 0
    await this.#readChanged(isLong ? LONG_OVERLAP_MS : OVERLAP_MS, signal)
    if (isLong || (this.#polls % TRASH_EVERY === 0 && this.#trashPages <= MANY_PAGES))
      await this.#readTrash(signal)
    if (this.#polls % COLLECTIONS_EVERY === 1 || (this.#collectionPages <= 2 && this.#polls % 2 === 0))
      await this.#readCollections(signal)
    const since = new Date(this.#clock.nowMs() - POSTER_WINDOW_MS).toISOString()
    await this.reread(await this.#store.withoutPoster(since, IDS_PER_SEARCH), signal)
  }

  async #readChanged(overlapMs: number, signal: AbortSignal): Promise<void> {
    const known = (await this.#store.note('changedSince')) ?? new Date(0).toISOString()
    // What the index was late with has come by now; without new changes the last ones are not read again and again.
    const newsAtMs = Number((await this.#store.note('newsAtMs')) ?? this.#clock.nowMs())
    const isLate = Math.abs(this.#clock.nowMs() - newsAtMs) > 2 * overlapMs
    const min = new Date(Math.max(0, Date.parse(known) - (isLate ? 0 : overlapMs))).toISOString()
    let newest = known
    let searchAfter: unknown[] | null = null
    do {
      const asOf = await this.#store.editMark()
      const page = await this.#api.search.assets(
        {
          terms: [{ name: 'date_modified', range: { min } }],
          sort: [{ name: 'date_modified', order: 'asc' }],
          perPage: POLL_PAGE,
          ...(searchAfter ? { searchAfter } : {}),
        },
        signal,
      )
      await this.#put(page.rows, 0, asOf)
      for (const { dateModified } of page.rows)
        if (Date.parse(dateModified) > Date.parse(newest)) newest = dateModified
      ;({ searchAfter } = page)
    } while (searchAfter !== null)
    if (newest === known) return
    await this.#store.setNote('changedSince', newest)
    await this.#store.setNote('newsAtMs', String(this.#clock.nowMs()))
  }

  /** The trash is known by ids only; search does not show what is in it. */
  async #readTrash(signal: AbortSignal): Promise<void> {
    const there = new Set<AssetId>()
    const asOf = await this.#store.editMark()
    for (let page = 1, pages = 1; page <= pages; page += 1) {
      const answer = await this.#api.assets.trashed(page, TRASH_PAGE, signal)
      for (const id of answer.ids) there.add(id)
      pages = Math.min(answer.pages, 10_000 / TRASH_PAGE)
      this.#trashPages = pages
    }
    const here = new Set(await this.#store.trashedIds())
    const added = [...there].filter((id) => !here.has(id))
    const known = new Set((await this.#store.rows(added)).map(({ id }) => id))
    await this.#store.setStatus([...known], 'DELETED', asOf)
    for (const id of added) if (!known.has(id)) await this.#readOne(id, signal)
    for (const id of here) if (!there.has(id)) await this.#readOne(id, signal)
  }

  async #readCollections(signal: AbortSignal): Promise<void> {
    const ids: CollectionId[] = []
    for (let page = 1, pages = 1; page <= pages; page += 1) {
      const answer: { rows: CollectionDocument[]; pages: number } = await this.#api.collections.list(
        page,
        COLLECTIONS_PAGE,
        signal,
      )
      const present = answer.rows.filter(({ status }) => status !== 'DELETED')
      await this.#store.putCollections(present)
      ids.push(...present.map(({ id }) => id))
      ;({ pages } = answer)
    }
    this.#collectionPages = Math.ceil(ids.length / COLLECTIONS_PAGE)
    await this.#store.keepCollections(ids)
  }

  /** Reads one asset past the search index. Its plain answer tells less, so that of a mirrored one only news is taken. */
  async #readOne(id: AssetId, signal: AbortSignal, pass = 0): Promise<void> {
    let document: AssetDocument
    const asOf = await this.#store.editMark()
    try {
      document = await this.#api.assets.get(id, signal)
    } catch (error) {
      const code = findAppError(error)?.code
      // Without the right to read it, it is as gone as if it were deleted.
      if (code !== 'api.not-found' && code !== 'auth.role-missing') throw error
      await this.#store.remove([id], asOf)
      // Where it stays, as an edit of ours shows it, this pass has nothing more to ask.
      await this.#store.markSeen([id], pass)
      return
    }
    const known = await this.#store.get(id)
    if (!known) return this.#put([document], pass, asOf)
    if (known.title !== document.title) await this.#store.rename(id, document.title, asOf)
    await this.#store.setStatus([id], document.status, asOf)
    await this.#store.markSeen([id], pass)
  }

  /** @param asOf the store's `editMark` from before the rows were read */
  async #put(rows: readonly AssetDocument[], pass: number, asOf: number): Promise<void> {
    const assets = rows.map(mirrorAsset)
    for (let at = 0; at < assets.length; at += WRITE_ROWS)
      await this.#store.put(assets.slice(at, at + WRITE_ROWS), pass, asOf)
  }
}
