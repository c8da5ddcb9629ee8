// `app` of Electron: its life from ready to quit, its folders, and the signals that end it.
import { EventEmitter } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { closeBrowser } from './browser.mjs'
import { recorder } from './control.mjs'
import { preventableEvent } from './event.mjs'
import { appPackage, options } from './options.mjs'
import { markReady } from './session.mjs'
import { openWindows } from './windows.mjs'

const home = os.homedir()

class App extends EventEmitter {
  isPackaged = false
  name = appPackage.productName ?? appPackage.name
  commandLine = {
    appendSwitch: recorder('app.commandLine.appendSwitch'),
    hasSwitch: (name) => process.argv.includes(`--${name}`),
    getSwitchValue: (name) =>
      process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3) ?? '',
  }
  dock = undefined
  #folders = new Map()
  #isReady = false
  #stage = 'running'
  #whenReady = new Promise((resolve) =>
    setImmediate(() => {
      this.emit('will-finish-launching')
      this.#isReady = true
      markReady()
      this.emit('ready', preventableEvent(), {})
      resolve()
    }),
  )

  whenReady = () => this.#whenReady
  isReady = () => this.#isReady
  getName = () => this.name
  setName(name) {
    this.name = name
  }
  getVersion = () => appPackage.version
  getAppPath = () => options.root
  getLocale = () => options.locale
  getSystemLocale = () => options.locale
  getPreferredSystemLanguages = () => [options.locale]
  getAppMetrics = () => [{ pid: process.pid, type: 'Browser' }]
  requestSingleInstanceLock = () => true
  hasSingleInstanceLock = () => true
  releaseSingleInstanceLock = recorder('app.releaseSingleInstanceLock')
  enableSandbox = recorder('app.enableSandbox')
  disableHardwareAcceleration = recorder('app.disableHardwareAcceleration')
  setAppUserModelId = recorder('app.setAppUserModelId')
  setAsDefaultProtocolClient = recorder('app.setAsDefaultProtocolClient', true)
  setAboutPanelOptions = recorder('app.setAboutPanelOptions')
  showAboutPanel = recorder('app.showAboutPanel')
  setLoginItemSettings = recorder('app.setLoginItemSettings')
  getLoginItemSettings = () => ({ openAtLogin: false })
  setBadgeCount = recorder('app.setBadgeCount', true)
  focus = () => openWindows()[0]?.focus()

  getPath(name) {
    const known = {
      home,
      appData: options.appData,
      temp: os.tmpdir(),
      exe: process.execPath,
      module: process.execPath,
    }
    const folder = this.#folders.get(name) ?? known[name] ?? this.#derivedPath(name)
    if (name === 'userData' || name === 'logs') fs.mkdirSync(folder, { recursive: true })
    return folder
  }

  #derivedPath(name) {
    if (name === 'userData') return options.userData ?? path.join(options.appData, this.name)
    if (name === 'sessionData') return this.getPath('userData')
    if (name === 'logs' || name === 'crashDumps') return path.join(this.getPath('userData'), name)
    const inHome = {
      desktop: 'Desktop',
      documents: 'Documents',
      downloads: 'Downloads',
      pictures: 'Pictures',
      videos: 'Videos',
      music: 'Music',
    }
    if (name in inHome) return path.join(home, inHome[name])
    throw new Error(`Failed to get '${name}' path`)
  }

  setPath(name, folder) {
    this.#folders.set(name, folder)
  }

  /** Called by the last window that closed. Without a listener an app quits. */
  allWindowsClosed() {
    if (this.#stage === 'quitting') this.#willQuit()
    else if (!this.emit('window-all-closed')) this.quit()
  }

  /** As in Electron: before-quit, then each window may object, then will-quit may ask for time to clean up. */
  quit() {
    if (this.#stage === 'exiting') return
    const event = preventableEvent()
    this.emit('before-quit', event)
    if (event.defaultPrevented) return
    this.#stage = 'quitting'
    const windows = openWindows()
    for (const window of windows) window.close()
    if (openWindows().length > 0) this.#stage = 'running'
    else if (windows.length === 0) this.#willQuit()
  }

  #willQuit() {
    if (this.#stage === 'exiting') return
    const event = preventableEvent()
    this.emit('will-quit', event)
    if (!event.defaultPrevented) this.exit(0)
  }

  exit(exitCode = 0) {
    if (this.#stage === 'exiting') return
    this.#stage = 'exiting'
    this.emit('quit', preventableEvent(), exitCode)
    void closeBrowser().finally(() => process.exit(exitCode))
  }

  relaunch = recorder('app.relaunch')
}

export const app = new App()

// The first signal asks the app to quit in order, a later one does not wait for it. A terminal sends one to each process
// of a command, and those pass it on: what comes at once is the same signal.
const sameSignalMs = 1000
let askedAtMs
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => {
    const nowMs = performance.now()
    if (askedAtMs === undefined) app.quit()
    else if (nowMs - askedAtMs > sameSignalMs) app.exit(signal === 'SIGINT' ? 130 : 143)
    askedAtMs ??= nowMs
  })
