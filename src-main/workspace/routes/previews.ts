import { z } from 'zod'
import { badRequest } from '../errors.ts'
import { noContent, ok, operation, type Call } from '../http/operation.ts'
import type { FileRow, Job, Stowed } from '../store/tables.ts'
import { contentTypeOf } from '../media/media-type.ts'
import { requireAsset } from './assets.ts'
import { contentOf } from './bulk-content.ts'
import { requireFile } from './file-lookup.ts'

const TranscodeRequest = z.object({
  priority: z.int().min(1).max(10).nullish(),
  use_storage_transcode_ignore_pattern: z.boolean().nullish(),
  set_as_custom_keyframe: z.boolean().nullish(),
  update_proxy_mediainfo: z.boolean().nullish(),
})

/** Kinds of files from which nothing can be shown. */
const hasPicture = (file: FileRow) => /^(video|audio|image)\//.test(contentTypeOf(file.original_name))

function jobFor(
  call: Call<unknown>,
  row: Stowed,
  title: string,
  type: string,
  task: { kind: string } & Record<string, unknown>,
  parentId?: string,
): Job {
  const priority = (call.body as { priority?: number | null }).priority ?? 5
  return call.core.jobs.create({
    title,
    type,
    object_type: 'assets',
    object_id: row.asset_id,
    created_by: call.account.user.id,
    priority,
    parent_id: parentId ?? null,
    metadata: { asset_id: row.asset_id, version_id: row.version_id },
    task,
  })
}

/** One TRANSCODE job with a child each for technical metadata, proxy and keyframes. Undefined where there is nothing to show. */
export function requestPreviews(call: Call<unknown>, file: FileRow): Job | undefined {
  if (!hasPicture(file)) return undefined
  const name = file.original_name
  const parent = jobFor(call, file, `Previews of ${name}`, 'TRANSCODE', { kind: 'children' })
  jobFor(call, file, `Read ${name}`, 'MEDIAINFO', { kind: 'mediainfo', fileId: file.id }, parent.id)
  jobFor(call, file, `Proxy of ${name}`, 'TRANSCODE', { kind: 'proxy', fileId: file.id }, parent.id)
  jobFor(
    call,
    file,
    `Poster and keyframes of ${name}`,
    'KEYFRAMES',
    { kind: 'keyframes', fileId: file.id },
    parent.id,
  )
  return call.core.tables.jobs.require(parent.id)
}

export const requestKeyframesOfProxy = (call: Call<unknown>, proxy: Stowed): Job =>
  jobFor(call, proxy, `Poster and keyframes from proxy`, 'KEYFRAMES', {
    kind: 'keyframes',
    proxyId: proxy.id,
  })

function closedFile(call: Call<unknown>): FileRow {
  requireAsset(call, 'write')
  const file = requireFile(call)
  if (file.status !== 'CLOSED')
    throw badRequest(`File ${file.id} is ${file.status}; only a CLOSED file can be worked on`)
  return file
}

function startPreviews(call: Call<z.infer<typeof TranscodeRequest>>) {
  const job = requestPreviews(call, closedFile(call))
  return job ? ok({ job_id: job.id }) : noContent()
}

const Bulk = z.object({
  object_ids: z.array(z.string()).min(1).max(500),
  object_type: z.enum(['assets', 'collections', 'saved_searches']),
  format_name: z.string().nullish(),
  preferred_storage_id: z.string().nullish(),
  priority: z.int().min(1).max(10).nullish(),
})

/** Previews of many assets: one job each for those that have a closed file of the format to make them from. */
function startMany(call: Call<z.infer<typeof Bulk>>) {
  const { body, core } = call
  const assetIds =
    body.object_type === 'assets'
      ? body.object_ids
      : body.object_ids.flatMap((id) => contentOf(call, body.object_type, id).assets)
  const jobs = [...new Set(assetIds)].flatMap((id) => {
    const asset = requireAsset(call, 'write', id)
    const format = core.tables.formats.first({
      where: { asset_id: asset.id, name: body.format_name ?? 'ORIGINAL', status: 'ACTIVE' },
    })
    const files = format
      ? core.tables.files
          .list({ where: { asset_id: asset.id } })
          .filter((file) => file.format_id === format.id && file.status === 'CLOSED')
      : []
    const file = files.find((row) => row.storage_id === body.preferred_storage_id) ?? files[0]
    const job = file && requestPreviews(call, file)
    return job ? [job.id] : []
  })
  return jobs.length > 0 ? ok({ job_id: jobs[0], job_ids: jobs }) : ok({})
}

const one = '/v1/assets/{asset_id}/files/{file_id}/'
const role = 'can_create_transcode_jobs'
const schema = TranscodeRequest

export const previewOperations = [
  operation('files', 'POST', `${one}keyframes/`, role, startPreviews, { schema }),
  operation('files', 'POST', '/v1/assets/bulk/keyframes/', role, startMany, { schema: Bulk }),
  operation(
    'files',
    'POST',
    `${one}mediainfo/`,
    role,
    (call) => {
      const file = closedFile(call)
      return ok({
        job_id: jobFor(call, file, `Read ${file.original_name}`, 'MEDIAINFO', {
          kind: 'mediainfo',
          fileId: file.id,
        }).id,
      })
    },
    { schema },
  ),
  operation(
    'files',
    'POST',
    `${one}capture/{milliseconds}/`,
    'can_create_poster',
    (call) => {
      const file = closedFile(call)
      const atMs = Number(call.params['milliseconds'])
      if (!Number.isInteger(atMs) || atMs < 0) throw badRequest({ milliseconds: 'Must be a whole number' })
      const task = {
        kind: 'capture',
        fileId: file.id,
        atMs,
        asCustom: call.body.set_as_custom_keyframe ?? false,
      }
      return ok({ job_id: jobFor(call, file, `Still of ${file.original_name}`, 'KEYFRAMES', task).id })
    },
    { schema },
  ),
]
