// What a page sees of Electron: ipcRenderer, contextBridge and webUtils, and the preload script on top of them. It is
// injected as source text before any script of the page, so nothing here needs `eval` and a strict content security
// policy stands. Page and preload share one JavaScript world: this proves nothing about context isolation.
import { createWire } from './wire.mjs'

/** Name of the binding through which the page calls the host, and of the object by which the host calls the page. */
export const callName = '__chromiumHostCall'
export const sideName = '__chromiumHostSide'

/* eslint-disable no-undef -- runs in a page */
function pageSide(preload, wire, names, facts) {
  if (window.top !== window || location.protocol === 'data:' || location.href === 'about:blank') return
  const callHost = window[names.call]
  const listeners = new Map()
  const pending = new Map()
  const files = new Map()
  let nextId = 1

  const clone = (value) => {
    try {
      return structuredClone(value)
    } catch {
      throw new Error('An object could not be cloned.')
    }
  }
  const post = (kind, fields) => callHost(wire.encode({ kind, ...fields }))
  const ask = (kind, fields) =>
    new Promise((resolve, reject) => {
      const id = nextId++
      pending.set(id, { resolve, reject })
      post(kind, { id, ...fields })
    })

  const ipcRenderer = {
    on(channel, listener) {
      listeners.set(channel, [...(listeners.get(channel) ?? []), { listener, call: listener }])
      return ipcRenderer
    },
    once(channel, listener) {
      const call = (...args) => {
        ipcRenderer.off(channel, listener)
        listener(...args)
      }
      listeners.set(channel, [...(listeners.get(channel) ?? []), { listener, call }])
      return ipcRenderer
    },
    off(channel, listener) {
      const rest = (listeners.get(channel) ?? []).filter((entry) => entry.listener !== listener)
      listeners.set(channel, rest)
      return ipcRenderer
    },
    removeAllListeners(channel) {
      listeners.delete(channel)
      return ipcRenderer
    },
    send: (channel, ...args) => post('send', { channel, args: clone(args) }),
    invoke: async (channel, ...args) => {
      const reply = await ask('invoke', { channel, args: clone(args) })
      if (reply.error !== undefined)
        throw new Error(`Error invoking remote method '${channel}': ${reply.error}`)
      return reply.value
    },
  }
  ipcRenderer.addListener = ipcRenderer.on
  ipcRenderer.removeListener = ipcRenderer.off

  // The bridge of Electron copies what passes: objects arrive frozen, functions wrapped, files as they are.
  const isPlain = (value) => [Object.prototype, Array.prototype].includes(Object.getPrototypeOf(value))
  const bridged = (value) => {
    if (typeof value === 'function')
      return (...args) => {
        const result = value(...args.map(bridged))
        return typeof result?.then === 'function' ? result.then(bridged) : bridged(result)
      }
    if (value === null || typeof value !== 'object' || value instanceof Blob) return value
    if (!isPlain(value)) return clone(value)
    const entries = Object.entries(value).map(([key, part]) => [key, bridged(part)])
    return Object.freeze(Array.isArray(value) ? entries.map(([, part]) => part) : Object.fromEntries(entries))
  }
  const contextBridge = {
    exposeInMainWorld(key, api) {
      if (key in window)
        throw new Error('Cannot bind an API on top of an existing property on the window object')
      Object.defineProperty(window, key, { value: bridged(api), enumerable: true })
    },
  }

  // Here a promise, where Electron answers at once: the path is known to the browser process only.
  const webUtils = {
    async getPathForFile(file) {
      if (!(file instanceof File)) throw new TypeError('The argument must be a File')
      const token = nextId++
      files.set(token, file)
      try {
        return (await ask('path-of-file', { token })).value
      } finally {
        files.delete(token)
      }
    },
  }

  const side = {
    files,
    settle(text) {
      const { id, ...reply } = wire.decode(text)
      pending.get(id)?.resolve(reply)
      pending.delete(id)
    },
    dispatch(text) {
      const { channel, args } = wire.decode(text)
      for (const { call } of listeners.get(channel) ?? []) call({ sender: ipcRenderer, ports: [] }, ...args)
    },
  }
  Object.defineProperty(window, names.side, { value: side, enumerable: false })

  const electron = {
    ipcRenderer,
    contextBridge,
    webUtils,
    webFrame: { setZoomFactor() {}, setZoomLevel() {} },
  }
  const requireFromPreload = (name) => {
    if (/^electron(\/renderer|\/common)?$/.test(name)) return electron
    throw new Error(`module not found: ${name} (a sandboxed preload has only electron)`)
  }
  const module = { exports: {} }
  const process = { ...facts, env: {}, type: 'renderer', contextIsolated: true, sandboxed: true }
  preload(requireFromPreload, module, module.exports, process)
}
/* eslint-enable no-undef */

/**
 * @param {string} preloadSource CommonJS text of the preload script; may be empty
 * @param {{ platform: string, versions: Record<string, string> }} facts what `process` tells a sandboxed preload
 * @returns {string} a script to run at the start of each document
 */
export function pageScript(preloadSource, facts) {
  const names = { call: callName, side: sideName }
  const preload = `function (require, module, exports, process) {\n${preloadSource}\n}`
  return `(${pageSide})(${preload}, (${createWire})(), ${JSON.stringify(names)}, ${JSON.stringify(facts)})`
}
