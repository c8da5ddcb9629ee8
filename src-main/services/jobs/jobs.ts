import { randomUUID } from 'node:crypto'
import type { ErrorView } from '@contract/errors.ts'
import type { AssetId, JobId } from '@contract/ids.ts'
import type { JobFilter, JobView } from '@contract/jobs.ts'
import { type AppError, findAppError } from '../../core/errors.ts'
import { mayHaveHappened } from '../../core/upload/retry-policy.ts'
import type { AccountSession } from '../../ports/account-session.ts'
import type { Clock } from '../../ports/clock.ts'
import type { IconikApi, JobDocument } from '../../ports/iconik-api.ts'
import type { Logger } from '../../ports/logger.ts'

const POLL_MS = 2_000
/** How long one `follow` keeps the polling alive. */
const FOLLOW_MS = 30_000
/** Jobs looked at in each poll: the ones a person saw last, newest first. */
const FOLLOWED_AT_MOST = 200
const TITLES_AT_ONCE = 100
const TITLES_AT_MOST = 5_000

/** A key of our own in a job's metadata, by which one whose answer got lost is found again. */
const REQUEST_KEY = 'ferry_request'

export interface WantedJob {
  type: string
  title: string
  message: string
  /** 1 to 10; null: what iconik gives it. */
  priority: number | null
  /** One job each; [] for one that is about nothing in particular. */
  assetIds: readonly AssetId[]
}

/** Jobs of the current account, as iconik has them now; nothing of them is mirrored. */
export class Jobs {
  readonly #session: AccountSession
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #listeners = new Set<(rows: JobView[]) => void>()
  /** Jobs that were shown lately, with what was told of each. */
  #shown = new Map<JobId, string>()
  /** Titles of assets that jobs are about, by their ids. */
  readonly #titles = new Map<string, string>()
  #followUntilMs = 0
  #isPolling = false

  constructor(deps: { session: AccountSession; clock: Clock; logger: Logger }) {
    this.#session = deps.session
    this.#clock = deps.clock
    this.#logger = deps.logger
    deps.session.onChange(() => {
      this.#shown.clear()
      this.#titles.clear()
    })
  }

  /** Called with jobs that changed while somebody follows. @returns stops it */
  onChanged(listener: (rows: JobView[]) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Rows `offset …` of the jobs that match, newest first. iconik pages by number, so the window is cut from pages. */
  async list(
    filter: JobFilter,
    window: { offset: number; limit: number },
    signal?: AbortSignal,
  ): Promise<{ total: number; rows: JobView[] }> {
    const session = this.#session.require()
    const api = session.api.inLane('person')
    const request = {
      ...(filter.types.length > 0 && { type: filter.types.join(',') }),
      ...(filter.statuses.length > 0 && { status: filter.statuses.join(',') }),
      ...(filter.assetId && { objectId: filter.assetId }),
      ...(filter.mine && { createdBy: session.userId }),
      ...(filter.text && { query: filter.text }),
      ...(filter.parentId ? { parentId: filter.parentId } : { topLevelOnly: !filter.assetId }),
    }
    const perPage = 100
    const first = Math.floor(window.offset / perPage) + 1
    const last = Math.floor((window.offset + window.limit - 1) / perPage) + 1
    const rows: JobDocument[] = []
    let total = 0
    for (let page = first; page <= last; page++) {
      const answer = await api.jobs.list(request, page, perPage, signal)
      rows.push(...answer.rows)
      total = answer.total
      if (page >= answer.pages) break
    }
    const skip = window.offset - (first - 1) * perPage
    const views = await this.#views(api, rows.slice(skip, skip + window.limit), signal)
    this.#noteShown(views)
    return { total, rows: views }
  }

  async get(id: JobId, signal?: AbortSignal): Promise<JobView> {
    const api = this.#session.require().api.inLane('person')
    const [view] = await this.#views(api, [await api.jobs.get(id, signal)], signal)
    this.#noteShown([view as JobView])
    return view as JobView
  }

  /**
   * Makes jobs one after the other, and stops at the first that cannot be made.
   *
   * @returns those that were made, with what stopped it
   * @throws AppError when not even the first could be made
   */
  async create(wanted: WantedJob, signal?: AbortSignal): Promise<{ ids: JobId[]; error: ErrorView | null }> {
    const api = this.#session.require().api.inLane('person')
    const objects = wanted.assetIds.length > 0 ? wanted.assetIds : [null]
    const made: JobDocument[] = []
    let error: AppError | undefined
    try {
      for (const assetId of objects) made.push(await createOne(api, wanted, assetId, signal))
    } catch (failure) {
      error = findAppError(failure)
      if (!error || made.length === 0) throw failure
    }
    const ids = made.map(({ id }) => id)
    if (wanted.priority !== null) await api.jobs.setPriority(ids, wanted.priority, signal)
    this.#noteShown(await this.#views(api, made, signal))
    return { ids, error: error?.toView() ?? null }
  }

  async update(
    id: JobId,
    {
      priority,
      ...changes
    }: { title?: string | undefined; message?: string | undefined; priority?: number | undefined },
  ): Promise<JobView> {
    const { jobs } = this.#session.require().api.inLane('person')
    const texts = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
    if (Object.keys(texts).length > 0) await jobs.update(id, texts)
    if (priority !== undefined) await jobs.setPriority([id], priority)
    return this.get(id)
  }

  async act(ids: JobId[], action: 'ABORT' | 'RESTART' | 'PAUSE' | 'RESUME'): Promise<void> {
    await this.#session.require().api.inLane('person').jobs.act(ids, action)
  }

  async setPriority(ids: JobId[], priority: number): Promise<void> {
    await this.#session.require().api.inLane('person').jobs.setPriority(ids, priority)
  }

  async delete(ids: JobId[]): Promise<void> {
    await this.#session.require().api.inLane('person').jobs.delete(ids)
    for (const id of ids) this.#shown.delete(id)
  }

  /** Tells of changes for the next 30 s; a page that shows jobs asks again and again. */
  follow(): void {
    this.#followUntilMs = this.#clock.monotonicMs() + FOLLOW_MS
    if (this.#isPolling) return
    this.#isPolling = true
    this.#pollLater()
  }

  #pollLater(): void {
    this.#clock.after(POLL_MS, () => void this.#poll())
  }

  async #poll(): Promise<void> {
    if (this.#clock.monotonicMs() > this.#followUntilMs) {
      this.#isPolling = false
      return
    }
    try {
      await this.#tellChanges()
    } catch (error) {
      // The page shows the list's own error; a missed poll is made good by the next.
      this.#logger.debug('jobs could not be polled', { error })
    }
    this.#pollLater()
  }

  async #tellChanges(): Promise<void> {
    const session = this.#session.current()
    const ids = [...this.#shown.keys()]
    if (!session || this.#listeners.size === 0) return
    const api = session.api.inLane('background')
    const newest = await api.jobs.list({ topLevelOnly: true }, 1, 50)
    const seen = new Set(newest.rows.map((job) => job.id))
    const others = ids.filter((id) => !seen.has(id)).slice(-100)
    const rest = others.length > 0 ? (await api.jobs.list({ ids: others }, 1, 100)).rows : []
    const views = await this.#views(api, [...newest.rows, ...rest])
    const changed = views.filter((view) => this.#shown.get(view.id) !== JSON.stringify(view))
    this.#noteShown(changed)
    if (changed.length > 0) for (const listener of this.#listeners) listener(changed)
  }

  /** With the titles of their assets, which are asked for together and remembered. A job without its title is a job all the same. */
  async #views(api: IconikApi, jobs: readonly JobDocument[], signal?: AbortSignal): Promise<JobView[]> {
    const ids = jobs.flatMap(({ objectType, objectId }) =>
      objectType === 'assets' && objectId ? [objectId] : [],
    )
    const unknown = [...new Set(ids)].filter((id) => !this.#titles.has(id))
    for (let at = 0; at < unknown.length; at += TITLES_AT_ONCE) {
      const page = unknown.slice(at, at + TITLES_AT_ONCE)
      const request = {
        terms: [{ name: 'id', valueIn: page }],
        includeFields: ['id', 'title'],
        perPage: TITLES_AT_ONCE,
      }
      const found = await api.search.assets(request, signal).catch(() => null)
      if (found === null) break
      // Those that are not found are not asked for again and again.
      for (const id of page) this.#titles.set(id, found.rows.find((row) => row.id === id)?.title ?? '')
    }
    const tooMany = this.#titles.size - TITLES_AT_MOST
    for (const id of [...this.#titles.keys()].slice(0, Math.max(0, tooMany))) this.#titles.delete(id)
    return jobs.map((job) => toView(job, this.#titles.get(job.objectId ?? '') ?? ''))
  }

  #noteShown(views: JobView[]): void {
    for (const view of views) {
      this.#shown.delete(view.id)
      this.#shown.set(view.id, JSON.stringify(view))
    }
    const tooMany = this.#shown.size - FOLLOWED_AT_MOST
    for (const id of [...this.#shown.keys()].slice(0, Math.max(0, tooMany))) this.#shown.delete(id)
  }
}

async function createOne(
  api: IconikApi,
  wanted: WantedJob,
  assetId: AssetId | null,
  signal: AbortSignal | undefined,
): Promise<JobDocument> {
  const request = randomUUID()
  try {
    return await api.jobs.create(
      {
        title: wanted.title,
        type: wanted.type,
        status: 'READY',
        ...(assetId !== null && { objectType: 'assets', objectId: assetId }),
        ...(wanted.message !== '' && { message: wanted.message }),
        metadata: { [REQUEST_KEY]: request },
      },
      signal,
    )
  } catch (error) {
    const known = findAppError(error)
    if (!known || known.code === 'cancelled' || !mayHaveHappened(known)) throw error
    // The answer never came: it may be there all the same, and must not be made a second time.
    const there = await api.jobs
      .list({ type: wanted.type, ...(assetId !== null && { objectId: assetId }) }, 1, 50, signal)
      .catch(() => null)
    const found = there?.rows.find(({ metadata }) => metadata[REQUEST_KEY] === request)
    if (!found) throw error
    return found
  }
}

function toView(job: JobDocument, objectTitle: string): JobView {
  return {
    id: job.id,
    title: job.title,
    type: job.type,
    status: job.status,
    progressPercent: job.progress,
    priority: job.priority,
    parentId: job.parentId,
    hasChildren: job.hasChildren,
    objectType: job.objectType,
    objectId: job.objectId,
    objectTitle,
    message: job.message,
    errorMessage: job.errorMessage,
    createdBy: job.createdBy ?? '',
    dateCreated: job.dateCreated,
    startedAt: job.startedAt,
    completedAt: job.completedAt,
    steps: job.steps,
  }
}
