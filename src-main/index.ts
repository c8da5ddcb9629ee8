// Composition root 1: the window. Builds what runs behind it, then opens it.
import path from 'node:path'
import { PROTOCOL_VERSION, type Reply } from '@contract/envelope.ts'
import { app, BrowserWindow } from 'electron'
import { takeFerryEnvironment } from './adapters/node/ferry-environment.ts'
import { createElectronTransport, type FrameRouter } from './ipc/electron-transport.ts'
import type { MediaSource } from './ports/media-source.ts'
import { registerSchemes, serveApp } from './shell/app-protocol.ts'
import { isAppUrl } from './shell/content-policy.ts'
import { isOnlyInstance, quitInOrder } from './shell/lifecycle.ts'
import { setApplicationMenu } from './shell/menu.ts'
import { lockDown } from './shell/navigation-lock.ts'
import { createMainWindow, loadApp } from './shell/windows.ts'

const built = path.join(import.meta.dirname, '..')

takeFerryEnvironment()
registerSchemes()

if (isOnlyInstance()) {
  await app.whenReady()
  lockDown()
  const services = composeServices()
  const transport = createElectronTransport(services.router, isAppUrl)
  quitInOrder(async () => {
    transport.close()
    await services.stop()
  })
  serveApp(path.join(built, 'renderer'), services.media)
  setApplicationMenu(services.command)

  const open = async () => {
    const preload = path.join(built, 'preload', 'index.cjs')
    const window = createMainWindow({ preload, dataDir: app.getPath('userData') })
    transport.admit(window.webContents)
    await loadApp(window)
  }
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) void open()
  })
  await open()
}

// TODO: ends when compose.ts lands, which joins the services behind the same three parts.
function composeServices() {
  const unknown: Reply = {
    ok: false,
    error: {
      code: 'contract.unknown-method',
      message: 'Not there yet.',
      retry: { when: 'never' },
      details: {},
    },
  }
  let emit: Parameters<FrameRouter['onEvent']>[0] = () => {}
  const router: FrameRouter = {
    handle: async () => unknown,
    onEvent: (listener) => {
      emit = listener
      return () => {}
    },
    forget: () => {},
  }
  const media: MediaSource = { open: async () => ({ status: 404, headers: {}, body: null }) }
  const command = (name: string) =>
    emit({ kind: 'event', v: PROTOCOL_VERSION, name: 'shell.commanded', payload: { command: name } })
  return { router, media, command, stop: async () => {} }
}
