import { randomUUID } from 'node:crypto'
import { lstat } from 'node:fs/promises'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import type { UploadId } from '@contract/ids.ts'
import { NodeFileSystem } from '@main/adapters/node/node-file-system.ts'
import { openDatabase } from '@main/adapters/node/sqlite-database.ts'
import { createUploadJournal } from '@main/adapters/node/upload-journal/upload-journal.ts'
import { systemClock } from '@main/adapters/node/system-clock.ts'
import { createWorkerHashStreams } from '@main/adapters/node/worker-hash-streams.ts'
import { createStorageTransfer } from '@main/adapters/storage/storage-transfer.ts'
import { databaseFile } from '@main/compose.ts'
import type { ClipTarget, PlannedClip } from '@main/core/clip.ts'
import type { UploadRecord } from '@main/core/upload/upload-record.ts'
import type { Clock } from '@main/ports/clock.ts'
import type { UploadJournal } from '@main/ports/upload-journal.ts'
import { UploadService } from '@main/services/uploads/index.ts'
import type { PaceSettings, UploadSession } from '@main/services/uploads/session.ts'
import { writeRandomFile } from './ferry-command.ts'
import { runWorkspace, silentLogger, type RunningWorkspace } from './running-workspace.ts'
import { tempFolder } from './temp-folder.ts'

export interface UploadWorld {
  server: RunningWorkspace
  service: UploadService
  journal: UploadJournal
  source: string
  stateDir: string
  pace: PaceSettings
  /** Folders of FILE storages, by id. */
  mounts: Record<string, string>
  /** How often the service said that the token was refused. */
  rejected: () => number
  /** Takes the person's sign-in away, or gives another. */
  signIn: (isIn: boolean) => void
  /** Makes a file and plans it. */
  planned: (name: string, sizeBytes: number, target?: Partial<ClipTarget>) => Promise<PlannedClip>
  /** Hands clips over as one batch. */
  queue: (...clips: PlannedClip[]) => Promise<UploadId[]>
  get: (id: UploadId) => UploadRecord
}

/** The uploader of one process on a state folder and a workspace of its own; ends with the running test. */
export async function uploadWorld(
  options: Parameters<typeof runWorkspace>[0] = {},
  pace: Partial<PaceSettings> = {},
  clock: Clock = systemClock,
): Promise<UploadWorld> {
  const server = await runWorkspace(options)
  const [source, stateDir] = [await tempFolder(), await tempFolder()]
  const hashStreams = createWorkerHashStreams()
  const database = openDatabase(databaseFile(stateDir))
  const journal = createUploadJournal(database)
  const { systemDomainId, id: userId } = await server.api.auth.currentUser()
  const transfer = createStorageTransfer({
    network: server.network,
    hashStreams,
    clock,
    logger: silentLogger,
  })
  const newSession = (): UploadSession => ({ accountId: systemDomainId, userId, api: server.api, transfer })
  let session: UploadSession | null = newSession()
  let rejections = 0
  const mounts: Record<string, string> = {}
  const settings = { parallelUploads: 4, limitBytesPerSecond: null, limitSchedule: [], ...pace }
  const service = new UploadService(
    {
      journal,
      clock,
      fileSystem: new NodeFileSystem(),
      logger: silentLogger,
      probe: null,
      mountOf: (storageId) => mounts[storageId] ?? null,
      sources: null,
      loopDelayMs: null,
      random: Math.random,
    },
    {
      session: () => session,
      accountId: () => systemDomainId,
      onRejected: () => rejections++,
      pace: () => settings,
      owner: { ownerId: randomUUID(), pid: process.pid },
      followPreviews: true,
    },
  )
  onTestFinished(async () => {
    await service.stop()
    await hashStreams.close()
    journal.close()
    database.close()
  })
  service.start()
  return {
    server,
    service,
    journal,
    source,
    stateDir,
    pace: settings,
    mounts,
    rejected: () => rejections,
    signIn: (isIn) => void (session = isIn ? newSession() : null),
    async planned(name, sizeBytes, target = {}) {
      const file = path.join(source, name)
      writeRandomFile(file, sizeBytes)
      const { mtimeMs, dev, ino } = await lstat(file, { bigint: false })
      return {
        clip: {
          kind: 'file',
          title: name,
          rootPath: source,
          directory: '',
          files: [
            { path: file, relativePath: name, role: 'essence', sizeBytes, mtimeMs, inode: `${dev}:${ino}` },
          ],
          metadataSidecars: [],
        },
        target: {
          collectionId: null,
          collectionPath: [],
          storageId: null,
          access: 'default',
          viewId: null,
          metadata: {},
          ...target,
        },
        decision: { do: 'upload' },
      }
    },
    async queue(...clips) {
      const plan = {
        title: 'Test',
        source: 'drop' as const,
        watchFolderId: null,
        after: { do: 'leave' as const },
        clips,
      }
      return (await service.enqueue(plan)).uploadIds.filter((id) => id !== null)
    },
    get(id) {
      const upload = journal.get(id)
      if (!upload) throw new Error(`there is no upload ${id}`)
      return upload
    },
  }
}
