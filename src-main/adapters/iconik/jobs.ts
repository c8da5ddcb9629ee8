import type { Lane } from '../../core/pacing/request-budget.ts'
import type { JobDocument, JobsApi } from '../../ports/iconik-api.ts'
import { pathOf, type IconikHttp } from './http.ts'
import { readPage } from './pagination.ts'
import { Job } from './wire.ts'

const LIST = '/API/jobs/v1/jobs/'

const toJobDocument = (job: Job): JobDocument => ({
  id: job.id,
  title: job.title,
  type: job.type,
  status: job.status,
  progress: job.progress,
  priority: job.priority,
  parentId: job.parent_id,
  hasChildren: job.has_children,
  objectType: job.object_type,
  objectId: job.object_id,
  message: job.message,
  errorMessage: job.error_message,
  metadata: job.metadata,
  createdBy: job.created_by,
  dateCreated: job.date_created,
  startedAt: job.started_at,
  completedAt: job.completed_at,
  steps: job.steps.map(({ id, label, status, message }) => ({ id, label, status, message })),
})

/** An object without its undefined values: absent is not the same as null to iconik. */
const present = (object: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))

export function createJobsApi(http: IconikHttp, lane: Lane): JobsApi {
  return {
    async create(job, signal) {
      const body = present({
        title: job.title,
        type: job.type,
        status: job.status,
        object_type: job.objectType,
        object_id: job.objectId,
        parent_id: job.parentId,
        progress_processed: job.progressProcessed,
        progress_total: job.progressTotal,
        message: job.message,
        error_message: job.errorMessage,
        metadata: job.metadata,
      })
      return toJobDocument(await http.json({ method: 'POST', path: LIST, body, lane, signal }, Job))
    },
    async get(id, signal) {
      return toJobDocument(
        await http.json({ method: 'GET', path: pathOf`/API/jobs/v1/jobs/${id}/`, lane, signal }, Job),
      )
    },
    async list(filter, page, perPage, signal) {
      const query = {
        type: filter.type,
        status: filter.status,
        object_id: filter.objectId,
        created_by: filter.createdBy,
        parent_id: filter.parentId,
        date_created: filter.dateCreatedFrom === undefined ? undefined : `${filter.dateCreatedFrom};*`,
        query: filter.query,
        ids: filter.ids,
        _missing_: filter.topLevelOnly === true ? 'parent_id' : undefined,
        sort: 'date_created,desc',
        page,
        per_page: perPage,
      }
      const { rows, total, pages } = await readPage(http, { path: LIST, query, lane, signal }, Job)
      return { rows: rows.map(toJobDocument), total, pages }
    },
    async update(id, changes, signal) {
      const body = present({
        title: changes.title,
        status: changes.status,
        progress_processed: changes.progressProcessed,
        progress_total: changes.progressTotal,
        message: changes.message,
        error_message: changes.errorMessage,
      })
      return toJobDocument(
        await http.json({ method: 'PATCH', path: pathOf`/API/jobs/v1/jobs/${id}/`, body, lane, signal }, Job),
      )
    },
    act: (ids, action, signal) =>
      http.send({ method: 'PUT', path: `${LIST}state/`, body: { job_ids: ids, action }, lane, signal }),
    setPriority: (ids, priority, signal) =>
      http.send({ method: 'PUT', path: `${LIST}priority/`, body: { job_ids: ids, priority }, lane, signal }),
    delete: (ids, signal) =>
      http.send({ method: 'DELETE', path: LIST, body: { job_ids: ids }, lane, signal }),
  }
}
