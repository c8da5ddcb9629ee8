import type { Exchange } from '../http/exchange.ts'
import type { Assumptions } from '../assumptions.ts'
import type { Database } from '../store/database.ts'
import type { ByteStore } from './byte-store.ts'
import type { OpenUploads } from './open-uploads.ts'
import type { SignedUrls } from './signed-urls.ts'

/** What the storage side of the workspace shares. It knows nothing of assets, users or tokens, as a real bucket does not. */
export interface StorageSide {
  db: Database
  bytes: ByteStore
  uploads: OpenUploads
  urls: SignedUrls
  assumptions: Assumptions
  /** Base of a server that takes the bytes instead, without a final slash; for benchmarks. */
  sinkUrl: string | undefined
}

/** Where a storage URL points to. */
export interface Target {
  storageId: string
  key: string
}

export type ProviderHandler = (exchange: Exchange, target: Target, side: StorageSide) => Promise<void>

/** Whether the request may still store `sizeBytes`. */
export async function hasRoom(side: StorageSide, sizeBytes: number | undefined): Promise<boolean> {
  return sizeBytes === undefined || sizeBytes <= (await side.bytes.freeBytes())
}

/** Bytes that a short-write fault lets through, or undefined. */
export const shortWriteLimit = (exchange: Exchange): number | undefined =>
  exchange.fault?.action === 'short-write' ? Math.floor((exchange.contentLength ?? 0) / 2) : undefined

/** An ETag, spoiled if a fault says so. */
export const shownSum = (exchange: Exchange, sum: string): string =>
  exchange.fault?.action === 'wrong-etag' ? sum.replace(/^./, (first) => (first === '0' ? '1' : '0')) : sum
