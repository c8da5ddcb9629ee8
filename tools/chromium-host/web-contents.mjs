// `webContents` of Electron: one page of Chromium, spoken to by the DevTools protocol.
import { EventEmitter } from 'node:events'
import { toApp, toChromium } from './addresses.mjs'
import { record } from './control.mjs'
import { preventableEvent } from './event.mjs'
import { ipcMain } from './ipc-main.mjs'
import { answerPaused } from './protocol.mjs'
import { callName, pageScript, sideName } from './renderer-side.mjs'
import { session } from './session.mjs'
import { createWire } from './wire.mjs'

const wire = createWire()
const facts = {
  platform: process.platform,
  versions: { node: process.versions.node, chrome: 'host', electron: 'chromium-host' },
}

export class WebContents extends EventEmitter {
  session = session.defaultSession
  mainFrame = { url: '', origin: 'null', parent: null, routingId: 1, processId: 1 }
  #cdp
  #page
  #mainFrameId
  #frameOfContext = new Map()
  #childFrames = new Map()
  #expectedUrl
  #openHandler = () => ({ action: 'allow' })
  #openAnswer
  #zoomFactor = 1

  constructor(id) {
    super()
    this.id = id
    this.opened = new Promise((resolve) => {
      this.markOpened = resolve
    })
  }

  /** Takes over a blank page. */
  async attach(page, preloadSource) {
    this.#page = page
    this.#cdp = await page.context().newCDPSession(page)
    const cdp = this.#cdp
    cdp.on('Runtime.executionContextCreated', ({ context }) =>
      this.#frameOfContext.set(context.id, context.auxData?.frameId),
    )
    cdp.on('Runtime.executionContextDestroyed', ({ executionContextId }) =>
      this.#frameOfContext.delete(executionContextId),
    )
    cdp.on('Runtime.executionContextsCleared', () => this.#frameOfContext.clear())
    cdp.on('Runtime.bindingCalled', (call) => void this.#onCall(call))
    cdp.on('Page.windowOpen', (details) => this.#onWindowOpen(details))
    cdp.on('Page.frameNavigated', ({ frame }) => this.#onNavigated(frame))
    cdp.on('Page.navigatedWithinDocument', ({ frameId, url }) => {
      if (frameId === this.#mainFrameId) this.mainFrame.url = toApp(url)
    })
    cdp.on(
      'Fetch.requestPaused',
      (paused) => void answerPaused(cdp, paused, (url, frameId) => this.#mayNavigate(url, frameId)),
    )
    await cdp.send('Page.enable')
    this.#mainFrameId = (await cdp.send('Page.getFrameTree')).frameTree.frame.id
    await cdp.send('Runtime.enable')
    await cdp.send('Runtime.addBinding', { name: callName })
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: pageScript(preloadSource, facts) })
    await cdp.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] })
    this.#listenToPage(page)
    this.markOpened(page)
  }

  #listenToPage(page) {
    page.on('domcontentloaded', () => this.emit('dom-ready', preventableEvent()))
    page.on('load', () => this.emit('did-finish-load', preventableEvent()))
    page.on('crash', () =>
      this.emit('render-process-gone', preventableEvent(), { reason: 'crashed', exitCode: 1 }),
    )
    page.on('console', (message) => record('console', message.type(), message.text()))
    page.on('pageerror', (error) => console.error(`page: ${error.stack ?? error.message}`))
    page.on('popup', (popup) => {
      if (this.#openAnswer?.action !== 'allow') void popup.close().catch(() => {})
    })
  }

  #onWindowOpen({ url, windowName, windowFeatures }) {
    const details = { url: toApp(url), frameName: windowName, features: windowFeatures.join(',') }
    this.#openAnswer = this.#openHandler({ ...details, disposition: 'new-window' })
  }

  #onNavigated({ id, url }) {
    const frame = id === this.#mainFrameId ? this.mainFrame : this.#childFrame(id)
    frame.url = toApp(url)
    const at = URL.parse(frame.url)
    frame.origin = at?.host ? `${at.protocol}//${at.host}` : 'null'
    if (frame === this.mainFrame) this.emit('did-navigate', preventableEvent(), frame.url, 200, 'OK')
  }

  #childFrame(id) {
    const known = this.#childFrames.get(id)
    if (known) return known
    const frame = { url: '', origin: 'null', parent: this.mainFrame, processId: 1, routingId: 2 }
    this.#childFrames.set(id, frame)
    return frame
  }

  // A reload of the page that is there is no navigation for Electron.
  #mayNavigate(url, frameId) {
    const isMainFrame = frameId === this.#mainFrameId
    if (
      isMainFrame &&
      [this.#expectedUrl, this.mainFrame.url].some((own) => own?.replace(/#.*$/, '') === url)
    )
      return true
    const event = preventableEvent({ url, isMainFrame })
    this.emit('will-frame-navigate', event)
    if (isMainFrame && !event.defaultPrevented) this.emit('will-navigate', event, url)
    return !event.defaultPrevented
  }

  #frameOf(executionContextId) {
    const frameId = this.#frameOfContext.get(executionContextId)
    return frameId === this.#mainFrameId ? this.mainFrame : this.#childFrame(frameId)
  }

  async #onCall({ name, payload, executionContextId }) {
    if (name !== callName) return
    const call = wire.decode(payload)
    const senderFrame = this.#frameOf(executionContextId)
    const event = preventableEvent({
      sender: this,
      senderFrame,
      processId: 1,
      frameId: senderFrame.routingId,
      reply: (channel, ...args) => this.send(channel, ...args),
    })
    if (call.kind === 'send') ipcMain.emit(call.channel, event, ...call.args)
    else if (call.kind === 'invoke')
      await this.#settle(call.id, await ipcMain.answer(call.channel, event, call.args))
    else if (call.kind === 'path-of-file')
      await this.#settle(call.id, { value: await this.#pathOfFile(call.token) })
  }

  async #settle(id, reply) {
    let text
    try {
      text = wire.encode({ id, ...reply })
    } catch (error) {
      text = wire.encode({ id, error: String(error) })
    }
    await this.#callPage('settle', text)
  }

  async #callPage(method, text) {
    const expression = `window.${sideName}?.${method}(${JSON.stringify(text)})`
    // Code of the page goes on inside this call, and its content security policy must hold there too.
    const policy = { allowUnsafeEvalBlockedByCSP: false }
    await this.#cdp.send('Runtime.evaluate', { expression, ...policy }).catch(() => {})
  }

  /** The local path of a File that the page holds; empty when it has none (pasted, made by script). */
  async #pathOfFile(token) {
    const { result } = await this.#cdp.send('Runtime.evaluate', {
      expression: `window.${sideName}.files.get(${Number(token)})`,
    })
    if (!result.objectId) return ''
    try {
      return (await this.#cdp.send('DOM.getFileInfo', { objectId: result.objectId })).path
    } catch {
      return ''
    } finally {
      await this.#cdp.send('Runtime.releaseObject', { objectId: result.objectId }).catch(() => {})
    }
  }

  send(channel, ...args) {
    const text = wire.encode({ channel, args })
    void this.opened.then(() => this.#callPage('dispatch', text))
  }

  async loadURL(url) {
    const page = await this.opened
    this.#expectedUrl = url
    try {
      await page.goto(toChromium(url), { waitUntil: 'load' })
    } catch (error) {
      if (page.isClosed()) return
      this.emit('did-fail-load', preventableEvent(), -2, error.message, url, true)
      throw error
    }
  }

  async executeJavaScript(code) {
    await this.opened
    const { result, exceptionDetails } = await this.#cdp.send('Runtime.evaluate', {
      expression: code,
      awaitPromise: true,
      returnByValue: true,
      userGesture: true,
    })
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
    return result.value
  }

  /** Evaluates in the page as if a person had clicked, and hands back the protocol's remote object. For dialogs.mjs. */
  async evaluateHandle(expression) {
    await this.opened
    const answer = await this.#cdp.send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      userGesture: true,
    })
    return answer.result
  }

  get cdp() {
    return this.#cdp
  }

  getURL() {
    return this.mainFrame.url
  }

  getTitle() {
    return ''
  }

  isDestroyed() {
    return this.#page?.isClosed() ?? false
  }

  isCrashed() {
    return false
  }

  isLoading() {
    return this.mainFrame.url === ''
  }

  isFocused() {
    return true
  }

  reload() {
    this.#expectedUrl = this.mainFrame.url
    void this.#page?.reload().catch(() => {})
  }

  setWindowOpenHandler(handler) {
    this.#openHandler = handler
  }

  setZoomFactor(factor) {
    this.#zoomFactor = factor
    void this.opened
      .then(() => this.#cdp.send('Emulation.setPageScaleFactor', { pageScaleFactor: factor }))
      .catch(() => {})
  }

  getZoomFactor() {
    return this.#zoomFactor
  }

  setVisualZoomLevelLimits() {
    return Promise.resolve()
  }

  openDevTools() {
    record('webContents.openDevTools')
  }

  closeDevTools() {
    record('webContents.closeDevTools')
  }

  toggleDevTools() {
    record('webContents.toggleDevTools')
  }
}
