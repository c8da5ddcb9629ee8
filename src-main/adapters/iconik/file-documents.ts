import type {
  FileDocument,
  FileSetDocument,
  FormatDocument,
  KeyframeDocument,
  ProxyDocument,
} from '../../ports/iconik-api.ts'
import type { UploadTicket } from '../../ports/storage-transfer.ts'
import type { File, FileSet, Format, Keyframe, Proxy } from './wire.ts'

export const toFormatDocument = (format: Format): FormatDocument => ({
  id: format.id,
  name: format.name,
  status: format.status,
  isOnline: format.is_online,
  versionId: format.version_id,
  // iconik keeps a list of records here; in practice it holds one.
  metadata: Object.assign({}, ...format.metadata) as Record<string, string>,
  components: format.components.map(({ id, name, type, metadata }) => ({ id, name, type, metadata })),
})

export const toFileSetDocument = (fileSet: FileSet): FileSetDocument => ({
  id: fileSet.id,
  name: fileSet.name,
  formatId: fileSet.format_id,
  storageId: fileSet.storage_id,
  versionId: fileSet.version_id,
  baseDir: fileSet.base_dir,
  status: fileSet.status,
  fileCount: fileSet.file_count,
})

export const toFileDocument = (file: File): FileDocument => ({
  id: file.id,
  originalName: file.original_name,
  name: file.name,
  directoryPath: file.directory_path,
  fileSetId: file.file_set_id,
  formatId: file.format_id,
  storageId: file.storage_id,
  versionId: file.version_id,
  sizeBytes: file.size,
  status: file.status,
  checksum: file.checksum,
  modifiedAt: file.file_date_modified,
  url: file.url === '' ? null : file.url,
})

export const toTicket = (file: File, assetId: string): UploadTicket => ({
  fileId: file.id,
  assetId,
  method: file.storage_method ?? '',
  uploadUrl: file.upload_url === '' ? null : file.upload_url,
  uploadMethod: file.upload_method,
  multipartUploadUrl: file.multipart_upload_url,
  uploadFilename: file.upload_filename,
  credentials: file.upload_credentials,
})

export const toProxyDocument = (proxy: Proxy): ProxyDocument => ({
  id: proxy.id,
  name: proxy.name,
  status: proxy.status,
  url: proxy.url,
  width: proxy.resolution?.width ?? null,
  height: proxy.resolution?.height ?? null,
  frameRate: proxy.frame_rate,
  startTimeCode: proxy.start_time_code,
  versionId: proxy.version_id,
})

export const toKeyframeDocument = (keyframe: Keyframe): KeyframeDocument => ({
  id: keyframe.id,
  type: keyframe.type,
  status: keyframe.status,
  name: keyframe.name,
  url: keyframe.url,
  versionId: keyframe.version_id,
  raw: keyframe,
})
