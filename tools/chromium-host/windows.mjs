// `BrowserWindow` of Electron: one window of Chromium each.
import { EventEmitter } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { app } from './app.mjs'
import { browserContext } from './browser.mjs'
import { recorder } from './control.mjs'
import { preventableEvent } from './event.mjs'
import { options } from './options.mjs'
import { WebContents } from './web-contents.mjs'

const windows = new Set()
let nextId = 1

/** The windows that are open; app.mjs closes them when the app quits. */
export const openWindows = () => [...windows]

export class BrowserWindow extends EventEmitter {
  static getAllWindows() {
    return openWindows()
  }

  static getFocusedWindow() {
    return openWindows().find((window) => window.isVisible()) ?? null
  }

  static fromWebContents(contents) {
    return openWindows().find((window) => window.webContents === contents) ?? null
  }

  static fromId(id) {
    return openWindows().find((window) => window.id === id) ?? null
  }

  #options
  #page
  #destroyed = false
  #visible
  #bounds
  #title

  constructor(windowOptions = {}) {
    super()
    this.id = nextId++
    this.#options = windowOptions
    this.#visible = windowOptions.show !== false
    this.#title = windowOptions.title ?? app.name
    const { x = 0, y = 0, width = 800, height = 600 } = windowOptions
    this.#bounds = { x, y, width, height }
    this.webContents = new WebContents(this.id)
    windows.add(this)
    this.webContents.once('did-finish-load', () => this.emit('ready-to-show'))
    this.#open().catch((error) => {
      console.error(`chromium-host: the window could not be opened: ${error.message}`)
      app.exit(1)
    })
    app.emit('browser-window-created', preventableEvent(), this)
    app.emit('web-contents-created', preventableEvent(), this.webContents)
  }

  async #open() {
    const context = await browserContext(app.getPath('userData'), this.#bounds.width, this.#bounds.height)
    const first = this.id === 1 ? context.pages()[0] : undefined
    this.#page = first ?? (await this.#newWindow(context))
    this.#page.on('close', () => this.#closed())
    if (this.#destroyed) return void this.#page.close().catch(() => {})
    const preload = this.#options.webPreferences?.preload
    await this.webContents.attach(this.#page, preload ? fs.readFileSync(preload, 'utf8') : '')
  }

  async #newWindow(context) {
    if (options.headless) return context.newPage()
    const opener = await context.newCDPSession(context.pages()[0] ?? (await context.newPage()))
    const created = context.waitForEvent('page')
    await opener.send('Target.createTarget', { url: 'about:blank', newWindow: true, ...this.#bounds })
    await opener.detach()
    return created
  }

  #closed() {
    if (this.#destroyed) return
    this.#destroyed = true
    windows.delete(this)
    this.webContents.emit('destroyed')
    this.emit('closed', preventableEvent())
    if (windows.size === 0) app.allWindowsClosed()
  }

  loadURL(url) {
    return this.webContents.loadURL(url)
  }

  loadFile(file, { hash, query } = {}) {
    const url = pathToFileURL(path.resolve(options.root, file))
    if (query) url.search = new URLSearchParams(query).toString()
    if (hash) url.hash = hash
    return this.webContents.loadURL(url.href)
  }

  close() {
    const event = preventableEvent()
    this.emit('close', event)
    if (!event.defaultPrevented) this.destroy()
  }

  destroy() {
    const page = this.#page
    this.#closed()
    void page?.close().catch(() => {})
  }

  show() {
    this.#visible = true
    void this.#page?.bringToFront().catch(() => {})
    this.emit('show')
  }

  hide() {
    this.#visible = false
    this.emit('hide')
  }

  focus() {
    void this.#page?.bringToFront().catch(() => {})
    this.emit('focus')
  }

  setBounds(bounds) {
    Object.assign(this.#bounds, bounds)
    const { width, height } = this.#bounds
    if (options.headless) void this.#page?.setViewportSize({ width, height }).catch(() => {})
    this.emit('resize')
  }

  setSize(width, height) {
    this.setBounds({ width, height })
  }

  getBounds = () => ({ ...this.#bounds })
  getNormalBounds = () => ({ ...this.#bounds })
  getSize = () => [this.#bounds.width, this.#bounds.height]
  isDestroyed = () => this.#destroyed
  isVisible = () => this.#visible
  isFocused = () => this.#visible
  isMinimized = () => false
  isMaximized = () => false
  isFullScreen = () => false
  getTitle = () => this.#title
  setTitle(title) {
    this.#title = title
  }
  minimize = recorder('window.minimize')
  restore = recorder('window.restore')
  maximize = recorder('window.maximize')
  unmaximize = recorder('window.unmaximize')
  setFullScreen = recorder('window.setFullScreen')
  setMenu = recorder('window.setMenu')
  removeMenu = recorder('window.removeMenu')
  setMenuBarVisibility = recorder('window.setMenuBarVisibility')
  setAutoHideMenuBar = recorder('window.setAutoHideMenuBar')
  setProgressBar = recorder('window.setProgressBar')
  setBackgroundColor = recorder('window.setBackgroundColor')
  setTitleBarOverlay = recorder('window.setTitleBarOverlay')
  setMinimumSize = recorder('window.setMinimumSize')
  setRepresentedFilename = recorder('window.setRepresentedFilename')
  flashFrame = recorder('window.flashFrame')
}
