import type { HashName, Hashes } from './hasher.ts'

/** Sums over bytes that somebody else reads, computed off the main thread. */
export interface HashStreams {
  /** Memory that the hashing threads see without a copy. To be reused by its owner; it is never cleared. */
  allocate(sizeBytes: number): Uint8Array<SharedArrayBuffer>
  open(names: readonly HashName[]): HashStream
  /** Sums of bytes so few that handing them to another thread would cost more than hashing them. */
  hashSmall(bytes: Uint8Array, names: readonly HashName[]): Promise<Hashes>
  close(): Promise<void>
}

/** Largest input that `hashSmall` is meant for, in bytes. */
export const SMALL_BYTES = 128 * 1024

/** One running set of sums. Updates are taken in the order they were made. */
export interface HashStream {
  /** Resolves when the bytes were taken in; until then their memory must stay as it is. */
  update(bytes: Uint8Array): Promise<void>
  /** The sums, lower-case hex (crc32c: 8 digits); ends the stream. */
  digest(): Promise<Hashes>
  /** Ends the stream without sums. Does nothing after digest. */
  close(): void
}
