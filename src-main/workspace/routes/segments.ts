import { z } from 'zod'
import { badRequest, notFound } from '../errors.ts'
import { created, flag, noContent, ok, operation, present, update, type Call } from '../http/operation.ts'
import { orderOf, pageEnvelope, pageOf } from '../http/paging.ts'
import type { SqlValue } from '../store/database.ts'
import type { Stored } from '../store/documents.ts'
import { requireAsset } from './assets.ts'
import { filtersOf } from './filters.ts'
import { uuidText } from './schemas.ts'
import { segmentsAsCsv, segmentsAsSrt, segmentsAsVtt } from './segment-exports.ts'
import { defaultVersion, userInfo } from './views/asset-view.ts'

export const segmentTypes = [
  'MARKER',
  'QC',
  'GENERIC',
  'COMMENT',
  'TAG',
  'TRANSCRIPTION',
  'SCENE',
  'PERSON',
] as const

const SegmentInput = z.object({
  segment_type: z.enum(segmentTypes),
  time_start_milliseconds: z.int().nonnegative().nullish(),
  time_end_milliseconds: z.int().nonnegative().nullish(),
  segment_text: z.string().max(100_000).nullish(),
  parent_id: uuidText.nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  metadata_view_id: uuidText.nullish(),
  segment_checked: z.boolean().nullish(),
  segment_color: z.string().nullish(),
  segment_track: z.string().nullish(),
  version_id: uuidText.nullish(),
  user_id: uuidText.nullish(),
  external_id: z.string().nullish(),
  drawing: z.record(z.string(), z.unknown()).nullish(),
  transcription_id: uuidText.nullish(),
  person_id: uuidText.nullish(),
  share_id: uuidText.nullish(),
  keyframe_id: uuidText.nullish(),
  status: z.enum(['ACTIVE', 'DELETED']).optional(),
})
type SegmentValues = z.infer<typeof SegmentInput>

/** A segment with its author, as lists and single reads show it. */
function segmentView(call: Call<unknown>, segment: Stored): Record<string, unknown> {
  return {
    ...present(segment),
    has_drawing: segment['drawing'] !== null && segment['drawing'] !== undefined,
    top_level: !segment['parent_id'],
    user_info: userInfo(call.core.tables.users.get(String(segment['user_id']))) ?? null,
  }
}

function checkTimes({
  time_start_milliseconds: start,
  time_end_milliseconds: end,
}: Partial<SegmentValues>): void {
  if (typeof start === 'number' && typeof end === 'number' && end < start)
    throw badRequest({ time_end_milliseconds: 'Must not be before time_start_milliseconds' })
}

function insertSegment(call: Call<unknown>, values: SegmentValues): Stored {
  const asset = requireAsset(call)
  checkTimes(values)
  const parent = values.parent_id ? call.core.tables.segments.get(values.parent_id) : undefined
  if (values.parent_id && parent?.['asset_id'] !== asset.id)
    throw badRequest({ parent_id: 'The asset has no such segment' })
  if (values.version_id && !asset.versions.some((version) => version.id === values.version_id))
    throw badRequest({ version_id: 'The asset has no such version' })
  const made = call.core.tables.segments.insert({
    status: 'ACTIVE',
    segment_checked: false,
    segment_text: null,
    parent_id: null,
    ...values,
    user_id: call.account.user.id,
    version_id: values.version_id ?? defaultVersion(asset),
    asset_id: asset.id,
  })
  const path = `${parent ? `${String(parent['path'])}/` : ''}${made.id}`
  call.core.search.touch('segments', made.id)
  call.core.search.touch('assets', asset.id)
  return call.core.tables.segments.update(made.id, { path }, false)
}

function segmentOf(call: Call<unknown>): Stored {
  const segment = call.core.tables.segments.require(call.params['segment_id'] ?? '')
  if (segment['asset_id'] !== call.params['asset_id']) throw notFound('Segment', segment.id)
  return segment
}

/** A person may change what they wrote; what others wrote only with the right to write the asset. */
function demandSegment(call: Call<unknown>, segment: Stored): void {
  requireAsset(call, segment['user_id'] === call.account.user.id ? 'read' : 'write')
}

function changeSegment(call: Call<Partial<SegmentValues>>) {
  const segment = segmentOf(call)
  demandSegment(call, segment)
  checkTimes({ ...(segment as Partial<SegmentValues>), ...call.body })
  call.core.search.touch('segments', segment.id)
  return ok(segmentView(call, call.core.tables.segments.update(segment.id, call.body)))
}

/** Removes a segment with the replies to it. */
function dropSegment(call: Call<unknown>, segment: Stored, soft: boolean): void {
  const { tables, search } = call.core
  for (const reply of tables.segments.list({ where: { parent_id: segment.id } }))
    dropSegment(call, reply, soft)
  if (soft) tables.segments.update(segment.id, { status: 'DELETED' })
  else {
    tables.segments.remove(segment.id)
    tables.values.remove(`segments/${segment.id}`)
  }
  search.touch('segments', segment.id)
  search.touch('assets', String(segment['asset_id']))
}

/** What the query of a list asks for, as a selection. */
function selectionOf(call: Call<unknown>) {
  const { query } = call
  const asset = requireAsset(call)
  const where = filtersOf(query, [
    'segment_type',
    'version_id',
    'status',
    'user_id',
    'parent_id',
    'segment_checked',
    'external_id',
  ])
  where['asset_id'] = asset.id
  if (call.params['segment_type']) where['segment_type'] = call.params['segment_type']
  if (query.has('ids')) where['id'] = (query.get('ids') ?? '').split(',')
  where['status'] ??= 'ACTIVE'
  if (!where['version_id'] && !flag(query, 'include_all_versions', false))
    where['version_id'] = defaultVersion(asset)
  const parts: string[] = []
  const values: SqlValue[] = []
  for (const [name, sql] of [
    ['time_start_milliseconds__gte', "d.doc ->> '$.time_start_milliseconds' >= ?"],
    ['time_start_milliseconds__lte', "d.doc ->> '$.time_start_milliseconds' <= ?"],
    ['time_end_milliseconds__gte', "d.doc ->> '$.time_end_milliseconds' >= ?"],
    ['time_end_milliseconds__lte', "d.doc ->> '$.time_end_milliseconds' <= ?"],
  ] as const) {
    if (!query.has(name)) continue
    parts.push(sql)
    values.push(Number(query.get(name)))
  }
  const words = query.get('query')?.replaceAll('*', '').trim()
  if (words) {
    parts.push("instr(lower(coalesce(d.doc ->> '$.segment_text', '')), lower(?)) > 0")
    values.push(words)
  }
  return { where, ...(parts.length > 0 && { condition: { sql: parts.join(' AND '), values } }) }
}

const byTime = [{ field: 'time_start_milliseconds' }]

function listSegments(call: Call<unknown>) {
  const selection = selectionOf(call)
  const page = pageOf(call)
  const { segments } = call.core.tables
  const rows = segments.list({
    ...selection,
    order: orderOf(call, []),
    limit: page.perPage,
    offset: page.offset,
  })
  return ok({
    ...pageEnvelope(
      call,
      page,
      segments.count(selection),
      rows.map((row) => segmentView(call, row)),
    ),
    facets: {},
  })
}

const exporting = (contentType: string, write: (rows: Stored[]) => string) => (call: Call<unknown>) => ({
  status: 200,
  headers: { 'content-type': contentType },
  body: write(call.core.tables.segments.list({ ...selectionOf(call), order: byTime })),
})

const Deletion = z.object({
  segment_ids: z.array(z.string()).max(500).nullish(),
  segment_type: z.enum(segmentTypes).nullish(),
  version_id: uuidText.nullish(),
})

function deleteMany(call: Call<z.infer<typeof Deletion>>) {
  const asset = requireAsset(call, 'write')
  const { segment_ids: ids, segment_type: type, version_id: version } = call.body
  if (!ids && !type) throw badRequest({ segment_ids: 'Either segment_ids or segment_type must be given' })
  const where: Record<string, string | string[]> = { asset_id: asset.id }
  if (ids) where['id'] = ids
  if (type) where['segment_type'] = type
  if (version) where['version_id'] = version
  for (const segment of call.core.tables.segments.list({ where }))
    if (call.core.tables.segments.has(segment.id)) dropSegment(call, segment, false)
  return noContent()
}

const base = '/v1/assets/{asset_id}/segments/'
const one = `${base}{segment_id}/`
const role = 'can_read_segments'

export const segmentOperations = [
  operation('assets', 'GET', base, role, listSegments),
  operation(
    'assets',
    'POST',
    base,
    'can_create_segments',
    (call) => created(segmentView(call, insertSegment(call, call.body))),
    { schema: SegmentInput },
  ),
  operation(
    'assets',
    'POST',
    `${base}bulk/`,
    'can_create_segments',
    (call) =>
      created({ objects: call.body.objects.map((values) => segmentView(call, insertSegment(call, values))) }),
    { schema: z.object({ objects: z.array(SegmentInput).min(1).max(500) }) },
  ),
  operation(
    'assets',
    'PUT',
    `${base}bulk/`,
    'can_write_segments',
    (call) => {
      for (const { id, ...values } of call.body.objects)
        changeSegment({ ...call, params: { ...call.params, segment_id: id }, body: values })
      const job = call.core.jobs.create({
        title: `Edit ${call.body.objects.length} segments`,
        type: 'METADATA',
        status: 'FINISHED',
        object_type: 'assets',
        object_id: call.params['asset_id'] ?? '',
        created_by: call.account.user.id,
      })
      return created({ id: job.id, status: job.status })
    },
    {
      schema: z.object({
        objects: z
          .array(SegmentInput.partial().extend({ id: uuidText }))
          .min(1)
          .max(500),
      }),
    },
  ),
  operation('assets', 'DELETE', `${base}bulk/`, 'can_delete_segments', deleteMany, { schema: Deletion }),
  operation('assets', 'GET', `${base}csv/`, role, exporting('text/csv; charset=utf-8', segmentsAsCsv)),
  operation(
    'assets',
    'GET',
    `${base}srt/`,
    role,
    exporting('application/x-subrip; charset=utf-8', segmentsAsSrt),
  ),
  operation('assets', 'GET', `${base}vtt/`, role, exporting('text/vtt; charset=utf-8', segmentsAsVtt)),
  operation('assets', 'GET', one, role, (call) => {
    // The same path answers for a type of segments, as with iconik.
    if ((segmentTypes as readonly string[]).includes(call.params['segment_id'] ?? ''))
      return listSegments({
        ...call,
        params: { ...call.params, segment_type: call.params['segment_id'] ?? '' },
      })
    requireAsset(call)
    return ok(segmentView(call, segmentOf(call)))
  }),
  ...update('assets', one, 'can_write_segments', changeSegment, { schema: SegmentInput.partial() }),
  operation('assets', 'DELETE', one, 'can_delete_segments', (call) => {
    const segment = segmentOf(call)
    demandSegment(call, segment)
    dropSegment(call, segment, flag(call.query, 'soft_delete', false))
    return noContent()
  }),
]
