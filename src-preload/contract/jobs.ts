import { z } from 'zod'
import { call, event } from './define.ts'
import { Instant, JobId, NoInput, Nothing, Window } from './ids.ts'

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
  /** null: top-level jobs. */
  parentId: JobId.nullable().default(null),
})
export type JobFilter = z.infer<typeof JobFilter>

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
  'jobs.setPriority': call({
    input: z.object({ ids: z.array(JobId).min(1).max(500), priority: z.number().int().min(1).max(10) }),
    output: Nothing,
  }),
  'jobs.delete': call({ input: z.object({ ids: z.array(JobId).min(1).max(500) }), output: Nothing }),
  /** Sent while a page watches jobs (`jobs.follow`), at most once in 2 s. */
  'jobs.changed': event(z.object({ rows: z.array(JobView) })),
  /** Keeps `jobs.changed` coming for 30 s; a page that shows jobs calls it again and again. */
  'jobs.follow': call({ input: NoInput, output: Nothing }),
}
