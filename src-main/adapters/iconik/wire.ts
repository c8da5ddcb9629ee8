// Shapes of iconik's answers, as its published OpenAPI has them. Unknown keys are let through, absent ones are filled
// in where iconik is known to leave them out: additions and omissions must not break an upload.
import { AssetId, CollectionId, JobId, StorageId, ViewId } from '@contract/ids.ts'
import { z } from 'zod'

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '')
const maybeText = z
  .string()
  .nullish()
  .transform((value) => value ?? null)
/** int64 that some clients and servers write as text. */
const maybeNumber = z
  .union([z.number(), z.string()])
  .nullish()
  .transform((value) => (value === null || value === undefined || value === '' ? null : Number(value)))
  .transform((value) => (value !== null && Number.isFinite(value) ? value : null))
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false)
const listOf = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((value) => value ?? [])
const anyRecord = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((value) => value ?? {})
/** A list or a single value of anything, as texts. Search documents hold both. */
const texts = z
  .unknown()
  .optional()
  .transform((value): string[] => {
    if (value === null || value === undefined) return []
    return (Array.isArray(value) ? value : [value])
      .filter((item) => item !== null && item !== undefined)
      .map((item) => (typeof item === 'object' ? JSON.stringify(item) : String(item)))
  })
const stringRecord = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((value) =>
    Object.fromEntries(
      Object.entries(value ?? {})
        .filter(([, item]) => item !== null && item !== undefined)
        .map(([name, item]) => [name, typeof item === 'string' ? item : JSON.stringify(item)]),
    ),
  )

/** The envelope of a list. `per_page` and the counts may be absent where everything fits one page. */
export const pageOf = <T extends z.ZodType>(row: T) =>
  z.looseObject({
    objects: listOf(row),
    page: maybeNumber,
    pages: maybeNumber,
    total: maybeNumber,
    next_url: maybeText,
    scroll_id: maybeText,
  })

export const Asset = z.looseObject({
  id: AssetId,
  title: text,
  type: text,
  status: maybeText,
  external_id: maybeText,
  date_created: text,
  date_modified: text,
  is_online: flag,
  created_by_user: maybeText,
  updated_by_user: maybeText,
  in_collections: listOf(CollectionId),
  versions: listOf(
    z.looseObject({
      id: z.string(),
      version_number: maybeNumber,
      status: text,
      date_created: text,
      created_by_user: maybeText,
    }),
  ),
  default_version_id: maybeText,
  media_type: maybeText,
  duration_milliseconds: maybeNumber,
  metadata: z.record(z.string(), texts).nullish().catch({}),
  _sort: z.array(z.unknown()).nullish(),
})
export type Asset = z.infer<typeof Asset>

export const Collection = z.looseObject({
  id: CollectionId,
  title: text,
  parent_id: CollectionId.nullish().transform((value) => value ?? null),
  external_id: maybeText,
  status: text,
  storage_id: StorageId.nullish().transform((value) => value ?? null),
  category: maybeText,
  created_by_user: maybeText,
  date_created: text,
  date_modified: text,
  _sort: z.array(z.unknown()).nullish(),
})
export type Collection = z.infer<typeof Collection>

export const CollectionContent = z.looseObject({
  assets_count: maybeNumber,
  collections_count: maybeNumber,
  total_size: maybeNumber,
  total_duration_milliseconds: maybeNumber,
})

export const Component = z.looseObject({
  id: z.string(),
  name: text,
  type: text,
  metadata: stringRecord,
})
export const Format = z.looseObject({
  id: z.string(),
  name: text,
  status: text,
  is_online: flag,
  version_id: maybeText,
  metadata: listOf(stringRecord),
  components: listOf(Component),
})
export type Format = z.infer<typeof Format>

export const FileSet = z.looseObject({
  id: z.string(),
  name: text,
  format_id: text,
  storage_id: StorageId.nullish().transform((value) => value ?? null),
  version_id: maybeText,
  base_dir: text,
  status: text,
  file_count: maybeNumber,
})
export type FileSet = z.infer<typeof FileSet>

export const File = z.looseObject({
  id: z.string(),
  asset_id: AssetId.nullish().transform((value) => value ?? null),
  original_name: text,
  name: text,
  directory_path: text,
  file_set_id: text,
  format_id: maybeText,
  storage_id: StorageId.nullish().transform((value) => value ?? null),
  version_id: maybeText,
  size: maybeNumber,
  status: text,
  checksum: maybeText,
  file_date_modified: maybeText,
  url: maybeText,
  storage_method: maybeText,
  upload_url: maybeText,
  upload_method: maybeText,
  upload_filename: maybeText,
  multipart_upload_url: z
    .unknown()
    .prefault(null)
    .transform((value) => (typeof value === 'string' && value !== '' ? value : null)),
  upload_credentials: stringRecord,
})
export type File = z.infer<typeof File>

export const Proxy = z.looseObject({
  id: z.string(),
  name: text,
  status: text,
  url: maybeText,
  resolution: z.looseObject({ width: maybeNumber, height: maybeNumber }).nullish(),
  frame_rate: maybeText,
  start_time_code: maybeText,
  version_id: maybeText,
})
export type Proxy = z.infer<typeof Proxy>

export const Keyframe = z.looseObject({
  id: z.string(),
  type: text,
  status: text,
  name: text,
  url: maybeText,
  version_id: maybeText,
})
export type Keyframe = z.infer<typeof Keyframe>

export const Storage = z.looseObject({
  id: StorageId,
  name: text,
  method: text,
  purpose: text,
  status: text,
  default: flag,
  settings: anyRecord,
})
export type Storage = z.infer<typeof Storage>

/** A field of its own or one of a merged view; labels and flags may be missing in a view. */
export const Field = z.looseObject({
  name: z.string(),
  label: maybeText,
  field_type: text,
  description: maybeText,
  options: listOf(z.looseObject({ label: text, value: text })),
  required: flag,
  read_only: flag,
  hide_if_not_set: flag,
  multi: flag,
  min_value: maybeNumber,
  max_value: maybeNumber,
  use_as_facet: flag,
  sortable: flag,
})
export type Field = z.infer<typeof Field>

export const View = z.looseObject({
  id: ViewId,
  name: text,
  description: maybeText,
  view_fields: listOf(Field),
})
export type View = z.infer<typeof View>

export const MetadataValues = z.looseObject({
  metadata_values: z
    .record(
      z.string(),
      z
        .looseObject({
          field_values: listOf(z.looseObject({ value: z.unknown().optional() })),
        })
        .nullable(),
    )
    .nullish(),
  date_modified: maybeText,
})

export const Job = z.looseObject({
  id: JobId,
  title: text,
  type: text,
  status: text,
  progress: maybeNumber,
  priority: maybeNumber,
  parent_id: JobId.nullish().transform((value) => value ?? null),
  has_children: flag,
  object_type: maybeText,
  object_id: maybeText,
  message: text,
  error_message: text,
  metadata: anyRecord,
  created_by: maybeText,
  date_created: text,
  started_at: maybeText,
  completed_at: maybeText,
  steps: listOf(
    z.looseObject({
      id: z.union([z.string(), z.number()]).transform(String),
      label: text,
      status: text,
      message: text,
    }),
  ),
})
export type Job = z.infer<typeof Job>

/** A trigger answers with its job, with nothing to do (204, empty), or with neither. */
export const Triggered = z.looseObject({ job_id: JobId.nullish() })

export const User = z.looseObject({
  id: z.string(),
  email: text,
  first_name: text,
  last_name: text,
  system_domain_id: maybeText,
  system_name: maybeText,
})

const Bucket = z.looseObject({
  key: z.union([z.string(), z.number(), z.boolean()]).transform(String),
  doc_count: z.number(),
})
export const Facets = z
  .record(z.string(), z.looseObject({ buckets: listOf(Bucket) }))
  .nullish()
  .catch({})

export const S3Parts = z.looseObject({
  objects: z.array(z.looseObject({ number: z.number().int(), url: z.string() })),
  pages: maybeNumber,
})
export const S3Urls = z.looseObject({
  complete_url: maybeText,
  abort_url: maybeText,
  list_parts_url: z
    .union([z.string(), z.array(z.string())])
    .nullish()
    .transform((value) =>
      value === null || value === undefined ? [] : Array.isArray(value) ? value : [value],
    ),
})
export const B2Started = z.looseObject({
  authorization_token: maybeText,
  upload_file_id: maybeText,
  upload_url: maybeText,
  error: maybeText,
})
export const DownloadUrl = z.looseObject({ url: z.string() })
