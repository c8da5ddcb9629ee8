import { dateNow } from '../ids.ts'
import type { Database } from '../store/database.ts'
import type { Job, Tables } from '../store/tables.ts'

export const terminalStates = new Set([
  'FINISHED',
  'FINISHED_WITH_WARNING',
  'FAILED',
  'ABORTED',
  'SKIPPED',
  'DISCARDED',
])

export interface TaskContext {
  job: Job
  task: Record<string, unknown>
  signal: AbortSignal
  /** Shows how far the work is, in percent. */
  progress: (percent: number, message?: string) => void
  step: (label: string, status: 'IN_PROGRESS' | 'DONE' | 'FAILED' | 'SKIPPED', message?: string) => void
}

/** How a task ended, where that is not simply FINISHED. */
export interface TaskEnd {
  status: 'FINISHED' | 'FINISHED_WITH_WARNING' | 'SKIPPED'
  message?: string
}

export type Task = (context: TaskContext) => Promise<TaskEnd | void>

export interface NewJob {
  title: string
  type: string
  status?: string
  object_type?: string | null
  object_id?: string | null
  parent_id?: string | null
  related_objects?: { object_type: string; object_id: string }[]
  created_by: string
  priority?: number
  metadata?: Record<string, unknown>
  /** What the workspace has to do; without it the job belongs to a client, which reports its progress itself. */
  task?: { kind: string } & Record<string, unknown>
}

/** The row of a new job with every key that iconik's answers have. */
export function jobRow(job: NewJob): Omit<Job, 'id'> {
  return {
    title: job.title,
    type: job.type,
    custom_type: null,
    status: job.status ?? 'READY',
    object_type: job.object_type ?? null,
    object_id: job.object_id ?? null,
    related_objects: job.related_objects?.length ? job.related_objects : null,
    parent_id: job.parent_id ?? null,
    has_children: false,
    children_progress: {},
    progress: 0,
    progress_processed: 0,
    progress_total: 100,
    priority: job.priority ?? 5,
    steps: [],
    message: '',
    error_message: '',
    metadata: job.metadata ?? {},
    job_context: {},
    created_by: job.created_by,
    started_at: job.status === 'STARTED' ? dateNow() : null,
    completed_at: null,
    ...(job.task && { _task: job.task }),
  }
}

/** Runs the workspace's own jobs, most urgent first, a few at a time. What was running when it stopped starts again. */
export class JobRunner {
  readonly #db: Database
  readonly #tables: Tables
  readonly #tasks = new Map<string, Task>()
  readonly #running = new Map<string, { abort: AbortController; ended: Promise<void> }>()
  readonly #atOnce: number
  readonly #abortPendingMs: () => number
  readonly #aborting = new Set<NodeJS.Timeout>()
  readonly #log: (message: string, error: unknown) => void
  #stopped = true
  #kickPending = false

  constructor(
    db: Database,
    tables: Tables,
    options: {
      atOnce: number
      /** How long a job that nobody works on stays ABORT_PENDING. */
      abortPendingMs: () => number
      log: (message: string, error: unknown) => void
    },
  ) {
    this.#db = db
    this.#tables = tables
    this.#atOnce = options.atOnce
    this.#abortPendingMs = options.abortPendingMs
    this.#log = options.log
  }

  define(kind: string, task: Task): void {
    this.#tasks.set(kind, task)
  }

  start(): void {
    this.#stopped = false
    for (const job of this.#tables.jobs.list({
      where: { status: 'STARTED' },
      condition: hasTask,
    }))
      this.update(job.id, { status: 'READY', progress_processed: 0 })
    for (const job of this.#tables.jobs.list({ where: { status: 'ABORT_PENDING' } }))
      this.update(job.id, { status: 'ABORTED' })
    this.kick()
  }

  /** Stops without ending the jobs: they go on at the next start. */
  async stop(): Promise<void> {
    this.#stopped = true
    for (const timer of this.#aborting) clearTimeout(timer)
    const all = [...this.#running.values()]
    for (const { abort } of all) abort.abort('stop')
    await Promise.all(all.map((entry) => entry.ended))
  }

  /** Creates a job; its parent learns of it. */
  create(job: NewJob): Job {
    const made = this.#tables.jobs.insert(jobRow(job))
    if (made.parent_id) this.#reflect(made.parent_id)
    if (job.task) this.#db.afterCommit(() => this.kick())
    return made
  }

  /** Changes a job as iconik does: dates of start and end, percent, and what the parent shows of it. */
  update(id: string, changes: Partial<Job>): Job {
    const before = this.#tables.jobs.require(id)
    const next: Partial<Job> = { ...changes }
    if (changes.status !== undefined && changes.status !== before.status) {
      if (changes.status === 'STARTED' && !before.started_at) next.started_at = dateNow()
      if (terminalStates.has(changes.status)) next.completed_at = dateNow()
      else if (terminalStates.has(before.status)) next.completed_at = null
    }
    const processed = changes.progress_processed ?? before.progress_processed
    const total = changes.progress_total ?? before.progress_total
    next.progress = total > 0 ? Math.max(0, Math.min(100, Math.round((100 * processed) / total))) : 0
    const job = this.#tables.jobs.update(id, next)
    if (job.parent_id) this.#reflect(job.parent_id)
    return job
  }

  /** Forgets a job; its children go with it. */
  remove(id: string): void {
    for (const child of this.#tables.jobs.list({ where: { parent_id: id } })) this.remove(child.id)
    this.#running.get(id)?.abort.abort('abort')
    const job = this.#tables.jobs.get(id)
    this.#tables.jobs.remove(id)
    if (job?.parent_id && this.#tables.jobs.has(job.parent_id)) this.#reflect(job.parent_id)
  }

  /** What a parent shows follows from its children; a parent that a client reports on itself keeps its own status. */
  #reflect(parentId: string): void {
    const parent = this.#tables.jobs.get(parentId)
    if (!parent) return
    const children = this.#tables.jobs.list({ where: { parent_id: parentId } })
    const changes: Partial<Job> = {
      has_children: children.length > 0,
      children_progress: Object.fromEntries(
        children.map((child) => [
          child.id,
          {
            status: child.status,
            progress_processed: child.progress_processed,
            progress_total: child.progress_total,
          },
        ]),
      ),
    }
    if (parent._task?.['kind'] === 'children') {
      changes.progress_processed = children.reduce((sum, child) => sum + child.progress_processed, 0)
      changes.progress_total = children.reduce((sum, child) => sum + child.progress_total, 0)
      if (!['PAUSED', 'ABORTED'].includes(parent.status) || changes.has_children)
        changes.status = statusOfChildren(children)
      const failed = children.find((child) => child.status === 'FAILED')
      if (failed) changes.error_message = failed.error_message
    }
    this.update(parentId, changes)
  }

  /** ABORT, PAUSE, RESUME or RESTART, on the job and on its children. */
  control(id: string, action: 'ABORT' | 'PAUSE' | 'RESUME' | 'RESTART'): void {
    const job = this.#tables.jobs.require(id)
    for (const child of this.#tables.jobs.list({ where: { parent_id: id } })) this.control(child.id, action)
    const running = this.#running.get(id)
    const isOver = terminalStates.has(job.status)
    if (action === 'ABORT' && !isOver) {
      const pendingMs = this.#abortPendingMs()
      this.update(id, { status: running || pendingMs > 0 ? 'ABORT_PENDING' : 'ABORTED' })
      running?.abort.abort('abort')
      if (!running && pendingMs > 0) this.#abortLater(id, pendingMs)
    } else if (action === 'PAUSE' && !isOver && job.status !== 'PAUSED') {
      this.update(id, { status: 'PAUSED' })
      running?.abort.abort('pause')
    } else if (action === 'RESUME' && job.status === 'PAUSED') {
      this.update(id, { status: job._task ? 'READY' : 'STARTED' })
    } else if (action === 'RESTART' && (isOver || job.status === 'PAUSED')) {
      this.update(id, {
        status: 'READY',
        progress_processed: 0,
        error_message: '',
        message: '',
        started_at: null,
        steps: [],
      })
    }
    this.#db.afterCommit(() => this.kick())
  }

  #abortLater(id: string, pendingMs: number): void {
    const timer = setTimeout(() => {
      this.#aborting.delete(timer)
      this.#db.transaction(() => {
        if (this.#tables.jobs.get(id)?.status === 'ABORT_PENDING') this.update(id, { status: 'ABORTED' })
      })
    }, pendingMs)
    this.#aborting.add(timer)
  }

  /** Looks for work in the next turn of the event loop. */
  kick(): void {
    if (this.#stopped || this.#kickPending) return
    this.#kickPending = true
    setImmediate(() => {
      this.#kickPending = false
      this.#fill()
    })
  }

  #fill(): void {
    if (this.#stopped || this.#running.size >= this.#atOnce) return
    const ready = this.#tables.jobs.list({
      where: { status: 'READY' },
      condition: {
        sql: "d.doc ->> '$._task.kind' IS NOT NULL AND d.doc ->> '$._task.kind' <> 'children'",
        values: [],
      },
      order: [{ field: 'priority', descending: true }],
      limit: this.#atOnce * 2,
    })
    for (const job of ready) {
      if (this.#running.size >= this.#atOnce) return
      if (!this.#running.has(job.id)) this.#run(job)
    }
  }

  #run(job: Job): void {
    const abort = new AbortController()
    const ended = this.#execute(job, abort.signal)
      .catch((error: unknown) => this.#log(`Job ${job.id} could not be ended`, error))
      .finally(() => {
        this.#running.delete(job.id)
        this.kick()
      })
    this.#running.set(job.id, { abort, ended })
  }

  async #execute(job: Job, signal: AbortSignal): Promise<void> {
    const task = this.#tasks.get(String(job._task?.['kind']))
    const write = (changes: Partial<Job>) =>
      this.#db.transaction(() => this.#tables.jobs.has(job.id) && this.update(job.id, changes))
    if (!task)
      return void write({
        status: 'FAILED',
        error_message: `The workspace knows no task ${String(job._task?.['kind'])}`,
      })
    write({ status: 'STARTED', progress_processed: 0, progress_total: 100 })
    try {
      const end = await task({
        job,
        task: job._task ?? {},
        signal,
        progress: (percent, message) =>
          void write({ progress_processed: Math.round(percent), ...(message && { message }) }),
        step: (label, status, message) =>
          void this.#db.transaction(() => this.#setStep(job.id, label, status, message)),
      })
      if (signal.aborted) this.#endAborted(job.id, signal)
      else
        write({
          status: end?.status ?? 'FINISHED',
          progress_processed: 100,
          ...(end?.message && { message: end.message }),
        })
    } catch (error) {
      if (signal.aborted) return this.#endAborted(job.id, signal)
      write({ status: 'FAILED', error_message: error instanceof Error ? error.message : String(error) })
    }
  }

  #endAborted(id: string, signal: AbortSignal): void {
    if (signal.reason !== 'abort') return
    this.#db.transaction(() => {
      if (this.#tables.jobs.get(id)?.status === 'ABORT_PENDING') this.update(id, { status: 'ABORTED' })
    })
  }

  #setStep(id: string, label: string, status: string, message: string | undefined): void {
    const job = this.#tables.jobs.get(id)
    if (!job) return
    const step = { id: label, label, status, date_updated: dateNow(), ...(message && { message }) }
    const known = job.steps.some((other) => other.id === label)
    this.update(id, {
      steps: known ? job.steps.map((other) => (other.id === label ? step : other)) : [...job.steps, step],
    })
  }
}

const hasTask = {
  sql: "d.doc ->> '$._task.kind' IS NOT NULL AND d.doc ->> '$._task.kind' <> 'children'",
  values: [],
}

/** Open while any child is open; then failed, warned or finished as the children were. */
export function statusOfChildren(children: readonly Pick<Job, 'status'>[]): string {
  const states = children.map((child) => child.status)
  if (states.every((state) => state === 'READY')) return 'READY'
  if (states.every((state) => state === 'PAUSED' || terminalStates.has(state)) && states.includes('PAUSED'))
    return 'PAUSED'
  if (states.some((state) => !terminalStates.has(state))) return 'STARTED'
  if (states.every((state) => state === 'SKIPPED')) return 'SKIPPED'
  if (states.every((state) => state === 'ABORTED')) return 'ABORTED'
  const bad = states.filter((state) => state === 'FAILED' || state === 'ABORTED').length
  if (bad === states.length) return 'FAILED'
  return bad > 0 || states.includes('FINISHED_WITH_WARNING') ? 'FINISHED_WITH_WARNING' : 'FINISHED'
}
