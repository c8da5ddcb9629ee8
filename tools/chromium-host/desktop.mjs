// The parts of Electron that reach into the desktop and have nothing behind them here: they keep what they were told,
// fire no events of their own, and record each call (control.mjs), so that a test can see what the app asked for.
import { EventEmitter } from 'node:events'
import { record, recorder } from './control.mjs'

export class Tray extends EventEmitter {
  constructor(image) {
    super()
    record('tray.create', image)
  }
  setToolTip = recorder('tray.setToolTip')
  setTitle = recorder('tray.setTitle')
  setImage = recorder('tray.setImage')
  setContextMenu = recorder('tray.setContextMenu')
  popUpContextMenu = recorder('tray.popUpContextMenu')
  destroy = recorder('tray.destroy')
  isDestroyed = () => false
}

export class Notification extends EventEmitter {
  static isSupported() {
    return true
  }

  constructor(settings = {}) {
    super()
    Object.assign(this, settings)
  }

  show() {
    record('notification.show', { title: this.title, body: this.body })
    this.emit('show', {})
  }
  close = recorder('notification.close')
}

export class MenuItem {
  click = () => {}

  constructor(settings) {
    Object.assign(this, settings)
  }
}

export class Menu {
  static #applicationMenu = null

  static buildFromTemplate(template) {
    const menu = new Menu()
    for (const item of template) menu.append(new MenuItem(item))
    return menu
  }

  static setApplicationMenu(menu) {
    Menu.#applicationMenu = menu
    record(
      'menu.setApplicationMenu',
      menu?.items.map((item) => item.label ?? item.role ?? item.type),
    )
  }

  static getApplicationMenu() {
    return Menu.#applicationMenu
  }

  items = []
  append(item) {
    this.items.push(item)
  }
  getMenuItemById(id) {
    return this.items.find((item) => item.id === id) ?? null
  }
  popup = recorder('menu.popup')
  closePopup = recorder('menu.closePopup')
}

export const shell = {
  openExternal: async (url) => record('shell.openExternal', url),
  openPath: async (file) => {
    record('shell.openPath', file)
    return ''
  },
  showItemInFolder: recorder('shell.showItemInFolder'),
  trashItem: async (file) => record('shell.trashItem', file),
  beep: recorder('shell.beep'),
}

class NativeTheme extends EventEmitter {
  shouldUseDarkColors = true
  shouldUseHighContrastColors = false
  prefersReducedTransparency = false
  #source = 'system'

  get themeSource() {
    return this.#source
  }

  set themeSource(source) {
    record('nativeTheme.themeSource', source)
    this.#source = source
    this.shouldUseDarkColors = source !== 'light'
    this.emit('updated')
  }
}

export const nativeTheme = new NativeTheme()

const emptyImage = {
  isEmpty: () => true,
  toPNG: () => Buffer.alloc(0),
  resize: () => emptyImage,
  setTemplateImage() {},
  addRepresentation() {},
}
export const nativeImage = {
  createEmpty: () => emptyImage,
  createFromPath: () => emptyImage,
  createFromBuffer: () => emptyImage,
  createFromDataURL: () => emptyImage,
}

export const powerMonitor = Object.assign(new EventEmitter(), {
  getSystemIdleTime: () => 0,
  getSystemIdleState: () => 'active',
  isOnBatteryPower: () => false,
  onBatteryPower: false,
})

let nextBlockerId = 1
const blockers = new Set()
export const powerSaveBlocker = {
  start(kind) {
    record('powerSaveBlocker.start', kind)
    blockers.add(nextBlockerId)
    return nextBlockerId++
  },
  stop(id) {
    record('powerSaveBlocker.stop', id)
    return blockers.delete(id)
  },
  isStarted: (id) => blockers.has(id),
}

const display = {
  id: 1,
  scaleFactor: 1,
  bounds: { x: 0, y: 0, width: 1440, height: 900 },
  workArea: { x: 0, y: 0, width: 1440, height: 900 },
  workAreaSize: { width: 1440, height: 900 },
  size: { width: 1440, height: 900 },
}
export const screen = Object.assign(new EventEmitter(), {
  getPrimaryDisplay: () => display,
  getAllDisplays: () => [display],
  getDisplayMatching: () => display,
  getDisplayNearestPoint: () => display,
  getCursorScreenPoint: () => ({ x: 0, y: 0 }),
})

export const systemPreferences = Object.assign(new EventEmitter(), {
  getAccentColor: () => '',
  getAnimationSettings: () => ({ prefersReducedMotion: false, shouldRenderRichAnimation: true }),
})

let clipboardText = ''
export const clipboard = {
  readText: () => clipboardText,
  writeText(text) {
    record('clipboard.writeText', text)
    clipboardText = text
  },
}

export const globalShortcut = {
  register: recorder('globalShortcut.register', true),
  unregisterAll: recorder('globalShortcut.unregisterAll'),
}
export const crashReporter = { start: recorder('crashReporter.start') }
export const safeStorage = { isEncryptionAvailable: () => false }
export const net = { fetch: (...args) => fetch(...args), isOnline: () => true, online: true }
