// Composition root 1: the window. Builds what runs behind it, then opens it.
import path from 'node:path'
import { app, BrowserWindow } from 'electron'
import { fileDialogs } from './adapters/electron/file-dialogs.ts'
import { systemNotifier } from './adapters/electron/notifications.ts'
import { systemDesktop } from './adapters/electron/system-desktop.ts'
import { createSystemProxy } from './adapters/electron/system-proxy.ts'
import { takeFerryEnvironment } from './adapters/node/ferry-environment.ts'
import { KeychainSecretStore } from './adapters/node/keychain-secret-store.ts'
import { createLogTail } from './adapters/node/log-tail.ts'
import { nodeMountCheck } from './adapters/node/node-mount-check.ts'
import { createNodeMachineChecks } from './adapters/node/node-machine-checks.ts'
import { createLogFile, createPinoLogger } from './adapters/node/pino-logger.ts'
import { createHttpFileDownload } from './adapters/node/http-file-download.ts'
import { createSignedUpdateFeed } from './adapters/node/signed-update-feed.ts'
import { workerFile } from './adapters/node/worker-file.ts'
import { WorkerWorkspace } from './adapters/node/worker-workspace.ts'
import { compose, openMachine, type Machine } from './compose.ts'
import { BUILT_FEED } from './core/updates/built-feed.ts'
import { Redactor } from './core/redact.ts'
import { createElectronTransport } from './ipc/electron-transport.ts'
import { createPageRouter } from './ipc/page-router.ts'
import type { UpdateFeed } from './ports/update-feed.ts'
import { HandOver } from './services/desktop/hand-over.ts'
import { Jobs } from './services/jobs/jobs.ts'
import { Updates } from './services/updates/updates.ts'
import { registerSchemes, serveApp } from './shell/app-protocol.ts'
import { isAppUrl } from './shell/content-policy.ts'
import { checkHardening } from './shell/hardening-checks.ts'
import { hearOpenRequests, isOnlyInstance, quitInOrder, startArguments } from './shell/lifecycle.ts'
import { HIDDEN_SWITCH } from './shell/login-item.ts'
import { hideOnClose, startManners } from './shell/manners.ts'
import { setApplicationMenu } from './shell/menu.ts'
import { lockDown } from './shell/navigation-lock.ts'
import { bringForward, createMainWindow, loadApp } from './shell/windows.ts'

const built = path.join(import.meta.dirname, '..')

takeFerryEnvironment()
registerSchemes()
const handOver = new HandOver([app.getAppPath()])
let showFerry = () => {}
if (isOnlyInstance(handOver, () => showFerry())) {
  handOver.offerArguments(startArguments(), process.cwd())
  hearOpenRequests(handOver)
  await app.whenReady()
  lockDown()
  await openFerry(app.getPath('userData'))
}

/** Everything that Ferry keeps is below `stateDir`: database, logs, and the local workspace where no other folder was chosen. */
async function openFerry(stateDir: string): Promise<void> {
  const { router, media, clipPictures, services, logger, start, stop } = openServices(stateDir)
  const transport = createElectronTransport(router, isAppUrl)
  const window = () => BrowserWindow.getAllWindows()[0] ?? null
  const open = async (isHidden = false) => {
    const preload = path.join(built, 'preload', 'index.cjs')
    const made = createMainWindow({ preload, dataDir: stateDir, isHidden })
    transport.admit(made.webContents)
    hideOnClose(made, manners.staysInTray)
    await loadApp(made)
  }
  const show = () => {
    const there = window()
    if (there) bringForward(there)
    else void open()
  }
  const manners = startManners({
    settings: services.settings,
    uploads: services.uploads,
    accounts: services.accounts,
    notifier: systemNotifier,
    clock: services.clock,
    logger,
    window,
    show,
    showUploads: () => {
      show()
      router.emit('shell.commanded', { command: 'go-uploads' })
    },
    woke: services.wake,
  })
  handOver.onOffered(() => router.emit('shell.handedOver', {}))
  showFerry = show
  quitInOrder(async () => {
    manners.stop()
    transport.close()
    await stop()
  })
  serveApp(path.join(built, 'renderer'), media, clipPictures)
  setApplicationMenu((command) => router.emit('shell.commanded', { command }))
  app.on('activate', show)
  start()
  await open(process.argv.includes(HIDDEN_SWITCH) && manners.staysInTray())
}

function openServices(stateDir: string) {
  const redactor = new Redactor()
  const log = createLogTail(createLogFile(path.join(stateDir, 'logs', 'ferry.log')))
  const logger = createPinoLogger({ level: 'info', redactor, destination: log })
  const machine = openMachine({ stateDir, logger, redactor, network: { systemProxy: createSystemProxy() } })
  const secrets = new KeychainSecretStore()
  const workspace = new WorkerWorkspace(
    workerFile('workspace-worker', new URL('./workspace/worker.ts', import.meta.url)),
    (reason) => logger.error('the local workspace ended by itself', { reason }),
  )
  const services = compose(machine, {
    secrets,
    workspace,
    workspaceDir: path.join(stateDir, 'workspace'),
    hasPerson: true,
    followPreviews: true,
  })
  const {
    accounts,
    samples,
    session,
    settings,
    uploads,
    plans,
    watchFolders,
    clock,
    library,
    assets,
    collections,
    metadata,
  } = services
  const updates = new Updates({
    feed: openUpdateFeed(machine, stateDir),
    running: { version: app.getVersion(), platform: process.platform, arch: process.arch },
    mayLook: () => settings.get().lookForUpdates,
    reveal: systemDesktop.reveal,
    clock,
    logger,
  })
  const router = createPageRouter({
    accounts,
    samples,
    session,
    settings,
    uploads,
    receipts: services.receipts,
    plans,
    watchFolders,
    library,
    assets,
    collections,
    metadata,
    edits: services.edits,
    access: services.access,
    downloads: services.downloads,
    assetParts: services.assetParts,
    previews: services.previews,
    metadataModel: services.metadataModel,
    updates,
    savedSearches: services.savedSearches,
    jobs: new Jobs({ session, clock, logger }),
    sending: services.sending,
    secrets,
    machine: createNodeMachineChecks({ stateDir, ffmpegPath: () => settings.get().ffmpegPath }),
    redactor,
    mountCheck: nodeMountCheck,
    shellChecks: {
      run: () => checkHardening(BrowserWindow.getAllWindows()[0]?.webContents ?? null),
    },
    log,
    logger,
    shell: {
      desktop: systemDesktop,
      dialogs: fileDialogs,
      files: machine.fileSystem,
      info: {
        version: app.getVersion(),
        platform: process.platform,
        host: process.versions['electron'] ? 'electron' : 'chromium-host',
        dataDir: stateDir,
      },
      handOver,
      webUrlOf: async (id) => assets.webUrlOf(id),
    },
  })
  return {
    router,
    media: services.media,
    clipPictures: services.clipPictures,
    services,
    logger,
    start() {
      services.start()
      library.start()
      updates.start()
      void accounts.restore()
    },
    async stop() {
      updates.stop()
      accounts.stop()
      await Promise.all([services.stop(), library.stop()])
      await workspace.stop()
      await machine.close()
    },
  }
}

/** Only a packed Ferry is replaced by a newer one, and only where its makers built in where to look and what to trust. */
function openUpdateFeed(machine: Machine, stateDir: string): UpdateFeed | null {
  const { url, publicKey } = BUILT_FEED
  if (!url || !publicKey || !app.isPackaged) return null
  const download = createHttpFileDownload(machine.network)
  const folder = path.join(stateDir, 'updates')
  return createSignedUpdateFeed({ network: machine.network, download, folder }, { url, publicKey })
}
