import type { UploadId } from '@contract/ids.ts'
import type { UploadFileRecord } from '../../core/upload/upload-record.ts'
import type { Hashes } from '../../ports/hasher.ts'
import type { ProbedMedia } from '../../ports/media-probe.ts'
import type { TransferRequest } from '../../ports/storage-transfer.ts'
import type { CollectionTree } from './collection-tree.ts'
import type { ProgressBook } from './progress-book.ts'
import type { UploadDependencies, UploadSession } from './session.ts'
import type { StorageChoice } from './storage-choice.ts'

/** A small source as it was read, with its row. */
export interface SourceRead {
  file: UploadFileRecord
  bytes: Uint8Array
  hashes: Hashes
}

/** What one upload works with while it runs. */
export interface UploadContext extends UploadDependencies {
  id: UploadId
  session: UploadSession
  storages: StorageChoice
  collections: CollectionTree
  progress: ProgressBook
  throttle: TransferRequest['throttle']
  signal: AbortSignal
  /** The small source, once it was read, and looked at again afterwards, in this very run. */
  read?: SourceRead
  /** What a probe of the clip said, once it was asked in this run. */
  probed?: Promise<ProbedMedia | undefined>
}
