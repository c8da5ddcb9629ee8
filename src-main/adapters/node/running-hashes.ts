import { createHash } from 'node:crypto'
import { crc32c } from '@node-rs/crc32'
import { createXXHash128 } from 'hash-wasm'
import type { HashName, Hashes } from '../../ports/hasher.ts'

/** Several sums over the same bytes. */
export interface RunningHashes {
  update(bytes: Uint8Array): void
  /** Lower-case hex; crc32c as 8 digits. */
  digest(): Hashes
}

interface Running {
  update(bytes: Uint8Array): void
  digest(): string
}

export async function createRunningHashes(names: readonly HashName[]): Promise<RunningHashes> {
  const running = await Promise.all(
    [...new Set(names)].map(async (name) => [name, await create(name)] as const),
  )
  return {
    update(bytes) {
      for (const [, hash] of running) hash.update(bytes)
    },
    digest: () => Object.fromEntries(running.map(([name, hash]) => [name, hash.digest()])),
  }
}

/** xxh128 lives in WebAssembly, and compiling it anew for each small file would cost more than hashing it. */
const spareXxh128: Awaited<ReturnType<typeof createXXHash128>>[] = []
const MOST_SPARE = 16

async function create(name: HashName): Promise<Running> {
  switch (name) {
    case 'md5':
    case 'sha1': {
      const hash = createHash(name)
      return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') }
    }
    case 'crc32c': {
      let sum = 0
      return {
        update: (bytes) => {
          sum = crc32c(bytes as Buffer, sum)
        },
        digest: () => sum.toString(16).padStart(8, '0'),
      }
    }
    case 'xxh128': {
      const hash = (spareXxh128.pop() ?? (await createXXHash128())).init()
      return {
        update: (bytes) => void hash.update(bytes),
        digest: () => {
          const hex = hash.digest('hex')
          if (spareXxh128.length < MOST_SPARE) spareXxh128.push(hash)
          return hex
        },
      }
    }
  }
}
