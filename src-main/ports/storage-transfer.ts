import type { HashName, Hashes } from './hasher.ts'

export type StorageMethod = 'S3' | 'GCS' | 'AZURE' | 'B2' | 'FILE'

/** What iconik's answer to "create file" says about where the bytes go. */
export interface UploadTicket {
  fileId: string
  assetId: string
  method: string
  uploadUrl: string | null
  uploadMethod: string | null
  multipartUploadUrl: string | null
  uploadFilename: string | null
  credentials: Record<string, string>
  /** FILE storages only: absolute path of the file in a folder mounted on this machine, when one is set for the storage. */
  mountPath?: string | null
}

/** Calls of iconik that a transfer needs on its way; each asks for fresh URLs. */
export interface TransferBroker {
  /** A new ticket for the same file (signed URLs expire). */
  refreshTicket(signal: AbortSignal): Promise<UploadTicket>
  /** Signed URLs for parts of an S3 multipart upload; part numbers are 1-based. */
  s3PartUrls(
    request: {
      uploadId: string
      partNumbers: number[]
      partCount: number
      md5Base64?: Record<number, string>
    },
    signal: AbortSignal,
  ): Promise<Map<number, string>>
  /** @param partCount pages the list of parts, where given */
  s3CompleteUrls(
    uploadId: string,
    signal: AbortSignal,
    partCount?: number,
  ): Promise<{ completeUrl: string; abortUrl: string | null; listPartsUrls: string[] }>
  s3Cleanup(uploadId: string, signal: AbortSignal): Promise<void>
  b2Start(
    signal: AbortSignal,
    uploadFileId?: string,
  ): Promise<{ uploadFileId: string; uploadUrl: string; authorizationToken: string }>
  b2Finish(uploadFileId: string, sha1List: string[], signal: AbortSignal): Promise<void>
  b2Cancel(uploadFileId: string, signal: AbortSignal): Promise<void>
  /** A signed URL to read the stored bytes back; null when iconik gives none (yet). */
  readUrl(signal: AbortSignal): Promise<string | null>
}

/** Opaque to everyone but the storage's own adapter, which parses it when a transfer is resumed. Plain JSON. */
export type TransferCheckpoint = { method: StorageMethod } & Record<string, unknown>

export interface TransferRequest {
  source: { path: string; sizeBytes: number; mtimeMs: number; inode: string; contentType: string }
  ticket: UploadTicket
  broker: TransferBroker
  /** Where an earlier try got to; null at the first. */
  checkpoint: TransferCheckpoint | null
  /** Sums wanted besides those that the storage's proof needs; xxh128 is always among them. */
  hashes: HashName[]
  /** Resolves when the checkpoint is durable; a part counts as sent only then. */
  saveCheckpoint(checkpoint: TransferCheckpoint): Promise<void>
  /** Bytes that the storage has confirmed or that are on their way; may go back when a part is sent again. */
  onProgress(sentBytes: number): void
  /** Called every few seconds in which others are sent before this one: nothing of it moves, and nothing is wrong. */
  onWait?(): void
  /**
   * Waits until some of `bytes` may be sent (bandwidth limit).
   * @param waits called at the begin of a wait and every few seconds of it: nothing moves, and nothing is wrong
   * @returns how many may be sent now, one at least; at once all of them without a limit
   */
  throttle(bytes: number, signal: AbortSignal, waits: () => void): Promise<number>
  signal: AbortSignal
}

/** The storage's own evidence that it holds these bytes. */
export interface TransferProof {
  proven: boolean
  /** For people: "291 parts, size and MD5 agree". When not proven, why. */
  evidence: string
  sizeBytes: number
  hashes: Hashes
}

/**
 * Brings the bytes of one file to one storage, resuming from a checkpoint.
 * @throws AppError storage.* network.* file.changed file.missing file.unreadable cancelled
 */
export interface StorageTransfer {
  send(request: TransferRequest): Promise<TransferProof>
  /**
   * Reads a small file whole.
   * @returns its bytes, with xxh128 and the sums by which a storage of this method proves what it holds
   */
  readSmall(
    source: TransferRequest['source'],
    method: string,
    signal: AbortSignal,
  ): Promise<{ bytes: Uint8Array; hashes: Hashes }>
  /**
   * What the storage itself says about a stored file, by a ranged GET of one byte; where that tells too little the file is read back.
   * @throws AppError storage.mismatch when it holds other bytes
   */
  proveStored(
    stored: {
      url: string
      /** A new address when that one has expired; null when iconik gives none. */
      renewUrl: (signal: AbortSignal) => Promise<string | null>
      sizeBytes: number
      hashes: Hashes
    },
    signal: AbortSignal,
  ): Promise<TransferProof>
  /** Removes what an unfinished transfer left on the storage; resolves when nothing is left or nothing can be done. */
  abandon(
    ticket: UploadTicket,
    checkpoint: TransferCheckpoint,
    broker: TransferBroker,
    signal: AbortSignal,
  ): Promise<void>
}
