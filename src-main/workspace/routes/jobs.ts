import { z } from 'zod'
import { badRequest, notFound } from '../errors.ts'
import { dateNow, newId, normaliseDate } from '../ids.ts'
import {
  accepted,
  created,
  flag,
  noContent,
  ok,
  operation,
  present,
  update,
  type Call,
} from '../http/operation.ts'
import { orderOf, pageEnvelope, pageOf } from '../http/paging.ts'
import { jobRow } from '../jobs/job-runner.ts'
import type { Job } from '../store/tables.ts'
import { filtersOf } from './filters.ts'
import { dateText, uuidText } from './schemas.ts'
import type { SqlValue } from '../store/database.ts'

export const jobTypes = [
  'MEDIAINFO',
  'TRANSCODE',
  'KEYFRAMES',
  'EXPORT',
  'DELETE',
  'REINDEX',
  'MOVE',
  'TRANSFER',
  'ANALYZE',
  'METADATA',
  'CUSTOM',
  'SCAN',
  'ARCHIVE',
  'RESTORE',
  'RESTORE_FROM_GLACIER',
  'ACL',
  'COPY',
  'TRANSCRIPTION',
  'REQUEST_COLLECTION_MAP',
  'COLLECTION_CUSTOM_ORDER',
  'STORAGE_GATEWAY_FILE_INGEST',
  'MARK_MISSING',
  'FACE_RECOGNITION',
  'SET_APPROVAL',
  'REQUEST_APPROVAL',
  'CHANGE_PERSON',
  'CONFIRM_PERSON',
  'DELETE_PERSON',
  'AUTOMATION',
  'REVIEW_REQUEST',
  'CONVERT_SAVED_SEARCH_TO_COLLECTION',
  'DELETE_JOBS',
  'EDIT_JOBS',
  'METADATA_FILLING',
  'PUBLISH',
] as const
export const jobStates = [
  'READY',
  'STARTED',
  'FINISHED',
  'FINISHED_WITH_WARNING',
  'FAILED',
  'WAITING',
  'ABORT_PENDING',
  'ABORTED',
  'SKIPPED',
  'PAUSED',
  'PENDING_USER',
  'DISCARDED',
] as const
const stepStates = ['IN_PROGRESS', 'WAITING', 'FAILED', 'DONE', 'SKIPPED'] as const

const Step = z.object({
  id: z.string().min(1).optional(),
  label: z.string().min(1),
  status: z.enum(stepStates),
  message: z.string().nullish(),
  error_message: z.string().nullish(),
})
const RelatedObject = z.object({ object_type: z.string(), object_id: z.string() })
const JobInput = z.object({
  title: z.string().min(1).max(10_000),
  type: z.enum(jobTypes),
  status: z.enum(jobStates),
  custom_type: z.string().nullish(),
  object_type: z.string().nullish(),
  object_id: uuidText.nullish(),
  related_objects: z.array(RelatedObject).optional(),
  parent_id: uuidText.nullish(),
  has_children: z.boolean().optional(),
  progress_processed: z.int().nonnegative().optional(),
  progress_total: z.int().nonnegative().optional(),
  steps: z.array(Step).optional(),
  message: z
    .string()
    .nullish()
    .transform((text) => text ?? undefined),
  error_message: z
    .string()
    .nullish()
    .transform((text) => text ?? undefined),
  metadata: z.record(z.string(), z.unknown()).optional(),
  job_context: z.record(z.string(), z.unknown()).optional(),
  action_context: z.record(z.string(), z.unknown()).optional(),
  started_at: dateText.nullish(),
  completed_at: dateText.nullish(),
})
type JobValues = z.infer<typeof JobInput>

const stepsOf = (steps: z.infer<typeof Step>[]): Job['steps'] =>
  steps.map(({ message, error_message: error, ...step }) => ({
    ...step,
    id: step.id ?? newId(),
    date_updated: dateNow(),
    ...(message && { message }),
    ...(error && { error_message: error }),
  }))

function createJob(call: Call<JobValues>) {
  const { core, body } = call
  const { parent_id: parentId } = body
  if (parentId && !core.tables.jobs.has(parentId)) throw badRequest({ parent_id: 'The job does not exist' })
  const { steps, ...values } = body
  const base = jobRow({
    title: body.title,
    type: body.type,
    status: body.status,
    created_by: call.account.user.id,
  })
  const made = core.tables.jobs.insert({
    ...base,
    ...dropUndefined(values),
    steps: stepsOf(steps ?? []),
  } as Omit<Job, 'id'>)
  if (body.type === 'ANALYZE' && body.object_id && body.object_type === 'assets' && body.status === 'READY')
    core.tables.jobs.update(made.id, { _task: { kind: 'analyze', assetId: body.object_id } })
  core.db.afterCommit(() => core.jobs.kick())
  return created(present(core.jobs.update(made.id, {})))
}

const dropUndefined = <T extends object>(values: T): Partial<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>

const jobOf = (call: Call<unknown>): Job => call.core.tables.jobs.require(call.params['job_id'] ?? '')

/** Applies what a client reports on a job. */
function change(call: Call<unknown>, job: Job, values: Partial<JobValues>): Job {
  const { steps, metadata, ...rest } = values
  const merge = flag(call.query, 'merge_metadata', call.core.assumptions.mergeJobMetadata)
  return call.core.jobs.update(job.id, {
    ...(dropUndefined(rest) as Partial<Job>),
    ...(steps && { steps: stepsOf(steps) }),
    ...(metadata && { metadata: merge ? { ...job.metadata, ...metadata } : metadata }),
  })
}

/** `from;to`, each an ISO date or epoch milliseconds, `*` for an open end; or one date alone. */
function dateCondition(field: string, text: string): { sql: string; values: SqlValue[] } {
  const bound = (part: string): string | undefined => {
    if (part === '*' || part === '') return undefined
    const date = /^\d{10,}$/.test(part)
      ? normaliseDate(new Date(Number(part)).toISOString())
      : normaliseDate(part)
    if (!date) throw badRequest({ [field]: `${part} is no date` })
    return date
  }
  const [from = '', to] = text.split(';')
  const low = bound(from)
  const high = to === undefined ? undefined : bound(to)
  const column = field === 'date_created' ? 'd.date_created' : `d.doc ->> '$.${field}'`
  const parts = [low !== undefined && `${column} >= ?`, high !== undefined && `${column} <= ?`].filter(
    Boolean,
  )
  const values = [low, high].filter((value) => value !== undefined)
  return { sql: parts.length > 0 ? parts.join(' AND ') : '1', values }
}

function listJobs(call: Call<unknown>) {
  const { query, core } = call
  const page = pageOf(call)
  const where = filtersOf(query, [
    'type',
    'status',
    'object_type',
    'object_id',
    'parent_id',
    'created_by',
    'custom_type',
    'id',
    'title',
  ])
  if (query.has('ids')) where['id'] = (query.get('ids') ?? '').split(',')
  const conditions: { sql: string; values: SqlValue[] }[] = []
  for (const field of ['date_created', 'date_modified', 'started_at', 'completed_at'])
    if (query.has(field)) conditions.push(dateCondition(field, query.get(field) ?? ''))
  for (const [name, sql] of [
    ['_missing_', 'IS NULL'],
    ['_exists_', 'IS NOT NULL'],
  ] as const) {
    const field = query.get(name)
    if (field === null) continue
    if (!/^\w+$/.test(field)) throw badRequest({ [name]: 'Must be a field name' })
    conditions.push({ sql: `d.doc ->> '$.${field}' ${sql}`, values: [] })
  }
  const words = query.get('query')?.replaceAll('*', ' ').trim()
  if (words) conditions.push({ sql: "instr(lower(d.doc ->> '$.title'), lower(?)) > 0", values: [words] })
  const condition =
    conditions.length > 0
      ? {
          sql: conditions.map(({ sql }) => `(${sql})`).join(' AND '),
          values: conditions.flatMap(({ values }) => values),
        }
      : undefined
  const selection = { where, ...(condition && { condition }) }
  const rows = core.tables.jobs.list({
    ...selection,
    order: orderOf(call, [{ field: 'seq', descending: true }]),
    limit: page.perPage,
    offset: page.offset,
  })
  const envelope = pageEnvelope(call, page, core.tables.jobs.count(selection), rows.map(present))
  return ok(flag(query, 'facets', false) ? { ...envelope, facets: jobFacets(call) } : envelope)
}

const jobFacets = (call: Call<unknown>) =>
  Object.fromEntries(
    ['status', 'type'].map((field) => [
      field,
      {
        buckets: call.core.db.all(
          `SELECT ${field} AS key, count(*) AS doc_count FROM jobs GROUP BY ${field} ORDER BY 2 DESC`,
        ),
        doc_count_error_upper_bound: 0,
        sum_other_doc_count: 0,
      },
    ]),
  )

const State = z.object({
  job_ids: z.array(z.string()).min(1).max(500),
  action: z.enum(['PAUSE', 'RESUME', 'ABORT', 'RESTART']),
})
const Priority = z.object({ job_ids: z.array(z.string()).min(1).max(500), priority: z.int().min(1).max(10) })
const Bulk = z.object({
  message: z.string().optional(),
  status: z.enum(jobStates).optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  error_message: z.string().optional(),
  job_context: z.record(z.string(), z.unknown()).optional(),
})
const Deletion = z.object({ job_ids: z.array(z.string()).min(1).max(500) })
const Steps = z.object({ steps: z.array(Step.extend({ id: z.string().min(1) })) })

function bulkChange(call: Call<z.infer<typeof Bulk>>) {
  const ids = (call.query.get('ids') ?? '').split(',').filter(Boolean)
  if (ids.length === 0) throw badRequest({ ids: 'Missing data for required field.' })
  for (const id of ids) change(call, call.core.tables.jobs.require(id), call.body)
  const job = call.core.jobs.create({
    title: `Edit ${ids.length} jobs`,
    type: 'EDIT_JOBS',
    status: 'FINISHED',
    created_by: call.account.user.id,
  })
  return accepted({ job_id: job.id })
}

function setSteps(call: Call<z.infer<typeof Steps>>) {
  const job = jobOf(call)
  const sent = new Map(stepsOf(call.body.steps).map((step) => [step.id, step]))
  const kept = job.steps.map((step) => sent.get(step.id) ?? step)
  const added = [...sent.values()].filter((step) => !job.steps.some((known) => known.id === step.id))
  return ok(present(call.core.jobs.update(job.id, { steps: [...kept, ...added] })))
}

function setStep(call: Call<Partial<z.infer<typeof Step>>>) {
  const job = jobOf(call)
  const id = call.params['job_step_id'] ?? ''
  const known = job.steps.find((step) => step.id === id)
  if (!known) throw notFound('Job step', id)
  const changed = {
    ...known,
    ...dropUndefined(call.body),
    id,
    date_updated: dateNow(),
  } as Job['steps'][number]
  return ok(
    present(
      call.core.jobs.update(job.id, { steps: job.steps.map((step) => (step.id === id ? changed : step)) }),
    ),
  )
}

const one = '/v1/jobs/{job_id}/'
const role = 'can_write_jobs'

export const jobOperations = [
  operation('jobs', 'GET', '/v1/jobs/', 'can_read_jobs', listJobs),
  operation('jobs', 'POST', '/v1/jobs/', role, createJob, { schema: JobInput }),
  operation('jobs', 'PATCH', '/v1/jobs/', role, bulkChange, { schema: Bulk }),
  operation(
    'jobs',
    'DELETE',
    '/v1/jobs/',
    'can_delete_jobs',
    (call) => {
      for (const id of call.body.job_ids) call.core.jobs.remove(id)
      return noContent()
    },
    { schema: Deletion },
  ),
  operation(
    'jobs',
    'PUT',
    '/v1/jobs/state/',
    role,
    (call) => {
      for (const id of call.body.job_ids) call.core.jobs.control(id, call.body.action)
      return ok({})
    },
    { schema: State },
  ),
  operation(
    'jobs',
    'PUT',
    '/v1/jobs/priority/',
    role,
    (call) => {
      for (const id of call.body.job_ids) {
        call.core.jobs.update(id, { priority: call.body.priority })
        for (const child of call.core.tables.jobs.list({ where: { parent_id: id } }))
          call.core.jobs.update(child.id, { priority: call.body.priority })
      }
      return ok({})
    },
    { schema: Priority },
  ),
  operation('jobs', 'GET', one, 'can_read_jobs', (call) => ok(present(jobOf(call)))),
  ...update('jobs', one, role, (call) => ok(present(change(call, jobOf(call), call.body))), {
    schema: JobInput.partial(),
  }),
  operation('jobs', 'DELETE', one, 'can_delete_jobs', (call) => {
    call.core.jobs.remove(jobOf(call).id)
    return noContent()
  }),
  ...update('jobs', `${one}steps/`, role, setSteps, { schema: Steps }),
  ...update('jobs', `${one}steps/{job_step_id}/`, role, setStep, { schema: Step.partial() }),
  operation('jobs', 'POST', `${one}reindex/`, role, (call) => {
    jobOf(call)
    return accepted()
  }),
]
