import { AppError, findAppError } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { HashStreams } from '../../ports/hash-streams.ts'
import type { Logger } from '../../ports/logger.ts'
import type { Network } from '../../ports/network.ts'
import type {
  StorageTransfer,
  TransferCheckpoint,
  TransferProof,
  TransferRequest,
} from '../../ports/storage-transfer.ts'
import { sendToAzureInBlocks, sendToAzureInOne } from './azure-blocks.ts'
import { B2Checkpoint, sendToB2InOne, sendToB2InParts } from './b2.ts'
import { copyIntoMount, removeFromMount } from './file-mount.ts'
import { sendToFileStorage } from './file-upload.ts'
import { GcsCheckpoint, sendToGcs } from './gcs-resumable.ts'
import { HostParallelism } from './host-parallelism.ts'
import { PartMemory } from './part-memory.ts'
import { S3Checkpoint, sendToS3InParts } from './s3-multipart.ts'
import { sendToS3InOne } from './s3-single.ts'
import { evidenceSums, proveStored } from './prove-stored.ts'
import { SourceFile } from './source-file.ts'
import { createStorageHttp } from './storage-http.ts'
import type { TransferContext } from './transfer-context.ts'

const MIB = 1024 * 1024

export interface StorageTransferOptions {
  network: Network
  hashStreams: HashStreams
  clock: Clock
  logger: Logger
  /** Memory for parts of all transfers together. Default 64 MiB. */
  memoryBytes?: number
  /** Size of parts instead of one chosen by the file's size; for tests. */
  partSizeBytes?: number
  /** Files from this size on go in parts, where the storage takes parts. Default 16 MiB. */
  partsFromBytes?: number
  /** Requests that carry bytes, to one host at once, instead of the number that is found to bring most. */
  partsAtOnce?: number | undefined
  /** A request in which nothing moves for so long is given up. Default 60 s. */
  stallMs?: number
}

/** Brings files to any storage that iconik has, over HTTP or into a mounted folder. */
export function createStorageTransfer(options: StorageTransferOptions): StorageTransfer {
  const { clock, hashStreams, logger } = options
  const context: TransferContext = {
    http: createStorageHttp(options.network, options.stallMs),
    hashStreams,
    memory: new PartMemory(hashStreams, options.memoryBytes ?? 64 * MIB),
    hosts: new HostParallelism(clock, options.partsAtOnce),
    clock,
    logger,
    partSizeBytes: options.partSizeBytes ?? null,
    partsFromBytes: options.partsFromBytes ?? 16 * MIB,
  }
  return {
    async send(request) {
      let source: SourceFile | undefined
      try {
        request.signal.throwIfAborted()
        source = await SourceFile.open(request.source)
        const proof = await sendBy(context, request, source)
        await source.checkUnchanged()
        request.onProgress(source.sizeBytes)
        return proof
      } catch (error) {
        throw await explain(error, request, source)
      } finally {
        await source?.close()
      }
    },
    async readSmall(file, method, signal) {
      const source = await SourceFile.open(file)
      try {
        signal.throwIfAborted()
        const bytes = new Uint8Array(source.sizeBytes)
        await source.read(bytes, 0)
        await source.checkUnchanged()
        return { bytes, hashes: await hashStreams.hashSmall(bytes, evidenceSums(method)) }
      } finally {
        await source.close()
      }
    },
    proveStored: (stored, signal) => proveStored(context, stored, signal),
    async abandon(ticket, checkpoint, broker, signal) {
      await abandon(context, { ticket, checkpoint, broker, signal })
    },
  }
}

function sendBy(
  context: TransferContext,
  request: TransferRequest,
  source: SourceFile,
): Promise<TransferProof> {
  const { ticket } = request
  const inParts = source.sizeBytes >= context.partsFromBytes
  switch (ticket.method) {
    case 'S3':
      return inParts && ticket.multipartUploadUrl
        ? sendToS3InParts(context, request, source)
        : sendToS3InOne(context, request, source)
    case 'GCS':
      return sendToGcs(context, request, source)
    case 'AZURE':
      return inParts
        ? sendToAzureInBlocks(context, request, source)
        : sendToAzureInOne(context, request, source)
    case 'B2':
      return inParts ? sendToB2InParts(context, request, source) : sendToB2InOne(context, request, source)
    case 'FILE':
      return ticket.uploadUrl || !ticket.mountPath
        ? sendToFileStorage(context, request, source)
        : copyIntoMount(context, request, source, ticket.mountPath)
    default:
      throw new AppError(
        'storage.unsupported',
        `Files cannot be sent to a storage of the method ${ticket.method}.`,
        {
          details: { method: ticket.method },
        },
      )
  }
}

/**
 * What an error means for whoever asked. A file that changed while it was sent often shows first as something else (a
 * short body, a wrong sum), so the file is looked at once more.
 */
async function explain(
  error: unknown,
  request: TransferRequest,
  source: SourceFile | undefined,
): Promise<unknown> {
  if (request.signal.aborted) {
    const { reason } = request.signal as { reason: unknown }
    return reason instanceof AppError ? reason : new AppError('cancelled', 'Cancelled.', { cause: error })
  }
  const known = findAppError(error)
  if (source && known?.code !== 'file.changed' && known?.code !== 'file.missing') {
    try {
      await source.checkUnchanged()
    } catch (changed) {
      return changed
    }
  }
  return known ?? error
}

interface Abandoned {
  ticket: TransferRequest['ticket']
  checkpoint: TransferCheckpoint
  broker: TransferRequest['broker']
  signal: AbortSignal
}

/** Leftovers are removed where the storage can; what is gone already is no error. */
async function abandon(
  context: TransferContext,
  { ticket, checkpoint, broker, signal }: Abandoned,
): Promise<void> {
  try {
    const s3 = S3Checkpoint.safeParse(checkpoint)
    const b2 = B2Checkpoint.safeParse(checkpoint)
    const gcs = GcsCheckpoint.safeParse(checkpoint)
    if (s3.success) await broker.s3Cleanup(s3.data.uploadId, signal)
    else if (b2.success) await broker.b2Cancel(b2.data.uploadFileId, signal)
    else if (gcs.success) await context.http({ method: 'DELETE', url: gcs.data.sessionUrl, signal })
    else if (ticket.method === 'FILE' && ticket.mountPath)
      await removeFromMount(ticket.mountPath, checkpoint['isMade'] === true)
    // Azure drops blocks that were never put together after a week by itself.
  } catch (error) {
    if (error instanceof AppError && (error.code === 'api.not-found' || error.code === 'api.invalid')) return
    throw error
  }
}
