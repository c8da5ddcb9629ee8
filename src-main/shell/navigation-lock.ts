import { app, session, type WebContents } from 'electron'
import { MEDIA_SCHEME } from '../core/media-address.ts'
import { APP_SCHEME, isAppUrl } from './content-policy.ts'

const ownSchemes = new Set([`${APP_SCHEME}:`, `${MEDIA_SCHEME}:`, 'devtools:'])

/** Whether a page may send this request at all. */
export function mayRequest(url: string): boolean {
  return ownSchemes.has(URL.parse(url)?.protocol ?? '')
}

/** Keeps a page where it is: no other address, no new window, no embedded page. */
function lock(page: WebContents): void {
  page.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame || !isAppUrl(event.url)) event.preventDefault()
  })
  page.on('will-redirect', (event) => event.preventDefault())
  page.on('will-attach-webview', (event) => event.preventDefault())
  page.setWindowOpenHandler(() => ({ action: 'deny' }))
}

/** Locks every page of the app, cuts pages off from the network, and denies all permissions. Once the app is ready. */
export function lockDown(): void {
  app.on('web-contents-created', (_event, page) => lock(page))
  const { defaultSession } = session
  defaultSession.webRequest.onBeforeRequest((details, callback) =>
    callback({ cancel: !mayRequest(details.url) }),
  )
  defaultSession.setPermissionRequestHandler((_page, _permission, decide) => decide(false))
  defaultSession.setPermissionCheckHandler(() => false)
  defaultSession.setDevicePermissionHandler(() => false)
}
