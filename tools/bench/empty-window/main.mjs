// The least that an app of this kind can be: one window with a word in it.
import path from 'node:path'
import { app, BrowserWindow } from 'electron'

await app.whenReady()
const window = new BrowserWindow({ width: 1440, height: 900 })
await window.loadFile(path.join(import.meta.dirname, 'index.html'))
