import { open, type FileHandle } from 'node:fs/promises'
import { AppError } from '../../core/errors.ts'
import { errorFromSource } from '../../core/network-errors.ts'
import type { HashedFile, Hasher, HashName } from '../../ports/hasher.ts'
import { SMALL_BYTES, type HashStream, type HashStreams } from '../../ports/hash-streams.ts'

const BLOCK_BYTES = 1024 * 1024
/** Blocks that may wait to be hashed while the next one is read. */
const BLOCKS = 3

/** Hashes files: small ones at once, others in the given threads, where reading goes on while earlier bytes are hashed. */
export function createNodeHasher(streams: HashStreams): Hasher {
  async function hashLarge(
    handle: FileHandle,
    names: readonly HashName[],
    onBytes: (bytes: number) => void,
  ): Promise<HashedFile> {
    const stream = streams.open(names)
    try {
      const sizeBytes = await readThrough(handle, stream, streams, onBytes)
      return { hashes: await stream.digest(), sizeBytes }
    } finally {
      stream.close()
    }
  }

  async function hashSmall(
    handle: FileHandle,
    expectedBytes: number,
    names: readonly HashName[],
  ): Promise<HashedFile> {
    // With room for one more byte, which shows that it has grown meanwhile.
    const bytes = new Uint8Array(expectedBytes + 1)
    let sizeBytes = 0
    for (;;) {
      const { bytesRead } = await handle.read(bytes, sizeBytes, bytes.length - sizeBytes, sizeBytes)
      sizeBytes += bytesRead
      if (bytesRead === 0 || sizeBytes === bytes.length) break
    }
    return { hashes: await streams.hashSmall(bytes.subarray(0, sizeBytes), names), sizeBytes }
  }

  return {
    async hashFile(path, names, { signal, onBytes } = {}) {
      const told = (bytes: number) => {
        signal?.throwIfAborted()
        onBytes?.(bytes)
      }
      let handle: FileHandle | undefined
      try {
        handle = await open(path, 'r')
        const opened = handle
        const before = await opened.stat({ bigint: true })
        let hashed: HashedFile
        if (before.size < SMALL_BYTES) {
          hashed = await hashSmall(opened, Number(before.size), names)
          told(hashed.sizeBytes)
        } else hashed = await hashLarge(opened, names, told)
        const after = await opened.stat({ bigint: true })
        if (
          after.size !== before.size ||
          after.mtimeNs !== before.mtimeNs ||
          BigInt(hashed.sizeBytes) !== after.size
        )
          throw new AppError('file.changed', `${path} changed while it was being read.`, {
            details: { path },
          })
        return hashed
      } catch (error) {
        throw signal?.aborted
          ? new AppError('cancelled', 'Cancelled.', { cause: error })
          : errorFromSource(error, path)
      } finally {
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
