import { AppError } from '../../core/errors.ts'
import type { Part } from '../../core/transfer/plan-parts.ts'
import type { HashName, Hashes } from '../../ports/hasher.ts'
import type { TransferRequest } from '../../ports/storage-transfer.ts'
import { inTurn } from './in-turn.ts'
import { readPart } from './send-body.ts'
import type { SourceFile } from './source-file.ts'
import { TransferProgress, type TransferContext } from './transfer-context.ts'

export interface PartRun {
  parts: Part[]
  /** Sum of each part that the storage's proof is about. */
  partHash: HashName
  /** Sums of the whole file. */
  fileHashes: readonly HashName[]
  /** Sums of parts that an earlier try sent, by number. */
  sentBefore: ReadonlyMap<number, string>
  /** Where parts go, for the limit of requests at once. */
  hostUrl: string
  /** Sends one part until the storage has confirmed it. */
  send(
    part: Part,
    bytes: Uint8Array,
    sum: string,
    onSent: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<void>
  /** A part is confirmed; resolves when that is written down. */
  onConfirmed(part: Part, sum: string): Promise<void>
}

/**
 * Brings all parts of a file to a storage. The file is read once, in order, so that its own sums come along; parts are
 * sent several at a time. Parts sent before are read again too: their sums must be the same as then, which proves that
 * the file is.
 * @returns the sums of the file
 * @throws AppError file.changed when a part sent before has other bytes now
 */
export async function runParts(
  context: TransferContext,
  request: TransferRequest,
  source: SourceFile,
  run: PartRun,
): Promise<Hashes> {
  const progress = new TransferProgress(request)
  const onWait = () => request.onWait?.()
  const failed = new AbortController()
  const signal = AbortSignal.any([request.signal, failed.signal])
  const fileSum = context.hashStreams.open(run.fileHashes)
  const sending = new Set<Promise<void>>()
  try {
    for (const part of run.parts) {
      const memory = await inTurn(context.clock, onWait, context.memory.lend(part.sizeBytes, signal))
      let handedOn = false
      try {
        const sum = await readOnePart(context, source, part, memory.bytes, run.partHash, fileSum)
        const before = run.sentBefore.get(part.number)
        if (before !== undefined) {
          if (before !== sum) throw changedSince(source.path)
          progress.confirmed(part.number, part.sizeBytes)
          continue
        }
        const sent = context.hosts
          .run(run.hostUrl, part.sizeBytes, { signal, onWait }, (onSent) =>
            run.send(
              part,
              memory.bytes,
              sum,
              (bytes) => {
                progress.moved(part.number, bytes)
                onSent(bytes)
              },
              signal,
            ),
          )
          .then(() => {
            memory.release()
            return run.onConfirmed(part, sum)
          })
          .then(() => progress.confirmed(part.number, part.sizeBytes))
          .catch((error: unknown) => {
            // The first failure stops the other parts; it is what the caller hears.
            if (!failed.signal.aborted) failed.abort(error)
          })
          .finally(() => {
            memory.release()
            sending.delete(sent)
          })
        handedOn = true
        sending.add(sent)
      } finally {
        if (!handedOn) memory.release()
      }
    }
    await Promise.all(sending)
    signal.throwIfAborted()
    return await fileSum.digest()
  } catch (error) {
    if (!failed.signal.aborted) failed.abort(error)
    throw failed.signal.reason
  } finally {
    await Promise.allSettled(sending)
    fileSum.close()
  }
}

async function readOnePart(
  context: TransferContext,
  source: SourceFile,
  part: Part,
  into: Uint8Array,
  hash: HashName,
  fileSum: Parameters<typeof readPart>[3][number],
): Promise<string> {
  const partSum = context.hashStreams.open([hash])
  try {
    await readPart(source, part.offset, into, [fileSum, partSum])
    return (await partSum.digest())[hash] ?? ''
  } finally {
    partSum.close()
  }
}

const changedSince = (path: string) =>
  new AppError('file.changed', `${path} changed since the first part of it was sent.`, { details: { path } })
