// What `import … from 'electron'` finds in the main process on this host.
import { app } from './app.mjs'
import * as desktop from './desktop.mjs'
import { dialog } from './dialogs.mjs'
import { ipcMain } from './ipc-main.mjs'
import { protocol } from './protocol.mjs'
import { session } from './session.mjs'
import { BrowserWindow } from './windows.mjs'

export * from './desktop.mjs'
export { app, BrowserWindow, dialog, ipcMain, protocol, session }
export const webContents = {
  getAllWebContents: () => BrowserWindow.getAllWindows().map((window) => window.webContents),
  fromId: (id) => BrowserWindow.fromId(id)?.webContents,
}
export default { ...desktop, app, BrowserWindow, dialog, ipcMain, protocol, session, webContents }
