import type { Clock } from '../../ports/clock.ts'
import type { HashStreams } from '../../ports/hash-streams.ts'
import type { Logger } from '../../ports/logger.ts'
import type { TransferRequest } from '../../ports/storage-transfer.ts'
import type { HostParallelism } from './host-parallelism.ts'
import type { PartMemory } from './part-memory.ts'
import type { StorageHttp } from './storage-http.ts'

/** What all transfers share. */
export interface TransferContext {
  http: StorageHttp
  hashStreams: HashStreams
  memory: PartMemory
  hosts: HostParallelism
  clock: Clock
  logger: Logger
  /** Size of parts; null to choose it by the file's size. */
  partSizeBytes: number | null
  /** Files from this size on are sent in parts where the storage can take parts. */
  partsFromBytes: number
}

/** Bytes on their way and confirmed, over all parts of one file; tells the sum. */
export class TransferProgress {
  readonly #report: (sentBytes: number) => void
  readonly #inFlight = new Map<number, number>()
  #confirmedBytes = 0

  constructor({ onProgress }: TransferRequest) {
    this.#report = onProgress
  }

  /** `sentBytes` of a part went out; fewer than before when it is sent again. */
  moved(part: number, sentBytes: number): void {
    this.#inFlight.set(part, sentBytes)
    this.#tell()
  }

  confirmed(part: number, sizeBytes: number): void {
    this.#inFlight.delete(part)
    this.#confirmedBytes += sizeBytes
    this.#tell()
  }

  startAgain(): void {
    this.#inFlight.clear()
    this.#confirmedBytes = 0
    this.#tell()
  }

  #tell(): void {
    let sum = this.#confirmedBytes
    for (const bytes of this.#inFlight.values()) sum += bytes
    this.#report(sum)
  }
}
