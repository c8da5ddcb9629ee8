// `session` of Electron: one session; its request filter is honoured, its permission handlers are noted. (Chromium
// itself, driven like this, grants no permission to a page.)
import { recorder } from './control.mjs'

let beforeRequest

function matches(patterns, url) {
  if (!patterns?.length) return true
  return patterns.some((pattern) => {
    if (pattern === '<all_urls>') return true
    const text = pattern.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*')
    return new RegExp(`^${text}$`).test(url)
  })
}

const resourceTypes = {
  Document: 'mainFrame',
  Image: 'image',
  Media: 'media',
  Script: 'script',
  Stylesheet: 'stylesheet',
}

/** Asks the app's `onBeforeRequest`; true when it cancels. */
export async function requestFilter(url, method, resourceType) {
  if (!beforeRequest || !matches(beforeRequest.urls, url)) return false
  const details = { id: 0, url, method, resourceType: resourceTypes[resourceType] ?? 'other' }
  const { cancel } = await new Promise((resolve) => beforeRequest.listener(details, resolve))
  return Boolean(cancel)
}

const webRequest = {
  onBeforeRequest(filter, listener) {
    const both = typeof filter === 'function' ? { listener: filter } : { urls: filter?.urls, listener }
    beforeRequest = both.listener ? both : undefined
  },
  onBeforeSendHeaders: recorder('session.webRequest.onBeforeSendHeaders'),
  onHeadersReceived: recorder('session.webRequest.onHeadersReceived'),
}

const defaultSession = {
  webRequest,
  setPermissionRequestHandler: recorder('session.setPermissionRequestHandler'),
  setPermissionCheckHandler: recorder('session.setPermissionCheckHandler'),
  setDevicePermissionHandler: recorder('session.setDevicePermissionHandler'),
  setSpellCheckerEnabled: recorder('session.setSpellCheckerEnabled'),
  setProxy: async () => {},
  // The system's settings, as a test gives them.
  resolveProxy: async () => process.env.CHROMIUM_HOST_PROXY ?? 'DIRECT',
  clearCache: async () => {},
  on: recorder('session.on'),
}

// Asked for too early, Electron refuses; so does this, or a mistake would show only there.
let isReady = false
export function markReady() {
  isReady = true
}
function whenAllowed() {
  if (!isReady) throw new TypeError('Session can only be received when app is ready')
  return defaultSession
}

export const session = {
  get defaultSession() {
    return whenAllowed()
  },
  fromPartition: whenAllowed,
}
