import type { TransferRequest } from '../../ports/storage-transfer.ts'
import { plainEtag } from './storage-answers.ts'
import type { TransferContext } from './transfer-context.ts'

/** What a storage says about the object that it holds for a file, by a ranged GET of one byte. */
export interface StoredObject {
  etag: string | null
  sizeBytes: number
}

/** @returns null when there is no such object, or it cannot be read */
export async function readStoredEtag(
  context: TransferContext,
  { broker, signal }: TransferRequest,
): Promise<StoredObject | null> {
  const url = await broker.readUrl(signal)
  if (url === null) return null
  const answer = await context.http({ method: 'GET', url, headers: { range: 'bytes=0-0' }, signal })
  const etag = plainEtag(answer.header('etag'))
  const total = /\/(\d+)$/.exec(answer.header('content-range') ?? '')?.[1]
  if (answer.status === 206 && total !== undefined) return { etag, sizeBytes: Number(total) }
  // An empty object has no byte to ask for.
  if (answer.status === 416) return { etag, sizeBytes: 0 }
  if (answer.status === 200)
    return { etag, sizeBytes: Number(answer.header('content-length') ?? answer.text.length) }
  return null
}
