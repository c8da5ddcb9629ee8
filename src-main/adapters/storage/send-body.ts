import type { TransferRequest } from '../../ports/storage-transfer.ts'
import { SMALL_BYTES, type HashStream } from '../../ports/hash-streams.ts'
import type { SourceFile } from './source-file.ts'
import type { StorageBody } from './storage-http.ts'
import type { TransferContext } from './transfer-context.ts'

/** Bytes that are handed on at once: large enough to be cheap. A bandwidth limit makes them fewer. */
const PIECE_BYTES = 512 * 1024
/** Blocks of a streamed body: some being hashed, some on their way, one being read. */
const STREAM_BLOCKS = 8
const STREAM_BLOCK_BYTES = 1024 * 1024

type Throttle = Pick<TransferRequest, 'throttle' | 'signal'>

/** A body of bytes that are in memory. */
export function bodyOfBytes(
  bytes: Uint8Array,
  { throttle, signal }: Throttle,
  onSent: (sentBytes: number) => void,
): StorageBody {
  return {
    sizeBytes: bytes.length,
    stream: async function* (waits) {
      onSent(0)
      for (let at = 0; at < bytes.length;) {
        const granted = await throttle(Math.min(PIECE_BYTES, bytes.length - at), signal, waits)
        yield asBuffer(bytes.subarray(at, at + granted))
        at += granted
        onSent(at)
      }
    },
  }
}

/** Reads a part into memory, feeding the file's sums and the part's own as the bytes come. */
export async function readPart(
  source: SourceFile,
  offset: number,
  into: Uint8Array,
  sums: HashStream[],
): Promise<void> {
  const updates: Promise<void>[] = []
  try {
    for (let at = 0; at < into.length; at += STREAM_BLOCK_BYTES) {
      const block = into.subarray(at, at + STREAM_BLOCK_BYTES)
      await source.read(block, offset + at)
      for (const sum of sums) updates.push(sum.update(block))
    }
  } finally {
    await Promise.allSettled(updates)
  }
  await Promise.all(updates)
}

/**
 * A body that is read while it is sent: a ring of blocks is read ahead, hashed and sent, each block at the same time, and
 * reused when both have let go of it. The HTTP client asks for the next block only when the last has left its memory.
 */
export function bodyOfRange(
  context: TransferContext,
  source: SourceFile,
  range: { offset: number; endOffset: number },
  sum: HashStream,
  { throttle, signal }: Throttle,
  onSent: (sentBytes: number) => void,
): StorageBody {
  return {
    sizeBytes: range.endOffset - range.offset,
    stream: async function* (waits) {
      const ring = Array.from({ length: STREAM_BLOCKS }, () => ({
        bytes: context.hashStreams.allocate(STREAM_BLOCK_BYTES),
        hashed: Promise.resolve(),
      }))
      let readOffset = range.offset
      let next = 0
      const readAhead = async (): Promise<Uint8Array | null> => {
        if (readOffset >= range.endOffset) return null
        const block = ring[next] as (typeof ring)[number]
        next = (next + 1) % STREAM_BLOCKS
        const offset = readOffset
        const bytes = block.bytes.subarray(0, Math.min(STREAM_BLOCK_BYTES, range.endOffset - offset))
        readOffset += bytes.length
        await block.hashed
        await source.read(bytes, offset)
        block.hashed = sum.update(bytes)
        // Looked at when the block is reused or the sums are taken; until then it is not an unhandled rejection.
        block.hashed.catch(() => undefined)
        return bytes
      }
      // Half of the ring is ahead of what is being sent, so that a block on its way is never read into.
      const ahead: Promise<Uint8Array | null>[] = []
      const refill = () => {
        const read = (ahead.at(-1) ?? Promise.resolve()).then(readAhead)
        read.catch(() => undefined)
        ahead.push(read)
      }
      let sent = 0
      onSent(0)
      for (let count = 0; count < STREAM_BLOCKS / 2; count++) refill()
      try {
        for (;;) {
          const bytes = await ahead.shift()
          refill()
          if (!bytes) break
          for (let at = 0; at < bytes.length;) {
            const granted = await throttle(bytes.length - at, signal, waits)
            yield asBuffer(bytes.subarray(at, at + granted))
            at += granted
            sent += granted
            onSent(sent)
          }
        }
      } finally {
        await Promise.allSettled([...ahead, ...ring.map((block) => block.hashed)])
      }
      await Promise.all(ring.map((block) => block.hashed))
    },
  }
}

/** Feeds bytes that the storage has already to the sums, so that these cover the whole file. */
export async function hashRange(
  context: TransferContext,
  source: SourceFile,
  range: { offset: number; endOffset: number },
  sum: HashStream,
  signal: AbortSignal,
): Promise<void> {
  const unlimited: Throttle = { throttle: (bytes) => Promise.resolve(bytes), signal }
  const body = bodyOfRange(context, source, range, sum, unlimited, () => signal.throwIfAborted())
  if (!('stream' in body)) return
  const blocks = body.stream(() => {})[Symbol.asyncIterator]()
  while (!(await blocks.next()).done) signal.throwIfAborted()
}

export const isSmall = (sizeBytes: number) => sizeBytes <= SMALL_BYTES

const asBuffer = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
