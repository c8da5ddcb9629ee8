import { AppError } from '../../core/errors.ts'
import type { Hashes } from '../../ports/hasher.ts'
import type { TransferProof, TransferRequest } from '../../ports/storage-transfer.ts'
import { persist } from './persist.ts'
import type { SourceFile } from './source-file.ts'
import { isMd5, plainEtag } from './storage-answers.ts'
import type { StorageAnswer } from './storage-http.ts'
import type { TransferContext } from './transfer-context.ts'
import { hashNames, withWholeBody, type WholeTry } from './whole-body.ts'
import { uploadUrlOf } from './tickets.ts'

/**
 * One signed PUT. S3 answers with an ETag that is the MD5 of the bytes (Amazon S3 API, PutObject); under SSE-KMS it is not,
 * then S3 has checked the Content-MD5 that went along.
 */
export async function sendToS3InOne(
  context: TransferContext,
  request: TransferRequest,
  source: SourceFile,
): Promise<TransferProof> {
  let ticket = request.ticket
  return withWholeBody(context, request, source, hashNames(request, 'md5'), (begin) => {
    let current!: WholeTry
    return persist(context, {
      action: `take ${source.path}`,
      signal: request.signal,
      send: () => {
        current = begin()
        const url = uploadUrlOf(ticket)
        return context.http({
          method: 'PUT',
          url,
          headers: {
            'content-type': request.source.contentType,
            ...contentMd5(url, current.before?.md5),
          },
          body: current.body,
          signal: request.signal,
        })
      },
      accept: async (answer) => {
        if (answer.status < 200 || answer.status >= 300) return null
        const hashes = await current.after()
        const evidence = judgeEtag(
          answer,
          hashes,
          contentMd5(uploadUrlOf(ticket), current.before?.md5) !== null,
        )
        return { ...evidence, sizeBytes: source.sizeBytes, hashes }
      },
      refresh: async () => {
        ticket = await request.broker.refreshTicket(request.signal)
      },
    })
  })
}

/**
 * The Content-MD5 header, which makes S3 refuse other bytes. Only with signatures of version 4: in version 2 the header is
 * part of what is signed.
 */
export function contentMd5(url: string, md5: string | undefined): { 'content-md5': string } | null {
  if (md5 === undefined || !/[?&]X-Amz-Signature=/i.test(url)) return null
  return { 'content-md5': Buffer.from(md5, 'hex').toString('base64') }
}

/** @throws AppError storage.mismatch */
function judgeEtag(
  answer: StorageAnswer,
  { md5 }: Hashes,
  checkedMd5: boolean,
): { proven: boolean; evidence: string } {
  const etag = plainEtag(answer.header('etag'))
  if (etag !== null && etag === md5) return { proven: true, evidence: 'size and MD5 agree' }
  if (isKms(answer) || (etag !== null && !isMd5(etag)))
    return checkedMd5
      ? { proven: true, evidence: 'MD5 checked on arrival' }
      : { proven: false, evidence: 'The ETag of the storage is no MD5, so it proves nothing.' }
  if (etag === null) return { proven: false, evidence: 'The storage gave no evidence of what it holds.' }
  throw new AppError(
    'storage.mismatch',
    `The storage reports the MD5 ${etag}; the file has ${md5 ?? 'none'}.`,
    {
      details: { etag, md5: md5 ?? '' },
    },
  )
}

export const isKms = (answer: StorageAnswer) =>
  /kms/i.test(answer.header('x-amz-server-side-encryption') ?? '') ||
  answer.header('x-amz-server-side-encryption-customer-algorithm') !== null
