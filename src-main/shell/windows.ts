import path from 'node:path'
import { BrowserWindow, nativeTheme, screen } from 'electron'
import { START_URL } from './content-policy.ts'
import { MIN_SIZE, placeWindow, readWindowState, writeWindowState } from './window-state.ts'

const WINDOW_GROUND = { dark: '#1a1b1e', light: '#f4f4f5' } as const
const SAVE_DELAY_MS = 500

export interface MainWindowOptions {
  /** Absolute path of the built preload script. */
  preload: string
  /** Folder in which the window's place is remembered. */
  dataDir: string
  /** Stays out of sight until it is asked for, as after a start at login. */
  isHidden?: boolean
}

/** Creates the window of the app, hidden until its first frame is painted. */
export function createMainWindow({ preload, dataDir, isHidden = false }: MainWindowOptions): BrowserWindow {
  const stateFile = path.join(dataDir, 'window-state.json')
  const screens = screen.getAllDisplays().map((display) => display.workArea)
  const { bounds, isMaximized } = placeWindow(readWindowState(stateFile), screens)
  const window = new BrowserWindow({
    ...bounds,
    minWidth: MIN_SIZE.width,
    minHeight: MIN_SIZE.height,
    show: false,
    title: 'Ferry',
    backgroundColor: WINDOW_GROUND[nativeTheme.shouldUseDarkColors ? 'dark' : 'light'],
    autoHideMenuBar: true,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
      navigateOnDragDrop: false,
    },
  })
  if (isMaximized && !isHidden) window.maximize()
  if (!isHidden) window.once('ready-to-show', () => window.show())
  rememberPlace(window, stateFile)
  return window
}

/** Before the person, wherever it was. */
export function bringForward(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}

export async function loadApp(window: BrowserWindow): Promise<void> {
  await window.loadURL(START_URL)
}

function rememberPlace(window: BrowserWindow, stateFile: string): void {
  let timer: NodeJS.Timeout | undefined
  const save = () => {
    clearTimeout(timer)
    if (window.isDestroyed()) return
    writeWindowState(stateFile, { bounds: window.getNormalBounds(), isMaximized: window.isMaximized() })
  }
  const saveSoon = () => {
    clearTimeout(timer)
    timer = setTimeout(save, SAVE_DELAY_MS)
  }
  window.on('resize', saveSoon)
  window.on('move', saveSoon)
  window.on('maximize', saveSoon)
  window.on('unmaximize', saveSoon)
  window.on('close', save)
  window.on('closed', () => clearTimeout(timer))
}
