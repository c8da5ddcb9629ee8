import { randomUUID } from 'node:crypto'
import path from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AccountId, StorageId, UploadId } from '@contract/ids.ts'
import { createIconikApi } from '@main/adapters/iconik/iconik-api.ts'
import { createNetwork } from '@main/adapters/node/network.ts'
import { NodeFileSystem } from '@main/adapters/node/node-file-system.ts'
import { createNodeHasher } from '@main/adapters/node/node-hasher.ts'
import { openDatabase } from '@main/adapters/node/sqlite-database.ts'
import { createUploadJournal } from '@main/adapters/node/upload-journal/upload-journal.ts'
import { createWorkerHashStreams } from '@main/adapters/node/worker-hash-streams.ts'
import { createStorageTransfer } from '@main/adapters/storage/storage-transfer.ts'
import { isEnd } from '@main/core/upload/upload-record.ts'
import type { UploadRecord } from '@main/core/upload/upload-record.ts'
import type { Clock } from '@main/ports/clock.ts'
import type { IconikApi } from '@main/ports/iconik-api.ts'
import type { StorageTransfer } from '@main/ports/storage-transfer.ts'
import type { UploadJournal } from '@main/ports/upload-journal.ts'
import { ClipPlanner } from '@main/services/intake/clip-planner.ts'
import { planPaths } from '@main/services/intake/plan-paths.ts'
import { UploadService } from '@main/services/uploads/index.ts'
import { silentLogger } from '../running-workspace.ts'

const KIB = 1024
/** Parts small enough that a file of a megabyte has several; what goes in one request lies between this and what goes in one call. */
const PART_BYTES = 256 * KIB
const PARTS_FROM_BYTES = 1_200_000

export interface StationOptions {
  server: { url: string; appId: string; authToken: string }
  stateDir: string
  clock: Clock
  /** Told of bytes that go to a storage. */
  onSent?: (sourcePath: string, sentBytes: number) => void
  /** Wraps what talks to iconik. */
  wrapApi?: (api: IconikApi) => IconikApi
  parallelUploads?: number
}

/** The uploader on a journal of its own, inside the test's process: with its clock, and with its eyes on every byte. */
export class UploadStation {
  readonly uploads: UploadService
  readonly journal: UploadJournal
  readonly database: DatabaseSync
  /** Reasons for which the queue stood still so far. */
  readonly holds = new Set<string>()
  readonly #planner: ClipPlanner
  readonly #fileSystem = new NodeFileSystem()
  readonly #clock: Clock
  readonly #close: () => Promise<void>

  constructor(options: StationOptions) {
    const { clock, server } = options
    const network = createNetwork({ env: {} })
    const hashStreams = createWorkerHashStreams(1)
    const transfer = createStorageTransfer({
      network,
      hashStreams,
      clock,
      logger: silentLogger,
      partSizeBytes: PART_BYTES,
      partsFromBytes: PARTS_FROM_BYTES,
      stallMs: 3000,
    })
    const plain = createIconikApi({
      url: server.url,
      appId: server.appId,
      authToken: () => server.authToken,
      network,
      clock,
      logger: silentLogger,
      headersTimeoutMs: 5000,
    })
    const api = options.wrapApi?.(plain) ?? plain
    const session = {
      accountId: 'station' as AccountId,
      userId: null,
      api,
      transfer: watched(transfer, options.onSent),
    }
    this.#clock = clock
    this.database = openDatabase(path.join(options.stateDir, 'ferry.db'))
    this.journal = createUploadJournal(this.database)
    this.uploads = new UploadService(
      {
        journal: this.journal,
        clock,
        fileSystem: this.#fileSystem,
        logger: silentLogger,
        probe: null,
        mountOf: () => null,
        sources: null,
        loopDelayMs: null,
        random: Math.random,
      },
      {
        session: () => session,
        accountId: () => session.accountId,
        onRejected: () => this.holds.add('signed-out'),
        pace: () => ({
          parallelUploads: options.parallelUploads ?? 3,
          limitBytesPerSecond: null,
          limitSchedule: [],
        }),
        owner: { ownerId: randomUUID(), pid: process.pid },
        followPreviews: false,
      },
    )
    this.#planner = new ClipPlanner({
      fileSystem: this.#fileSystem,
      hasher: createNodeHasher(hashStreams),
      probe: { probe: () => Promise.resolve(null) } as never,
      clock,
      logger: silentLogger,
      known: this.uploads,
      api: () => api,
    })
    this.#close = async () => {
      await this.uploads.stop()
      await Promise.allSettled([network.close(), hashStreams.close()])
      this.journal.close()
      this.database.close()
    }
    this.uploads.start()
  }

  /** Plans and queues, as a command does. */
  async enqueue(paths: readonly string[], storageId: string | null): Promise<UploadId[]> {
    const { plan } = await planPaths(
      { planner: this.#planner, fileSystem: this.#fileSystem, clock: this.#clock },
      paths,
      { storageId: storageId as StorageId | null },
      { settleMs: 0 },
    )
    const { uploadIds } = await this.uploads.enqueue(plan)
    return uploadIds.filter((id) => id !== null)
  }

  /** Waits until all uploads are over, or the queue stands still until a person does something. */
  async untilSettled(ids: readonly UploadId[], timeoutMs = 120_000): Promise<UploadRecord[]> {
    const giveUpMs = performance.now() + timeoutMs
    for (;;) {
      const { hold } = this.uploads
      if (hold) this.holds.add(hold.reason)
      const records = ids.map((id) => this.journal.get(id)).filter((record) => record !== null)
      const over = records.every(
        (record) => isEnd(record.step) && record.hold !== 'cancelling' && !record.active,
      )
      if (over || hold?.reason === 'signed-out' || hold?.reason === 'store-full') return records
      if (performance.now() > giveUpMs)
        throw new Error(
          `Not settled: ${records.map((record) => `${record.title} ${record.step} ${record.error?.message ?? ''}`).join('; ')}; hold ${hold?.reason ?? 'none'}`,
        )
      await sleep(10)
    }
  }

  /** Until the jobs of finished batches are closed as well. */
  async untilTracksRest(timeoutMs = 60_000): Promise<void> {
    const giveUpMs = performance.now() + timeoutMs
    while (this.uploads.hasOpenTracks(false)) {
      if (performance.now() > giveUpMs) throw new Error('The work beside the uploads does not end.')
      await sleep(10)
    }
  }

  close(): Promise<void> {
    return this.#close()
  }
}

function watched(transfer: StorageTransfer, onSent: StationOptions['onSent']): StorageTransfer {
  if (!onSent) return transfer
  return {
    ...transfer,
    send: (request) =>
      transfer.send({
        ...request,
        onProgress: (sentBytes) => {
          request.onProgress(sentBytes)
          onSent(request.source.path, sentBytes)
        },
      }),
  }
}
