import { AppError } from '../../core/errors.ts'
import type { Lane } from '../../core/pacing/request-budget.ts'
import type { TransferBroker } from '../../ports/storage-transfer.ts'
import { toTicket } from './file-documents.ts'
import { pathOf, type IconikHttp } from './http.ts'
import { B2Started, DownloadUrl, File, S3Parts, S3Urls } from './wire.ts'

const PARTS_PER_PAGE = 100

/** The calls of iconik that bringing one file to its storage needs. */
export function createTransferBroker(
  http: IconikHttp,
  lane: Lane,
  assetId: string,
  fileId: string,
  /** Proxies and pictures have the same calls under names of their own. */
  folder: 'files' | 'proxies' | 'keyframes' = 'files',
): TransferBroker {
  const path = pathOf`/API/files/v1/assets/${assetId}/${folder}/${fileId}/`

  async function partPage(uploadId: string, partCount: number, page: number, signal: AbortSignal) {
    const query = { upload_id: uploadId, parts_num: partCount, per_page: PARTS_PER_PAGE, page }
    const call = { method: 'GET', path: `${path}multipart_url/part/`, query, lane, signal } as const
    return (await http.json(call, S3Parts)).objects
  }

  return {
    async refreshTicket(signal) {
      const query = { generate_signed_post_url: true }
      return toTicket(await http.json({ method: 'GET', path, query, lane, signal }, File), assetId)
    },
    async s3PartUrls({ uploadId, partNumbers, partCount, md5Base64 }, signal) {
      const urls = new Map<number, string>()
      if (md5Base64) {
        const parts = partNumbers.map((number) => ({ part_number: number, checksum: md5Base64[number] }))
        const { objects } = await http.json(
          {
            method: 'POST',
            path: `${path}multipart_url/s3/part/`,
            body: { upload_id: uploadId, parts },
            safe: true,
            lane,
            signal,
          },
          S3Parts,
        )
        for (const { number, url } of objects) urls.set(number, url)
      } else {
        const pages = new Set(partNumbers.map((number) => Math.ceil(number / PARTS_PER_PAGE)))
        for (const page of pages)
          for (const { number, url } of await partPage(uploadId, partCount, page, signal))
            urls.set(number, url)
      }
      const absent = partNumbers.find((number) => !urls.has(number))
      if (absent !== undefined)
        throw new AppError('api.unexpected', `iconik gave no URL for part ${absent} of ${partCount}.`)
      return urls
    },
    async s3CompleteUrls(uploadId, signal, partCount) {
      const call = { method: 'GET', path: `${path}multipart_url/`, lane, signal } as const
      const first = await http.json(
        { ...call, query: { upload_id: uploadId, max_part_number: partCount } },
        S3Urls,
      )
      if (first.complete_url === null)
        throw new AppError('api.unexpected', 'iconik gave no URL to complete the multipart upload.')
      return {
        completeUrl: first.complete_url,
        abortUrl: first.abort_url,
        listPartsUrls: first.list_parts_url,
      }
    },
    async readUrl(signal) {
      try {
        return (await http.json({ method: 'GET', path: `${path}download_url/`, lane, signal }, DownloadUrl))
          .url
      } catch (error) {
        // Some servers hand out no URL as long as the file is not closed.
        if (error instanceof AppError && (error.code === 'api.not-found' || error.code === 'api.invalid'))
          return null
        throw error
      }
    },
    async s3Cleanup(uploadId, signal) {
      const body = { upload_id: uploadId, abort_upload: true }
      await http.send({ method: 'POST', path: `${path}multipart/cleanup/`, body, lane, signal })
    },
    async b2Start(signal, uploadFileId) {
      const body = uploadFileId === undefined ? {} : { upload_file_id: uploadFileId }
      const answer = await http.json(
        { method: 'POST', path: `${path}multipart/b2/start/`, body, lane, signal },
        B2Started,
      )
      const { upload_file_id, upload_url, authorization_token } = answer
      if (!upload_file_id || !upload_url || !authorization_token)
        throw new AppError(
          'api.failed',
          `iconik could not start a large upload to B2: ${answer.error ?? 'its answer has no upload URL'}.`,
        )
      return { uploadFileId: upload_file_id, uploadUrl: upload_url, authorizationToken: authorization_token }
    },
    async b2Finish(uploadFileId, sha1List, signal) {
      const body = { upload_file_id: uploadFileId, sha1_list: sha1List }
      await http.send({ method: 'POST', path: `${path}multipart/b2/finish/`, body, lane, signal })
    },
    async b2Cancel(uploadFileId, signal) {
      const body = { upload_file_id: uploadFileId }
      await http.send({ method: 'POST', path: `${path}multipart/b2/cancel/`, body, lane, signal })
    },
  }
}
