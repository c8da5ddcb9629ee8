import { open, type FileHandle } from 'node:fs/promises'
import { AppError } from '../../core/errors.ts'
import { errorFromSource } from '../../core/network-errors.ts'
import type { Hasher } from '../../ports/hasher.ts'
import type { HashStream, HashStreams } from '../../ports/hash-streams.ts'

const BLOCK_BYTES = 1024 * 1024
/** Blocks that may wait to be hashed while the next one is read. */
const BLOCKS = 3

/** Hashes files in the given threads; reading goes on while earlier bytes are hashed. */
export function createNodeHasher(streams: HashStreams): Hasher {
  return {
    async hashFile(path, names, { signal, onBytes } = {}) {
      let handle: FileHandle | undefined
      let stream: HashStream | undefined
      try {
        handle = await open(path, 'r')
        const before = await handle.stat({ bigint: true })
        stream = streams.open(names)
        const sizeBytes = await readThrough(handle, stream, streams, (bytes) => {
          signal?.throwIfAborted()
          onBytes?.(bytes)
        })
        const after = await handle.stat({ bigint: true })
        if (
          after.size !== before.size ||
          after.mtimeNs !== before.mtimeNs ||
          BigInt(sizeBytes) !== after.size
        )
          throw new AppError('file.changed', `${path} changed while it was being read.`, {
            details: { path },
          })
        return { hashes: await stream.digest(), sizeBytes }
      } catch (error) {
        throw signal?.aborted
          ? new AppError('cancelled', 'Cancelled.', { cause: error })
          : errorFromSource(error, path)
      } finally {
        stream?.close()
        await handle?.close()
      }
    },
  }
}

async function readThrough(
  handle: FileHandle,
  stream: HashStream,
  streams: HashStreams,
  onBytes: (bytes: number) => void,
): Promise<number> {
  const blocks = Array.from({ length: BLOCKS }, () => ({
    bytes: streams.allocate(BLOCK_BYTES),
    free: Promise.resolve(),
  }))
  let total = 0
  try {
    for (let at = 0; ; at = (at + 1) % BLOCKS) {
      const block = blocks[at] as (typeof blocks)[number]
      await block.free
      const { bytesRead } = await handle.read(block.bytes, 0, BLOCK_BYTES, total)
      if (bytesRead === 0) break
      total += bytesRead
      onBytes(bytesRead)
      block.free = stream.update(block.bytes.subarray(0, bytesRead))
    }
  } finally {
    await Promise.allSettled(blocks.map((block) => block.free))
  }
  await Promise.all(blocks.map((block) => block.free))
  return total
}
