import type { HashName, Hashes } from '../../ports/hasher.ts'
import type { TransferRequest } from '../../ports/storage-transfer.ts'
import { inTurn } from './in-turn.ts'
import { bodyOfBytes, bodyOfRange, isSmall, readPart } from './send-body.ts'
import type { SourceFile } from './source-file.ts'
import type { StorageBody } from './storage-http.ts'
import { TransferProgress, type TransferContext } from './transfer-context.ts'

/** One try at sending a whole file. */
export interface WholeTry {
  body: StorageBody
  /** The sums where they are known before sending (the file fits into memory); else null. */
  before: Hashes | null
  /** The sums of what was sent; to be asked once the storage has answered. */
  after(): Promise<Hashes>
}

/** Largest file that is read wholly before it is sent. */
const IN_MEMORY_BYTES = 8 * 1024 * 1024

/**
 * A file as the body of one request. Up to 8 MiB it is read and summed first, so that a header may hold the sum; a larger
 * one is streamed, and read again for another try.
 * @param use gets what begins a try; called once
 */
export async function withWholeBody<T>(
  context: TransferContext,
  request: TransferRequest,
  source: SourceFile,
  names: readonly HashName[],
  use: (begin: () => WholeTry) => Promise<T>,
): Promise<T> {
  const progress = new TransferProgress(request)
  const onSent = (bytes: number) => progress.moved(1, bytes)
  if (source.sizeBytes > IN_MEMORY_BYTES) return useStream(context, request, source, names, onSent, use)

  const memory = await inTurn(
    context.clock,
    () => request.onWait?.(),
    context.memory.lend(source.sizeBytes, request.signal),
  )
  try {
    const hashes = await readAndSum(context, source, memory.bytes, names)
    return await use(() => ({
      body: bodyOfBytes(memory.bytes, request, onSent),
      before: hashes,
      after: () => Promise.resolve(hashes),
    }))
  } finally {
    memory.release()
  }
}

async function readAndSum(
  context: TransferContext,
  source: SourceFile,
  bytes: Uint8Array,
  names: readonly HashName[],
): Promise<Hashes> {
  if (isSmall(bytes.length)) {
    await source.read(bytes, 0)
    return context.hashStreams.hashSmall(bytes, names)
  }
  const sum = context.hashStreams.open(names)
  try {
    await readPart(source, 0, bytes, [sum])
    return await sum.digest()
  } finally {
    sum.close()
  }
}

async function useStream<T>(
  context: TransferContext,
  request: TransferRequest,
  source: SourceFile,
  names: readonly HashName[],
  onSent: (bytes: number) => void,
  use: (begin: () => WholeTry) => Promise<T>,
): Promise<T> {
  let sum = context.hashStreams.open(names)
  let fresh = true
  try {
    return await use(() => {
      if (!fresh) {
        sum.close()
        sum = context.hashStreams.open(names)
      }
      fresh = false
      const range = { offset: 0, endOffset: source.sizeBytes }
      return {
        body: bodyOfRange(context, source, range, sum, request, onSent),
        before: null,
        after: () => sum.digest(),
      }
    })
  } finally {
    sum.close()
  }
}

/** The sums that a transfer answers with: those that were asked for, xxh128, and those that its proof needs. */
export const hashNames = (request: TransferRequest, ...proof: HashName[]): HashName[] => [
  ...new Set<HashName>(['xxh128', ...proof, ...request.hashes]),
]
