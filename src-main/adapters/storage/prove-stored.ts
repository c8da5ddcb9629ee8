import { AppError } from '../../core/errors.ts'
import type { HashName, Hashes } from '../../ports/hasher.ts'
import type { TransferProof } from '../../ports/storage-transfer.ts'
import { persist } from './persist.ts'
import { isKms } from './s3-single.ts'
import { isMd5, plainEtag } from './storage-answers.ts'
import type { StorageAnswer } from './storage-http.ts'
import type { TransferContext } from './transfer-context.ts'

interface Stored {
  url: string
  /** A new address when this one has expired; null when iconik gives none. */
  renewUrl: (signal: AbortSignal) => Promise<string | null>
  sizeBytes: number
  hashes: Hashes
}

/** The sums to have at hand for a storage's evidence: its own, MD5 for what iconik knows too, xxh128 for the receipt. */
export function evidenceSums(method: string): HashName[] {
  switch (method) {
    case 'GCS':
      return ['xxh128', 'crc32c', 'md5']
    case 'B2':
      return ['xxh128', 'sha1']
    default:
      return ['xxh128', 'md5']
  }
}

/**
 * Proves a small file that came to the storage by way of iconik. The headers of a ranged GET tell size and sum (S3, FILE: ETag;
 * GCS: x-goog-hash; Azure: x-ms-blob-content-md5 or Content-MD5; B2: X-Bz-Content-Sha1). Where none agrees the bytes decide: whatever
 * iconik did on the way (multipart, its own encryption) may give them another tag.
 */
export async function proveStored(
  context: TransferContext,
  stored: Stored,
  signal: AbortSignal,
): Promise<TransferProof> {
  const { sizeBytes, hashes } = stored
  const refresh = async () => {
    stored = { ...stored, url: (await stored.renewUrl(signal)) ?? stored.url }
  }
  const agreed = await persist(context, {
    action: 'show what it holds',
    signal,
    refresh,
    send: () => context.http({ method: 'GET', url: stored.url, headers: { range: 'bytes=0-0' }, signal }),
    accept: (answer) =>
      answer.status === 206 || answer.status === 200 ? { sum: agreeingSum(answer, stored) } : null,
  })
  if (agreed.sum !== null)
    return { proven: true, evidence: `size and ${agreed.sum} agree`, sizeBytes, hashes }
  return readBack(context, stored, signal)
}

/** The name of a sum in the answer that is the file's own, of an object that has its size; else null. */
function agreeingSum(answer: StorageAnswer, { sizeBytes, hashes }: Stored): string | null {
  const total = /\/(\d+)$/.exec(answer.header('content-range') ?? '')?.[1]
  if (answer.status !== 206 || Number(total) !== sizeBytes) return null
  const fromBase64 = (text: string | null | undefined) =>
    text ? Buffer.from(text, 'base64').toString('hex') : null
  const goog = answer.header('x-goog-hash') ?? ''
  const etag = isKms(answer) ? null : plainEtag(answer.header('etag'))
  const shown: [string, string | null, string | undefined][] = [
    ['CRC32C', fromBase64(/crc32c=([^,\s]+)/.exec(goog)?.[1]), hashes.crc32c],
    ['MD5', isMd5(etag) ? etag : null, hashes.md5],
    ['MD5', fromBase64(answer.header('x-ms-blob-content-md5')), hashes.md5],
    ['SHA-1', answer.header('x-bz-content-sha1'), hashes.sha1],
  ]
  return shown.find(([, theirs, ours]) => theirs !== null && theirs === ours)?.[0] ?? null
}

/** @throws AppError storage.mismatch */
async function readBack(
  context: TransferContext,
  stored: Stored,
  signal: AbortSignal,
): Promise<TransferProof> {
  const { sizeBytes, hashes } = stored
  const refresh = async () => {
    stored = { ...stored, url: (await stored.renewUrl(signal)) ?? stored.url }
  }
  const bytes = await persist(context, {
    action: 'be read back',
    signal,
    refresh,
    send: () => context.http({ method: 'GET', url: stored.url, keepBytes: true, signal }),
    accept: (answer) => (answer.status === 200 ? (answer.bytes ?? Buffer.alloc(0)) : null),
  })
  const { xxh128 } = await context.hashStreams.hashSmall(bytes, ['xxh128'])
  if (bytes.length === sizeBytes && xxh128 === hashes.xxh128)
    return { proven: true, evidence: 'read back, and the same', sizeBytes, hashes }
  throw new AppError(
    'storage.mismatch',
    `What the storage holds (${bytes.length} bytes) is not what was sent.`,
  )
}
