import { app, session, type WebContents } from 'electron'
import { isAppUrl, mayRequest } from './content-policy.ts'

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
