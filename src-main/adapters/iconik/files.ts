import { z } from 'zod'
import type { Lane } from '../../core/pacing/request-budget.ts'
import type { CreateFile, FilesApi } from '../../ports/iconik-api.ts'
import {
  toFileDocument,
  toFileSetDocument,
  toFormatDocument,
  toKeyframeDocument,
  toProxyDocument,
  toTicket,
} from './file-documents.ts'
import { pathOf, type IconikHttp } from './http.ts'
import { readAllByKey } from './pagination.ts'
import { createTransferBroker } from './transfer-broker.ts'
import { DownloadUrl, File, FileSet, Format, Keyframe, pageOf, Proxy, Triggered } from './wire.ts'

const below = (assetId: string) => pathOf`/API/files/v1/assets/${assetId}/`

const fileBody = (file: CreateFile) => ({
  original_name: file.originalName,
  directory_path: file.directoryPath,
  size: file.sizeBytes,
  type: file.type,
  storage_id: file.storageId,
  file_set_id: file.fileSetId,
  format_id: file.formatId,
  content_type: file.contentType,
  file_date_created: file.fileDateModified,
  file_date_modified: file.fileDateModified,
  ...(file.versionId === null ? {} : { version_id: file.versionId }),
})

export function createFilesApi(http: IconikHttp, lane: Lane): FilesApi {
  const patchFile = async (assetId: string, fileId: string, body: object, signal?: AbortSignal) => {
    const path = `${below(assetId)}${pathOf`files/${fileId}/`}`
    return toFileDocument(await http.json({ method: 'PATCH', path, body, lane, signal }, File))
  }
  return {
    async listFormats(assetId, signal) {
      const rows = await readAllByKey(http, { path: `${below(assetId)}formats/`, lane, signal }, Format)
      return rows.map(toFormatDocument)
    },
    async createFormat(assetId, format, signal) {
      const body = {
        name: format.name,
        storage_methods: [format.storageMethod],
        metadata: [format.metadata],
        components: format.components,
        ...(format.userId === null ? {} : { user_id: format.userId }),
        ...(format.versionId === null ? {} : { version_id: format.versionId }),
      }
      const path = `${below(assetId)}formats/`
      return toFormatDocument(await http.json({ method: 'POST', path, body, lane, signal }, Format))
    },
    async createComponent(assetId, formatId, component, signal) {
      const path = `${below(assetId)}${pathOf`formats/${formatId}/components/`}`
      return http.json(
        { method: 'POST', path, body: component, lane, signal },
        z.looseObject({ id: z.string() }),
      )
    },
    async listFileSets(assetId, signal) {
      const rows = await readAllByKey(http, { path: `${below(assetId)}file_sets/`, lane, signal }, FileSet)
      return rows.map(toFileSetDocument)
    },
    async createFileSet(assetId, fileSet, signal) {
      const body = {
        name: fileSet.name,
        format_id: fileSet.formatId,
        storage_id: fileSet.storageId,
        base_dir: fileSet.baseDir,
        component_ids: fileSet.componentIds,
        ...(fileSet.versionId === null ? {} : { version_id: fileSet.versionId }),
      }
      const path = `${below(assetId)}file_sets/`
      return toFileSetDocument(await http.json({ method: 'POST', path, body, lane, signal }, FileSet))
    },
    async listFiles(assetId, options, signal) {
      const query = { generate_signed_url: options?.signUrls === true }
      const rows = await readAllByKey(http, { path: `${below(assetId)}files/`, query, lane, signal }, File)
      return rows.map(toFileDocument)
    },
    async createFile(assetId, file, signal) {
      const path = `${below(assetId)}files/`
      const answer = await http.json({ method: 'POST', path, body: fileBody(file), lane, signal }, File)
      return { file: toFileDocument(answer), ticket: toTicket(answer, assetId) }
    },
    closeFile: (assetId, fileId, checksum, signal) =>
      patchFile(
        assetId,
        fileId,
        { status: 'CLOSED', progress_processed: 100, ...(checksum === null ? {} : { checksum }) },
        signal,
      ),
    async uploadInOne(
      { assetId, storageId, fileName, formatName, formatMetadata, contentType, bytes },
      signal,
    ) {
      const form = {
        fields: {
          file_name: fileName,
          storage_id: storageId,
          asset_id: assetId,
          format_name: formatName,
          format_metadata: JSON.stringify([formatMetadata]),
        },
        file: { name: 'file', fileName, contentType, bytes },
      }
      const path = '/API/files/v1/files/upload/'
      return toFileDocument(await http.json({ method: 'POST', path, form, lane, signal }, File))
    },
    async failFile(assetId, fileId, signal) {
      await patchFile(assetId, fileId, { status: 'FAILED' }, signal)
    },
    deleteFile: (assetId, fileId, signal) =>
      http.send({ method: 'DELETE', path: `${below(assetId)}${pathOf`files/${fileId}/`}`, lane, signal }),
    deleteFileSet: (assetId, fileSetId, signal) => {
      const path = `${below(assetId)}${pathOf`file_sets/${fileSetId}/`}`
      return http.send({ method: 'DELETE', path, query: { keep_source: true }, lane, signal })
    },
    deleteFormat: (assetId, formatId, signal) => {
      const path = `${below(assetId)}${pathOf`formats/${formatId}/`}`
      return http.send({ method: 'DELETE', path, lane, signal })
    },
    async triggerPreviews(assetId, fileId, signal) {
      const path = `${below(assetId)}${pathOf`files/${fileId}/keyframes/`}`
      const answer = await http.jsonOrNothing(
        { method: 'POST', path, body: { priority: 5 }, lane, signal },
        Triggered,
      )
      return answer?.job_id ?? null
    },
    async filesByChecksum(md5, signal) {
      const path = pathOf`/API/files/v1/files/checksum/${md5}/`
      const { objects } = await http.json({ method: 'GET', path, lane, signal }, pageOf(File))
      return objects.flatMap(({ asset_id: assetId, id: fileId, status }) =>
        assetId === null ? [] : [{ assetId, fileId, status }],
      )
    },
    broker: (assetId, fileId) => createTransferBroker(http, lane, assetId, fileId),
    async listProxies(assetId, signal) {
      const rows = await readAllByKey(http, { path: `${below(assetId)}proxies/`, lane, signal }, Proxy)
      return rows.map(toProxyDocument)
    },
    async listKeyframes(assetId, signal) {
      const rows = await readAllByKey(http, { path: `${below(assetId)}keyframes/`, lane, signal }, Keyframe)
      return rows.map(toKeyframeDocument)
    },
    async downloadUrl(assetId, fileId, signal) {
      const path = `${below(assetId)}${pathOf`files/${fileId}/download_url/`}`
      return (await http.json({ method: 'GET', path, lane, signal }, DownloadUrl)).url
    },
  }
}
