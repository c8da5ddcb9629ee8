import { z } from 'zod'
import { call, event } from './define.ts'
import { ErrorView } from './errors.ts'
import { AssetId, Instant, JobId, NoInput, Nothing, Window } from './ids.ts'

export const JobView = z.object({
  id: JobId,
  title: z.string(),
  /** iconik's job type, such as TRANSFER. */
  type: z.string(),
  /** iconik's job status, such as STARTED; one that is not known is shown as it is. */
  status: z.string(),
  progressPercent: z.number().nullable(),
  priority: z.number().nullable(),
  parentId: JobId.nullable(),
  hasChildren: z.boolean(),
  objectType: z.string().nullable(),
  objectId: z.string().nullable(),
  /** Title of the asset that it is about; '' where it is about none, or nothing is known of it. */
  objectTitle: z.string().default(''),
  message: z.string(),
  errorMessage: z.string(),
  createdBy: z.string(),
  dateCreated: Instant,
  startedAt: Instant.nullable(),
  completedAt: Instant.nullable(),
  steps: z.array(z.object({ id: z.string(), label: z.string(), status: z.string(), message: z.string() })),
})
export type JobView = z.infer<typeof JobView>

export const JobFilter = z.object({
  statuses: z.array(z.string()).default([]),
  types: z.array(z.string()).default([]),
  text: z.string().max(500).default(''),
  assetId: z.string().nullable().default(null),
  /** Only those that this person started. */
  mine: z.boolean().default(false),
  /** null: top-level jobs. */
  parentId: JobId.nullable().default(null),
})
export type JobFilter = z.infer<typeof JobFilter>

/** Types that people make by hand; iconik knows more, which its own services make. */
export const CREATABLE_JOBS = [
  'ANALYZE',
  'METADATA',
  'EXPORT',
  'TRANSCODE',
  'KEYFRAMES',
  'MEDIAINFO',
  'TRANSCRIPTION',
  'TRANSFER',
  'ARCHIVE',
  'RESTORE',
  'CUSTOM',
] as const

const Priority = z.number().int().min(1).max(10)
const JobTitle = z.string().trim().min(1).max(500)

export const jobs = {
  'jobs.list': call({
    input: z.object({ filter: JobFilter, window: Window }),
    output: z.object({ total: z.number(), rows: z.array(JobView) }),
  }),
  'jobs.get': call({ input: z.object({ id: JobId }), output: JobView }),
  'jobs.act': call({
    input: z.object({
      ids: z.array(JobId).min(1).max(500),
      action: z.enum(['ABORT', 'RESTART', 'PAUSE', 'RESUME']),
    }),
    output: Nothing,
    errors: ['api.invalid', 'api.conflict'],
  }),
  /** One job for each asset, or one about nothing in particular. Whoever fails is told beside those that were made. */
  'jobs.create': call({
    input: z.object({
      type: z.enum(CREATABLE_JOBS),
      title: JobTitle,
      message: z.string().max(5000).default(''),
      /** null: what iconik gives it. */
      priority: Priority.nullable().default(null),
      assetIds: z.array(AssetId).max(500).default([]),
    }),
    output: z.object({ ids: z.array(JobId), error: ErrorView.nullable() }),
    errors: ['api.invalid', 'api.conflict'],
  }),
  'jobs.update': call({
    input: z.object({
      id: JobId,
      title: JobTitle.optional(),
      message: z.string().max(5000).optional(),
      priority: Priority.optional(),
    }),
    output: JobView,
    errors: ['api.invalid', 'api.conflict'],
  }),
  'jobs.setPriority': call({
    input: z.object({ ids: z.array(JobId).min(1).max(500), priority: Priority }),
    output: Nothing,
  }),
  'jobs.delete': call({ input: z.object({ ids: z.array(JobId).min(1).max(500) }), output: Nothing }),
  /** Sent while a page watches jobs (`jobs.follow`), at most once in 2 s. */
  'jobs.changed': event(z.object({ rows: z.array(JobView) })),
  /** Keeps `jobs.changed` coming for 30 s; a page that shows jobs calls it again and again. */
  'jobs.follow': call({ input: NoInput, output: Nothing }),
}
