import type { AssetId, CollectionId, JobId, StorageId, ViewId } from '@contract/ids.ts'
import type { FieldValues } from '../core/clip.ts'
import type { AccessApi } from './access-api.ts'
import type { HistoryApi, PreviewsApi, RelationsApi, SegmentsApi, VersionsApi } from './asset-parts-api.ts'
import type { MetadataModelApi } from './metadata-model-api.ts'
import type { SavedSearchesApi } from './saved-searches-api.ts'
import type { TransferBroker, UploadTicket } from './storage-transfer.ts'

/**
 * iconik as services see it. Each part is one area of the API. All calls:
 * - take an AbortSignal last; reject with AppError (auth.*, network.*, api.*, rate.*, cancelled);
 * - are sent once: whether a call whose answer got lost may be sent again is for the caller to decide, except that reads
 *   and 429 answers are retried inside, within bounds;
 * - take their place in the account's request budget; `lane: 'person'` overtakes the queue's own calls.
 */
export interface IconikApi {
  readonly auth: AuthApi
  readonly assets: AssetsApi
  readonly collections: CollectionsApi
  readonly files: FilesApi
  readonly storages: StoragesApi
  readonly metadata: MetadataApi
  readonly model: MetadataModelApi
  readonly access: AccessApi
  readonly segments: SegmentsApi
  readonly relations: RelationsApi
  readonly versions: VersionsApi
  readonly history: HistoryApi
  readonly previews: PreviewsApi
  readonly jobs: JobsApi
  readonly search: SearchApi
  readonly savedSearches: SavedSearchesApi
  /** The same API in another lane of the budget. */
  inLane(lane: 'person' | 'queue' | 'background'): IconikApi
  /** Requests sent so far, by method and path shape; for the measurement of calls per asset. */
  callCounts(): Record<string, number>
}

export interface CurrentUser {
  id: string
  name: string
  email: string
  systemDomainId: string
  systemName: string
}

export interface AuthApi {
  /** @throws AppError auth.rejected */
  check(signal?: AbortSignal): Promise<void>
  currentUser(signal?: AbortSignal): Promise<CurrentUser>
  roles(signal?: AbortSignal): Promise<string[]>
  /** Merged settings: default_upload_storage_id, required_metadata_views and the like, as they come. */
  settings(signal?: AbortSignal): Promise<Record<string, unknown>>
}

/** An asset as iconik answers it; unknown keys are kept for the mirror. */
export interface AssetDocument {
  id: AssetId
  title: string
  type: string
  status: 'ACTIVE' | 'DELETED'
  externalId: string | null
  dateCreated: string
  dateModified: string
  isOnline: boolean
  createdByUser: string | null
  updatedByUser: string | null
  inCollections: CollectionId[]
  versions: { id: string; number: number; status: string; dateCreated: string; createdBy: string | null }[]
  defaultVersionId: string | null
  mediaType: string | null
  durationMs: number | null
  /** Flattened metadata of a search document: field to values. Empty on a plain asset. */
  metadata: Record<string, string[]>
  /** The answer as it came. */
  raw: Record<string, unknown>
}

export interface CreateAsset {
  title: string
  externalId: string
  collectionId: CollectionId | null
  access: 'collection' | 'private' | 'default'
  /** ASSET where it is left out. */
  type?: 'ASSET' | 'PLACEHOLDER'
}

export interface AssetsApi {
  create(asset: CreateAsset, signal?: AbortSignal): Promise<AssetDocument>
  get(id: AssetId, signal?: AbortSignal): Promise<AssetDocument>
  update(
    id: AssetId,
    changes: { title?: string; type?: string },
    signal?: AbortSignal,
  ): Promise<AssetDocument>
  /** Makes a picture of the asset the one that stands for it. */
  choosePoster(id: AssetId, pictureId: string, signal?: AbortSignal): Promise<void>
  /** Removes an asset after a failed or cancelled upload. */
  deleteUpload(id: AssetId, signal?: AbortSignal): Promise<void>
  createVersion(id: AssetId, signal?: AbortSignal): Promise<AssetDocument>
  trash(ids: AssetId[], signal?: AbortSignal): Promise<void>
  restore(ids: AssetId[], signal?: AbortSignal): Promise<void>
  purge(ids: AssetId[], signal?: AbortSignal): Promise<void>
  /** Page of the trash, 1-based. */
  trashed(page: number, perPage: number, signal?: AbortSignal): Promise<{ ids: AssetId[]; pages: number }>
}

export interface CollectionDocument {
  id: CollectionId
  title: string
  parentId: CollectionId | null
  externalId: string | null
  status: string
  storageId: StorageId | null
  /** Of its metadata views; null for the default one. */
  category: string | null
  createdByUser: string | null
  dateCreated: string
  dateModified: string
}

/** What is in a collection and below it; null where the answer does not tell. */
export interface CollectionContent {
  assetCount: number | null
  collectionCount: number | null
  sizeBytes: number | null
  durationMs: number | null
}

export interface CollectionsApi {
  create(
    collection: { title: string; parentId: CollectionId | null; externalId: string | null },
    signal?: AbortSignal,
  ): Promise<CollectionDocument>
  get(id: CollectionId, signal?: AbortSignal): Promise<CollectionDocument>
  content(id: CollectionId, signal?: AbortSignal): Promise<CollectionContent>
  list(
    page: number,
    perPage: number,
    signal?: AbortSignal,
  ): Promise<{ rows: CollectionDocument[]; pages: number }>
  update(
    id: CollectionId,
    changes: { title?: string; parentId?: CollectionId | null },
    signal?: AbortSignal,
  ): Promise<CollectionDocument>
  delete(id: CollectionId, signal?: AbortSignal): Promise<void>
  addAsset(id: CollectionId, assetId: AssetId, signal?: AbortSignal): Promise<void>
  removeAsset(id: CollectionId, assetId: AssetId, signal?: AbortSignal): Promise<void>
}

export interface FormatDocument {
  id: string
  name: string
  status: string
  isOnline: boolean
  versionId: string | null
  metadata: Record<string, string>
  components: { id: string; name: string; type: string; metadata: Record<string, string> }[]
}
export interface FileSetDocument {
  id: string
  name: string
  formatId: string
  storageId: StorageId | null
  versionId: string | null
  baseDir: string
  status: string
  fileCount: number | null
}
export interface FileDocument {
  id: string
  originalName: string
  name: string
  directoryPath: string
  fileSetId: string
  formatId: string | null
  storageId: StorageId | null
  versionId: string | null
  sizeBytes: number | null
  status: string
  checksum: string | null
  /** ISO 8601; of the file that was uploaded. */
  modifiedAt: string | null
  /** Signed download URL, when it was asked for. */
  url: string | null
}
export interface ProxyDocument {
  id: string
  name: string
  status: string
  url: string | null
  width: number | null
  height: number | null
  frameRate: string | null
  startTimeCode: string | null
  versionId: string | null
}
export interface KeyframeDocument {
  id: string
  type: string
  status: string
  name: string
  url: string | null
  versionId: string | null
  raw: Record<string, unknown>
}

export interface CreateFile {
  originalName: string
  directoryPath: string
  sizeBytes: number
  storageId: StorageId
  fileSetId: string
  formatId: string
  versionId: string | null
  fileDateModified: string
  contentType: string
  type: 'FILE' | 'SEQUENCE'
}

/** A whole small file in one call, under an asset that is there. */
export interface UploadInOne {
  /** Without it the server would make an asset of its own: never left out. */
  assetId: AssetId
  storageId: StorageId
  fileName: string
  formatName: string
  formatMetadata: Record<string, string>
  contentType: string
  bytes: Uint8Array
}

export interface FilesApi {
  listFormats(assetId: AssetId, signal?: AbortSignal): Promise<FormatDocument[]>
  createFormat(
    assetId: AssetId,
    format: {
      name: string
      userId: string | null
      metadata: Record<string, string>
      storageMethod: string
      versionId: string | null
      components: { name: string; type: string; metadata: Record<string, string> }[]
    },
    signal?: AbortSignal,
  ): Promise<FormatDocument>
  createComponent(
    assetId: AssetId,
    formatId: string,
    component: { name: string; type: string; metadata: Record<string, string> },
    signal?: AbortSignal,
  ): Promise<{ id: string }>
  listFileSets(assetId: AssetId, signal?: AbortSignal): Promise<FileSetDocument[]>
  createFileSet(
    assetId: AssetId,
    fileSet: {
      name: string
      formatId: string
      storageId: StorageId
      baseDir: string
      componentIds: string[]
      versionId: string | null
    },
    signal?: AbortSignal,
  ): Promise<FileSetDocument>
  /** All files of an asset. */
  listFiles(assetId: AssetId, options?: { signUrls?: boolean }, signal?: AbortSignal): Promise<FileDocument[]>
  createFile(
    assetId: AssetId,
    file: CreateFile,
    signal?: AbortSignal,
  ): Promise<{ file: FileDocument; ticket: UploadTicket }>
  closeFile(
    assetId: AssetId,
    fileId: string,
    checksum: string | null,
    signal?: AbortSignal,
  ): Promise<FileDocument>
  /** Format, file set, file and bytes at once; the file is closed then. */
  uploadInOne(upload: UploadInOne, signal?: AbortSignal): Promise<FileDocument>
  failFile(assetId: AssetId, fileId: string, signal?: AbortSignal): Promise<void>
  deleteFile(assetId: AssetId, fileId: string, signal?: AbortSignal): Promise<void>
  /** Into the trash. Its bytes stay: a storage may keep files of one name and folder in one place, so that they may be another set's. */
  deleteFileSet(assetId: AssetId, fileSetId: string, signal?: AbortSignal): Promise<void>
  /** Into the trash. */
  deleteFormat(assetId: AssetId, formatId: string, signal?: AbortSignal): Promise<void>
  /** Starts proxy, poster and keyframes. @returns the job, or null when there is nothing to do. */
  triggerPreviews(assetId: AssetId, fileId: string, signal?: AbortSignal): Promise<JobId | null>
  filesByChecksum(
    md5: string,
    signal?: AbortSignal,
  ): Promise<{ assetId: AssetId; fileId: string; status: string }[]>
  broker(assetId: AssetId, fileId: string): TransferBroker
  listProxies(assetId: AssetId, signal?: AbortSignal): Promise<ProxyDocument[]>
  listKeyframes(assetId: AssetId, signal?: AbortSignal): Promise<KeyframeDocument[]>
  downloadUrl(assetId: AssetId, fileId: string, signal?: AbortSignal): Promise<string>
}

export interface StorageDocument {
  id: StorageId
  name: string
  method: string
  purpose: string
  status: string
  isDefault: boolean
  settings: Record<string, unknown>
}

export interface StoragesApi {
  list(signal?: AbortSignal): Promise<StorageDocument[]>
  get(id: StorageId, signal?: AbortSignal): Promise<StorageDocument>
  /** The storage that iconik would choose for a purpose; null when there is none. */
  matching(purpose: 'FILES' | 'PROXIES' | 'KEYFRAMES', signal?: AbortSignal): Promise<StorageDocument | null>
}

/** A metadata field or view field, snake_case as iconik has it, checked for shape. */
export interface FieldDocument {
  name: string
  label: string | null
  fieldType: string
  description: string | null
  options: { label: string; value: string }[]
  required: boolean
  readOnly: boolean
  hideIfNotSet: boolean
  multi: boolean
  minValue: number | null
  maxValue: number | null
  useAsFacet: boolean
  sortable: boolean
}
export interface ViewDocument {
  id: ViewId
  name: string
  description: string | null
  /** Merged with their field definitions when read one by one. */
  fields: FieldDocument[]
}

export interface MetadataApi {
  listFields(signal?: AbortSignal): Promise<FieldDocument[]>
  listViews(signal?: AbortSignal): Promise<ViewDocument[]>
  getView(id: ViewId, signal?: AbortSignal): Promise<ViewDocument>
  /** {} when nothing is stored for the view yet. */
  getValues(
    objectType: 'assets' | 'collections',
    objectId: string,
    viewId: ViewId,
    signal?: AbortSignal,
  ): Promise<{ values: FieldValues; dateModified: string | null }>
  putValues(
    objectType: 'assets' | 'collections',
    objectId: string,
    viewId: ViewId,
    changes: Record<string, { mode: 'overwrite' | 'append' | 'delete'; values: string[] }>,
    signal?: AbortSignal,
  ): Promise<void>
  /** The same values for all objects; 202, so read back before it counts as done. */
  putSameValues(viewId: ViewId, assetIds: AssetId[], values: FieldValues, signal?: AbortSignal): Promise<void>
  /**
   * The same changes, each by its own mode, to at most 500 assets. 202 too.
   * @returns the job that makes them, where the answer names one
   */
  changeMany(
    viewId: ViewId,
    assetIds: AssetId[],
    changes: Record<string, { mode: 'overwrite' | 'append' | 'delete'; values: string[] }>,
    signal?: AbortSignal,
  ): Promise<JobId | null>
  /** Values of their own for each of at most 500 assets. @returns as `changeMany` */
  changeEach(
    viewId: ViewId,
    values: { assetId: AssetId; values: FieldValues }[],
    signal?: AbortSignal,
  ): Promise<JobId | null>
  /** Values of their own for each object; 202 too. */
  putValuesEach(
    viewId: ViewId,
    values: { assetId: AssetId; values: FieldValues }[],
    signal?: AbortSignal,
  ): Promise<void>
}

export interface JobDocument {
  id: JobId
  title: string
  type: string
  status: string
  progress: number | null
  priority: number | null
  parentId: JobId | null
  hasChildren: boolean
  objectType: string | null
  objectId: string | null
  message: string
  errorMessage: string
  metadata: Record<string, unknown>
  createdBy: string | null
  dateCreated: string
  startedAt: string | null
  completedAt: string | null
  steps: { id: string; label: string; status: string; message: string }[]
}

export interface JobsApi {
  create(
    job: {
      title: string
      type: string
      status: string
      objectType?: string
      objectId?: string
      parentId?: JobId
      progressProcessed?: number
      progressTotal?: number
      message?: string
      errorMessage?: string
      metadata?: Record<string, unknown>
    },
    signal?: AbortSignal,
  ): Promise<JobDocument>
  get(id: JobId, signal?: AbortSignal): Promise<JobDocument>
  list(
    filter: {
      type?: string
      status?: string
      objectId?: string
      createdBy?: string
      parentId?: JobId
      dateCreatedFrom?: string
      query?: string
      ids?: JobId[]
      topLevelOnly?: boolean
    },
    page: number,
    perPage: number,
    signal?: AbortSignal,
  ): Promise<{ rows: JobDocument[]; total: number; pages: number }>
  update(
    id: JobId,
    changes: {
      title?: string
      status?: string
      progressProcessed?: number
      progressTotal?: number
      message?: string
      errorMessage?: string
    },
    signal?: AbortSignal,
  ): Promise<JobDocument>
  act(ids: JobId[], action: 'ABORT' | 'RESTART' | 'PAUSE' | 'RESUME', signal?: AbortSignal): Promise<void>
  setPriority(ids: JobId[], priority: number, signal?: AbortSignal): Promise<void>
  delete(ids: JobId[], signal?: AbortSignal): Promise<void>
}

export interface SearchRequest {
  query?: string
  docTypes?: string[]
  /** All of them must hold. */
  terms?: {
    name: string
    value?: string
    valueIn?: string[]
    range?: { min?: string; max?: string }
    exists?: boolean
  }[]
  sort?: { name: string; order: 'asc' | 'desc' }[]
  searchAfter?: unknown[]
  includeFields?: string[]
  facets?: string[]
  /** Whether `raw` carries signed addresses of keyframes and proxies. Costs the server time. */
  signUrls?: boolean
  perPage: number
  page?: number
}

export interface SearchApi {
  assets(
    request: SearchRequest,
    signal?: AbortSignal,
  ): Promise<{
    rows: AssetDocument[]
    total: number
    /** `_sort` of the last row, for the next page; null at the end. */
    searchAfter: unknown[] | null
    facets: Record<string, { key: string; count: number }[]>
  }>
  collections(
    request: SearchRequest,
    signal?: AbortSignal,
  ): Promise<{ rows: CollectionDocument[]; total: number; searchAfter: unknown[] | null }>
}
