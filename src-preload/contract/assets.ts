import { z } from 'zod'
import { call, event } from './define.ts'
import {
  AssetId,
  CollectionId,
  Instant,
  NoInput,
  Nothing,
  SavedSearchId,
  StorageId,
  ViewId,
  Window,
} from './ids.ts'

export const AssetRow = z.object({
  id: AssetId,
  title: z.string(),
  /** iconik's asset type, such as ASSET or PLACEHOLDER. */
  type: z.string(),
  mediaType: z.enum(['video', 'audio', 'image', 'document', 'other']),
  status: z.enum(['ACTIVE', 'DELETED']),
  dateCreated: Instant,
  dateModified: Instant,
  durationMs: z.number().nullable(),
  sizeBytes: z.number().nullable(),
  /** Of the ORIGINAL format, where known. */
  width: z.number().nullable(),
  height: z.number().nullable(),
  frameRate: z.number().nullable(),
  format: z.string().nullable(),
  startTimecode: z.string().nullable(),
  commentCount: z.number(),
  /** URLs of our own media protocol, never a storage's. Null where there is no picture. */
  posterUrl: z.string().nullable(),
  /** Keyframe map for hover scrub: one picture of `columns` × `rows` tiles, `count` of them used. */
  keyframeMap: z
    .object({ url: z.string(), columns: z.number(), rows: z.number(), count: z.number() })
    .nullable(),
})
export type AssetRow = z.infer<typeof AssetRow>

/** A row as a list shows it. */
export const ListedAsset = AssetRow.extend({
  /** Values of the metadata fields that were asked for; fields without a value are left out. */
  values: z.record(z.string(), z.array(z.string())).default({}),
  /** This machine sent its files last, and saw them proven. */
  isProven: z.boolean().default(false),
})
export type ListedAsset = z.infer<typeof ListedAsset>

export const AssetFilter = z.object({
  /** A facet field: media_type, status, type, collection, date_created, or metadata.<field name>. */
  field: z.string(),
  /** Any of these values. */
  values: z.array(z.string()).min(1).max(200),
})
export type AssetFilter = z.infer<typeof AssetFilter>

export const AssetQuery = z.object({
  /** What was typed; '' matches everything. Words match titles and metadata, the last one as a prefix. */
  text: z.string().max(1000).default(''),
  filters: z.array(AssetFilter).max(50).default([]),
  collectionId: CollectionId.nullable().default(null),
  /** Also what is in collections below `collectionId`. */
  includeSubcollections: z.boolean().default(true),
  trash: z.boolean().default(false),
  /** Only what this saved search found when iconik was asked last: it looks for something that only iconik can answer. */
  foundBy: SavedSearchId.nullable().default(null),
  sort: z
    .object({
      field: z.enum(['title', 'date_created', 'date_modified', 'duration', 'size', 'relevance']),
      order: z.enum(['asc', 'desc']),
    })
    .default({ field: 'date_created', order: 'desc' }),
})
export type AssetQuery = z.infer<typeof AssetQuery>

/** A facet field whose values part a list into groups, such as media_type or metadata.scene; null for none. */
const GroupBy = z.string().max(300).nullable().default(null)
export const AssetGroups = z.object({
  revision: z.number().int(),
  /** How many there are. Above 5,000 none are made: the list of them is empty, and the rows stay as they are sorted. */
  groupCount: z.number().int(),
  /** In their order, which is that of the rows. `value` is null for assets without one; they come last. */
  groups: z.array(z.object({ value: z.string().nullable(), count: z.number().int() })),
})
export type AssetGroups = z.infer<typeof AssetGroups>

export const Facet = z.object({
  field: z.string(),
  label: z.string(),
  buckets: z.array(z.object({ value: z.string(), label: z.string(), count: z.number() })),
})
export type Facet = z.infer<typeof Facet>

export const FileView = z.object({
  id: z.string(),
  name: z.string(),
  directoryPath: z.string(),
  sizeBytes: z.number().nullable(),
  status: z.string(),
  checksum: z.string().nullable(),
  /** The storage's own evidence, where this machine uploaded the file and saw it proven; null where it did not. */
  proof: z.string().nullable().default(null),
})
export const FileSetView = z.object({
  id: z.string(),
  name: z.string(),
  storageId: StorageId.nullable(),
  storageName: z.string(),
  status: z.string(),
  fileCount: z.number(),
  files: z.array(FileView),
})
export const ComponentView = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  metadata: z.record(z.string(), z.string()),
})
export const FormatView = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  isOnline: z.boolean(),
  metadata: z.record(z.string(), z.string()),
  components: z.array(ComponentView),
  fileSets: z.array(FileSetView),
})
export type FormatView = z.infer<typeof FormatView>

export const AssetDetail = AssetRow.extend({
  externalId: z.string().nullable(),
  createdBy: z.string(),
  updatedBy: z.string(),
  collections: z.array(z.object({ id: CollectionId, path: z.array(z.string()) })),
  versions: z.array(
    z.object({
      id: z.string(),
      number: z.number(),
      status: z.string(),
      dateCreated: Instant,
      createdBy: z.string(),
      isCurrent: z.boolean(),
    }),
  ),
  /** Proxy for the player; null while there is none. */
  proxy: z
    .object({
      url: z.string(),
      width: z.number().nullable(),
      height: z.number().nullable(),
      frameRate: z.number().nullable(),
      startTimecode: z.string().nullable(),
    })
    .nullable(),
  /** A picture large enough for the viewer, or null. */
  imageUrl: z.string().nullable(),
  /** Address of the asset in iconik's web interface; null for a local workspace. */
  webUrl: z.string().nullable(),
})
export type AssetDetail = z.infer<typeof AssetDetail>

export const LibraryState = z.object({
  /** Grows with each change of the mirror; a list with an older revision is read again. */
  revision: z.number().int(),
  assetCount: z.number(),
  trashCount: z.number(),
  state: z.enum(['empty', 'filling', 'fresh', 'stale', 'offline']),
  /** Last time the mirror was known to be complete, or null. */
  completeAsOf: Instant.nullable(),
  /** While filling: how many of how many. */
  filled: z.object({ done: z.number(), total: z.number() }).nullable(),
  /** Edits that wait to be sent. */
  pendingEdits: z.number(),
})
export type LibraryState = z.infer<typeof LibraryState>

/** Assets whose length and size are added up at most. */
export const MOST_ADDED_UP = 20_000
export const Totals = z.object({ durationMs: z.number(), sizeBytes: z.number() })
export type Totals = z.infer<typeof Totals>

const ManyAssets = z.object({ ids: z.array(AssetId).min(1).max(100_000) })
/** The edit that was written down. */
export const Begun = z.object({ editId: z.number().int() })

export const assets = {
  'assets.state': call({ input: NoInput, output: LibraryState }),
  'assets.query': call({
    input: z.object({
      query: AssetQuery,
      groupBy: GroupBy,
      /** Names of metadata fields whose values come with the rows. */
      fields: z.array(z.string().max(300)).max(40).default([]),
      window: Window,
    }),
    output: z.object({ revision: z.number().int(), total: z.number().int(), rows: z.array(ListedAsset) }),
  }),
  /** The groups that the rows of a query stand in, when it is asked for with the same `groupBy`. */
  'assets.groups': call({
    input: z.object({ query: AssetQuery, groupBy: z.string().max(300) }),
    output: AssetGroups,
  }),
  /** How many assets each of some queries finds. */
  'assets.counts': call({
    input: z.object({ queries: z.array(AssetQuery).max(50) }),
    output: z.array(z.number().int()),
  }),
  /** Length and size of all that a query finds, or of these assets; null for more than 20,000, and where neither is known of any. */
  'assets.totals': call({
    input: z.union([
      z.object({ query: AssetQuery }),
      z.object({ ids: z.array(AssetId).min(1).max(MOST_ADDED_UP) }),
    ]),
    output: Totals.nullable(),
  }),
  /** Ids of rows `from … to` (0-based, both included) of a query, for range selection. At most 100,000. */
  'assets.ids': call({
    input: z.object({
      query: AssetQuery,
      groupBy: GroupBy,
      from: z.number().int().min(0),
      to: z.number().int().min(0),
    }),
    output: z.array(AssetId),
  }),
  'assets.facets': call({
    input: z.object({
      query: AssetQuery,
      fields: z.array(z.string()).max(20),
      perField: z.number().int().max(200).default(20),
    }),
    output: z.array(Facet),
  }),
  'assets.get': call({ input: z.object({ id: AssetId }), output: AssetDetail }),
  'assets.formats': call({ input: z.object({ id: AssetId }), output: z.array(FormatView) }),
  /** Makes an asset that has no file yet; it is given one later by a plan with `into`. */
  'assets.createPlaceholder': call({
    input: z.object({
      title: z.string().trim().min(1).max(1000),
      collectionId: CollectionId.nullable(),
      viewId: ViewId.nullable(),
      values: z.record(z.string(), z.array(z.string().max(100_000)).max(1000)),
    }),
    output: z.object({ id: AssetId }),
    errors: ['api.invalid'],
  }),
  'assets.rename': call({
    input: z.object({ id: AssetId, title: z.string().min(1).max(1000) }),
    output: Nothing,
  }),
  /** These three are shown at once and sent when they can be; `edits.undo` takes one back. */
  'assets.trash': call({ input: ManyAssets, output: Begun, errors: ['api.invalid'] }),
  'assets.restore': call({ input: ManyAssets, output: Begun, errors: ['api.invalid'] }),
  /** Deletes for good, with their files. */
  'assets.purge': call({ input: ManyAssets, output: Begun, errors: ['api.invalid'] }),
  'assets.changed': event(LibraryState),
}
