import { open, type FileHandle } from 'node:fs/promises'
import { AppError } from '../../core/errors.ts'
import { errorFromSource } from '../../core/network-errors.ts'
import type { HashedFile, Hasher, HashName } from '../../ports/hasher.ts'
import type { HashStream, HashStreams } from '../../ports/hash-streams.ts'
import type { FileToHash, SmallHash } from './disk/disk-messages.ts'
import { DiskThreads } from './disk/disk-threads.ts'

const BLOCK_BYTES = 1024 * 1024
/** Blocks that may wait to be hashed while the next one is read. */
const BLOCKS = 3

/**
 * Hashes files: small ones on a disk thread that reads them too, others in the hashing threads, where reading goes on while earlier bytes
 * are hashed.
 */
export function createNodeHasher(streams: HashStreams, threads = new DiskThreads()): Hasher {
  const smallFiles = new SmallFiles(threads)

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

  return {
    async hashFile(path, names, { signal, onBytes } = {}) {
      const told = (bytes: number) => {
        signal?.throwIfAborted()
        onBytes?.(bytes)
      }
      let handle: FileHandle | undefined
      try {
        signal?.throwIfAborted()
        const small = await smallFiles.hash(path, names)
        if (small !== null) {
          told(small.sizeBytes)
          return small
        }
        handle = await open(path, 'r')
        const opened = handle
        const before = await opened.stat({ bigint: true })
        const hashed = await hashLarge(opened, names, told)
        const after = await opened.stat({ bigint: true })
        if (
          after.size !== before.size ||
          after.mtimeNs !== before.mtimeNs ||
          BigInt(hashed.sizeBytes) !== after.size
        )
          throw changedWhileRead(path)
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

/** Small files that are to be hashed at the same time go to a disk thread together. */
class SmallFiles {
  readonly #threads: DiskThreads
  #waiting: (FileToHash & { resolve: (hash: SmallHash) => void; reject: (error: unknown) => void })[] = []

  constructor(threads: DiskThreads) {
    this.#threads = threads
  }

  /** null for a file that is not small. @throws AppError file.changed, or what Node says of a file that cannot be read */
  async hash(path: string, names: readonly HashName[]): Promise<HashedFile | null> {
    const hash = await new Promise<SmallHash>((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => void this.#flush())
      this.#waiting.push({ path, names, resolve, reject })
    })
    if (hash === 'large') return null
    if ('failure' in hash) throw Object.assign(new Error(hash.failure.message), { code: hash.failure.code })
    if (hash.isChanged) throw changedWhileRead(path)
    return { hashes: hash.hashes, sizeBytes: hash.sizeBytes }
  }

  async #flush(): Promise<void> {
    const files = this.#waiting.splice(0)
    try {
      const hashes = await this.#threads.use((thread) =>
        thread.hash(files.map(({ path, names }) => ({ path, names }))),
      )
      for (const [at, { resolve }] of files.entries()) resolve(hashes[at] as SmallHash)
    } catch (error) {
      for (const { reject } of files) reject(error)
    }
  }
}

const changedWhileRead = (path: string) =>
  new AppError('file.changed', `${path} changed while it was being read.`, { details: { path } })

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
