import type { JobId } from '@contract/ids.ts'
import type { JobFilter, JobView } from '@contract/jobs.ts'
import type { AccountSession } from '../../ports/account-session.ts'
import type { Clock } from '../../ports/clock.ts'
import type { JobDocument } from '../../ports/iconik-api.ts'
import type { Logger } from '../../ports/logger.ts'

const POLL_MS = 2_000
/** How long one `follow` keeps the polling alive. */
const FOLLOW_MS = 30_000
/** Jobs looked at in each poll: the ones a person saw last, newest first. */
const FOLLOWED_AT_MOST = 200

/** Jobs of the current account, as iconik has them now; nothing of them is mirrored. */
export class Jobs {
  readonly #session: AccountSession
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #listeners = new Set<(rows: JobView[]) => void>()
  /** Jobs that were shown lately, with what was told of each. */
  #shown = new Map<JobId, string>()
  #followUntilMs = 0
  #isPolling = false

  constructor(deps: { session: AccountSession; clock: Clock; logger: Logger }) {
    this.#session = deps.session
    this.#clock = deps.clock
    this.#logger = deps.logger
    deps.session.onChange(() => this.#shown.clear())
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
    const api = this.#session.require().api.inLane('person')
    const request = {
      ...(filter.types.length > 0 && { type: filter.types.join(',') }),
      ...(filter.statuses.length > 0 && { status: filter.statuses.join(',') }),
      ...(filter.assetId && { objectId: filter.assetId }),
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
    const views = rows.slice(skip, skip + window.limit).map(toView)
    this.#noteShown(views)
    return { total, rows: views }
  }

  async get(id: JobId, signal?: AbortSignal): Promise<JobView> {
    const view = toView(await this.#session.require().api.inLane('person').jobs.get(id, signal))
    this.#noteShown([view])
    return view
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
    const views = [...newest.rows, ...rest].map(toView)
    const changed = views.filter((view) => this.#shown.get(view.id) !== JSON.stringify(view))
    this.#noteShown(changed)
    if (changed.length > 0) for (const listener of this.#listeners) listener(changed)
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

function toView(job: JobDocument): JobView {
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
    message: job.message,
    errorMessage: job.errorMessage,
    createdBy: job.createdBy ?? '',
    dateCreated: job.dateCreated,
    startedAt: job.startedAt,
    completedAt: job.completedAt,
    steps: job.steps,
  }
}
