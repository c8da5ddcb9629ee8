import { AppError } from '../../core/errors.ts'
import type { Hashes } from '../../ports/hasher.ts'
import type { TransferProof, TransferRequest } from '../../ports/storage-transfer.ts'
import { persist } from './persist.ts'
import type { SourceFile } from './source-file.ts'
import { readStoredEtag } from './stored-object.ts'
import { isMd5, plainEtag } from './storage-answers.ts'
import { uploadUrlOf } from './tickets.ts'
import type { TransferContext } from './transfer-context.ts'
import { hashNames, withWholeBody, type WholeTry } from './whole-body.ts'

/** A FILE storage that offers an upload address: one PUT. What it holds is asked for afterwards. */
export async function sendToFileStorage(
  context: TransferContext,
  request: TransferRequest,
  source: SourceFile,
): Promise<TransferProof> {
  let ticket = request.ticket
  const sent = await withWholeBody(context, request, source, hashNames(request, 'md5'), (begin) => {
    let current!: WholeTry
    return persist(context, {
      action: `take ${source.path}`,
      signal: request.signal,
      send: () => {
        current = begin()
        return context.http({
          method: 'PUT',
          url: uploadUrlOf(ticket),
          headers: { 'content-type': request.source.contentType },
          body: current.body,
          signal: request.signal,
        })
      },
      accept: async (answer) => {
        if (answer.status < 200 || answer.status >= 300) return null
        const hashes = await current.after()
        return { hashes, etag: plainEtag(answer.header('etag')) }
      },
      refresh: async () => {
        ticket = await request.broker.refreshTicket(request.signal)
      },
    })
  })
  return judge(context, request, source, sent)
}

/** @throws AppError storage.mismatch */
async function judge(
  context: TransferContext,
  request: TransferRequest,
  source: SourceFile,
  { hashes, etag }: { hashes: Hashes; etag: string | null },
): Promise<TransferProof> {
  const { sizeBytes } = source
  const stored = isMd5(etag) ? { etag, sizeBytes } : await readStoredEtag(context, request)
  if (stored === null || !isMd5(stored.etag))
    return { proven: false, evidence: 'The storage gave no evidence of what it holds.', sizeBytes, hashes }
  if (stored.etag === hashes.md5 && stored.sizeBytes === sizeBytes)
    return {
      proven: true,
      evidence: 'size and MD5 agree',
      sizeBytes,
      hashes,
    }
  throw new AppError(
    'storage.mismatch',
    `The storage reports the MD5 ${stored.etag}; the file has ${hashes.md5 ?? ''}.`,
    {
      details: { stored: stored.etag, md5: hashes.md5 ?? '' },
    },
  )
}
