// Ports in, running services out. Both roots and the tests build Ferry with these functions; services are made by hand, in the order
// in which they depend on each other.
import { randomUUID } from 'node:crypto'
import os from 'node:os'
import path from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { AssetId, PlanId, UploadId } from '@contract/ids.ts'
import type { Settings } from '@contract/settings.ts'
import { createIconikApi } from './adapters/iconik/iconik-api.ts'
import { createPasswordLogin } from './adapters/iconik/password-login.ts'
import { CachedMediaSource } from './adapters/media/cached-media-source.ts'
import { DrawnClipPictures } from './adapters/media/drawn-clip-pictures.ts'
import { createDrawnSampleClips } from './adapters/media/drawn-sample-clips.ts'
import { createMediaProbe } from './adapters/media/media-probe.ts'
import { createNetwork } from './adapters/node/network.ts'
import type { NetworkOptions } from './adapters/node/network.ts'
import { ChokidarFileWatcher } from './adapters/node/chokidar-file-watcher.ts'
import { NodeFileSystem } from './adapters/node/node-file-system.ts'
import { createHttpFileDownload } from './adapters/node/http-file-download.ts'
import { DiskThreads } from './adapters/node/disk/disk-threads.ts'
import { createNodeHasher } from './adapters/node/node-hasher.ts'
import { createSqliteAccountStore } from './adapters/node/sqlite-account-store.ts'
import { LibrarySizes } from './adapters/node/library/library-sizes.ts'
import { createWorkerLibraryStores } from './adapters/node/library/worker-library-stores.ts'
import { createNodeStagingFolder } from './adapters/node/node-staging-folder.ts'
import { nodeReceiptFolder } from './adapters/node/node-receipt-folder.ts'
import { ParcelFileWatcher } from './adapters/node/parcel-file-watcher.ts'
import { SizedFileWatcher } from './adapters/node/sized-file-watcher.ts'
import { openDatabase } from './adapters/node/sqlite-database.ts'
import { createSqliteSettingsStore } from './adapters/node/sqlite-settings-store.ts'
import { createUploadJournal } from './adapters/node/upload-journal/upload-journal.ts'
import { SqliteWatchJournal } from './adapters/node/sqlite-watch-journal.ts'
import { systemClock } from './adapters/node/system-clock.ts'
import { watchLoopDelay } from './adapters/node/loop-delay.ts'
import { createWorkerHashStreams } from './adapters/node/worker-hash-streams.ts'
import { createStorageTransfer } from './adapters/storage/storage-transfer.ts'
import { ownedByCommand } from './core/intake/watch-owner.ts'
import type { Redactor } from './core/redact.ts'
import { VERSION } from './core/version.ts'
import type { AccountSession, OpenSession } from './ports/account-session.ts'
import type { ConnectIconik } from './ports/connect-iconik.ts'
import type { PasswordLogin } from './ports/password-login.ts'
import type { HashStreams } from './ports/hash-streams.ts'
import type { Hasher } from './ports/hasher.ts'
import type { LocalWorkspace } from './ports/local-workspace.ts'
import type { Logger } from './ports/logger.ts'
import type { MediaProbe } from './ports/media-probe.ts'
import type { Network } from './ports/network.ts'
import type { SecretStore } from './ports/secret-store.ts'
import type { StorageTransfer } from './ports/storage-transfer.ts'
import type { UploadJournal } from './ports/upload-journal.ts'
import { Access } from './services/access/access.ts'
import { AssetParts } from './services/asset-parts/asset-parts.ts'
import { Previews } from './services/asset-parts/previews.ts'
import { Accounts } from './services/accounts/accounts.ts'
import { Downloads } from './services/downloads/downloads.ts'
import { ClipPlanner } from './services/intake/clip-planner.ts'
import { planPaths } from './services/intake/plan-paths.ts'
import { PlanSessions } from './services/intake/plan-sessions.ts'
import { Assets } from './services/library/assets.ts'
import { Collections } from './services/library/collections.ts'
import { Edits } from './services/library/edits.ts'
import { Library } from './services/library/library.ts'
import { SavedSearches } from './services/library/saved-searches.ts'
import { mirrorAsset } from './services/library/mirror-asset.ts'
import { Metadata } from './services/library/metadata.ts'
import { MetadataModel } from './services/metadata-model/metadata-model.ts'
import { SampleOffer } from './services/samples/sample-offer.ts'
import { Receipts } from './services/receipts/receipts.ts'
import { SendToAccount } from './services/send/send-to-account.ts'
import { StagedSources } from './services/send/staged-sources.ts'
import { SettingsService } from './services/settings/settings.ts'
import { listStorages, storageProblem } from './services/settings/storages.ts'
import { UploadService } from './services/uploads/index.ts'
import type { UploadSession } from './services/uploads/index.ts'
import { WatchFolders } from './services/watch/watch-folders.ts'

/** Adapters of this machine that every host uses. Opened once; closed by `close`. */
export interface Machine {
  stateDir: string
  database: DatabaseSync
  journal: UploadJournal
  fileSystem: NodeFileSystem
  hashStreams: HashStreams
  hasher: Hasher
  network: Network
  probe: MediaProbe
  logger: Logger
  connect: ConnectIconik
  passwordLogin: PasswordLogin
  transfer: StorageTransfer
  close(): Promise<void>
}

/** The one database of a state folder: accounts, settings, uploads, watch folders and the mirror of assets. */
export function databaseFile(stateDir: string): string {
  return path.join(stateDir, 'ferry.db')
}

export function openMachine(options: {
  stateDir: string
  logger: Logger
  redactor: Redactor
  network?: NetworkOptions
  /** Requests that carry bytes, to one storage host at once; without it the number is found. */
  partsAtOnce?: number | undefined
}): Machine {
  const { stateDir, logger, redactor, partsAtOnce } = options
  const database = openDatabase(databaseFile(stateDir))
  const network = createNetwork(options.network)
  const hashStreams = createWorkerHashStreams()
  const diskThreads = new DiskThreads()
  const journal = createUploadJournal(database)
  return {
    stateDir,
    database,
    journal,
    fileSystem: new NodeFileSystem(diskThreads),
    hashStreams,
    hasher: createNodeHasher(hashStreams, diskThreads),
    network,
    probe: createMediaProbe({ ffprobePath: () => null, logger }),
    logger,
    connect: ({ url, appId, authToken }) => {
      redactor.know(authToken())
      return createIconikApi({ url, appId, authToken, network, clock: systemClock, logger })
    },
    passwordLogin: createPasswordLogin({ network, know: (secret) => redactor.know(secret) }),
    transfer: createStorageTransfer({ network, hashStreams, clock: systemClock, logger, partsAtOnce }),
    async close() {
      journal.close()
      await Promise.allSettled([network.close(), hashStreams.close(), diskThreads.close()])
      database.close()
    },
  }
}

/** What tells hosts apart. */
export interface Host {
  secrets: SecretStore
  workspace: LocalWorkspace
  /** Folder of the local workspace where the person chose none. */
  workspaceDir: string
  /** Uploads of this account instead of the one that is signed in: the command line's own credentials. */
  session?: OpenSession
  /** Set by options of a command for its run; not saved. */
  overrides?: Partial<Settings>
  /** A person clicks while work goes on, and comes first. */
  hasPerson?: true
  /** Whether jobs of previews are followed to their end. */
  followPreviews: boolean
}

export type Services = ReturnType<typeof compose>

/** Makes the services; nothing runs before `start`. */
export function compose(machine: Machine, host: Host) {
  const { database, journal, fileSystem, hasher, probe, logger } = machine
  const clock = systemClock
  const libraryFolder = path.join(machine.stateDir, 'library')
  const settings = new SettingsService(createSqliteSettingsStore(database), logger)
  const accounts = new Accounts({
    store: createSqliteAccountStore(database),
    secrets: host.secrets,
    connect: machine.connect,
    passwordLogin: machine.passwordLogin,
    workspace: host.workspace,
    fileSystem,
    logger,
    clock,
    defaultDataDir: host.workspaceDir,
  })
  const session = host.session ? fixedSession(host.session) : accounts.session
  const mounts = () => ({ ...settings.get().storageMounts, ...host.overrides?.storageMounts })
  const staging = createNodeStagingFolder(path.join(machine.stateDir, 'send'))
  const download = createHttpFileDownload(machine.network)
  const staged = new StagedSources({
    open: (id) => accounts.openBeside(id),
    folder: staging,
    download,
    journal,
  })
  const uploadSession = uploadSessions(session, machine.transfer)
  const uploads = new UploadService(
    {
      journal,
      clock,
      fileSystem,
      logger,
      probe,
      mountOf: (storageId) => mounts()[storageId] ?? null,
      sources: staged,
      loopDelayMs: host.hasPerson ? watchLoopDelay() : null,
      random: Math.random,
    },
    {
      session: uploadSession,
      accountId: () => session.accountId(),
      onRejected: (refused) => {
        const current = session.current()
        if (current && uploadSession() === refused) session.rejected(current)
      },
      pace: () => ({ ...settings.get(), ...host.overrides }),
      owner: { ownerId: randomUUID(), pid: process.pid },
      followPreviews: host.followPreviews,
    },
  )
  const watchJournal = new SqliteWatchJournal(database)
  const receipts = new Receipts({
    journal,
    folder: nodeReceiptFolder,
    clock,
    ignoredIn: (id) => watchJournal.folders().find((folder) => folder.id === id)?.rules.ignore ?? [],
    hostName: os.hostname(),
    toolVersion: VERSION,
  })
  const librarySizes = new LibrarySizes(libraryFolder)
  const planner = new ClipPlanner({
    fileSystem,
    hasher,
    probe,
    clock,
    logger,
    known: uploads,
    api: () => session.current()?.api ?? null,
    storageProblem: async (id, signal) =>
      session.current() === null ? null : storageProblem(session, mounts(), id, signal),
    libraryHasSize: (sizeBytes) => librarySizes.has(session.accountId(), sizeBytes),
  })
  const watchPorts = {
    fileSystem,
    watcher: new SizedFileWatcher(new ChokidarFileWatcher(), new ParcelFileWatcher()),
    journal: watchJournal,
    planner,
    intake: uploads,
    clock,
    logger,
    api: () => session.current()?.api ?? null,
  }
  const watchFolders = new WatchFolders(watchPorts, session.accountId)
  let watchedAccount: string | null = null
  const plans = new PlanSessions({
    planner,
    intake: uploads,
    fileSystem,
    clock,
    logger,
    accountId: session.accountId,
  })
  const library = new Library({
    stores: createWorkerLibraryStores(libraryFolder),
    accounts: session,
    clock,
    logger,
  })
  const media = new CachedMediaSource({
    session,
    network: machine.network,
    folder: path.join(machine.stateDir, 'media'),
    limitBytes: () => settings.get().mediaCacheBytes,
  })
  accounts.onForgotten(async (id) => {
    await Promise.all([library.forget(id), media.forget(id)])
  })
  settings.onChange(() => void media.evict())
  const clipPictures = new DrawnClipPictures((clipId) => {
    const [id, inPlan] = clipId.split('_')
    if (inPlan !== undefined) return plans.fileOf(id as PlanId, inPlan)
    return uploads.upload(id as UploadId)?.path ?? null
  })
  uploads.onOutcome(({ assetId, uploadId }) => {
    if (assetId !== null) library.noticed([assetId])
    staged
      .release(uploadId)
      .catch((error: unknown) => logger.warn('what was fetched could not be removed', { error }))
  })
  const samples = new SampleOffer({
    samples: createDrawnSampleClips(() => settings.get().ffmpegPath),
    plan: async (paths, collectionPath) =>
      (await planPaths({ planner, fileSystem, clock }, paths, { collectionPath }, { settleMs: 0 })).plan,
    intake: uploads,
    session,
    logger,
  })
  const downloads = new Downloads({
    session,
    download,
    clock,
    logger,
  })
  const noticed = (ids: AssetId[]) => library.noticed(ids)
  const sendFrom = (source: AccountSession, openBeside: Accounts['openBeside']) =>
    new SendToAccount({
      session: source,
      openBeside,
      storagesOf: (target, signal) => listStorages(fixedSession(target), mounts(), signal),
      journal,
      folder: staging,
      clock,
    })
  return {
    clock,
    settings,
    samples,
    library,
    media,
    clipPictures,
    assets: new Assets(library, uploads),
    collections: new Collections(library),
    metadata: new Metadata(library),
    savedSearches: new SavedSearches(library),
    edits: new Edits(library),
    access: new Access(session),
    downloads,
    sending: sendFrom(accounts.session, (id, signal) => accounts.openBeside(id, signal)),
    /** To the account of this run, whatever is open in the app. */
    sendFrom: (source: OpenSession) => sendFrom(fixedSession(source), async () => session.require()),
    assetParts: new AssetParts({ session, rowOf: (document) => mirrorAsset(document).row, noticed }),
    previews: new Previews({ session, fileSystem, transfer: machine.transfer, noticed }),
    metadataModel: new MetadataModel(session, () => library.metadataChanged(null)),
    accounts,
    session,
    uploads,
    receipts,
    planner,
    plans,
    watchFolders,
    /** Watch folders of a command: the app that shares the state folder does not take them for its own. */
    commandWatchFolders: () =>
      new WatchFolders(watchPorts, () => {
        const accountId = session.accountId()
        return accountId === null ? null : ownedByCommand(accountId)
      }),
    start() {
      staged
        .sweep()
        .catch((error: unknown) => logger.warn('left-overs of a sending could not be removed', { error }))
      uploads.start()
      const watchAccount = () => {
        const accountId = session.accountId()
        if (accountId === watchedAccount) return
        watchedAccount = accountId
        watchFolders.start().catch((error: unknown) => {
          logger.error('watch folders could not be started', { reason: String(error) })
        })
      }
      session.onChange(watchAccount)
      watchAccount()
    },
    /** After the machine slept: connections are dead, and what folders hold may have changed unseen. */
    wake() {
      uploads.wake()
      for (const { id } of watchFolders.list()) watchFolders.rescan(id)
    },
    async stop() {
      plans.close()
      downloads.stop()
      await watchFolders.stop()
      await uploads.stop()
      librarySizes.close()
    },
  }
}

/** An account that stays the same for as long as the process lives; a refused token is for the caller to notice. */
function fixedSession(session: OpenSession): AccountSession {
  return {
    current: () => session,
    accountId: () => session.accountId,
    require: () => session,
    onChange: () => () => undefined,
    rejected: () => undefined,
  }
}

/** The same object for the same session, since the queue begins anew with another one. */
function uploadSessions(session: AccountSession, transfer: StorageTransfer): () => UploadSession | null {
  const made = new WeakMap<OpenSession, UploadSession>()
  return () => {
    const current = session.current()
    if (!current) return null
    let upload = made.get(current)
    if (!upload) {
      const { accountId, userId, api } = current
      made.set(current, (upload = { accountId, userId, api, transfer }))
    }
    return upload
  }
}
