// `dialog` of Electron. An answer comes from the first of these that has one:
//   1. the script of a test (control.mjs)
//   2. in a window: zenity where it is installed, else Chromium's own file chooser, or a box inside the page
//   3. without a window: "cancelled", said on stderr
import { execFile } from 'node:child_process'
import path from 'node:path'
import { record, takeScriptedAnswer } from './control.mjs'
import { helperEnvironment, options } from './options.mjs'
import { chooseInPage, confirmInPage } from './page-dialogs.mjs'
import { BrowserWindow } from './windows.mjs'

function zenity(args) {
  return new Promise((resolve) => {
    execFile('zenity', args, { env: helperEnvironment() }, (error, stdout) => {
      if (error?.code === 'ENOENT') resolve(undefined)
      else resolve(error ? [] : stdout.trim().split('\n').filter(Boolean))
    })
  })
}

// Electron's dialogs take an optional window first.
const split = (args) =>
  args[0] instanceof BrowserWindow
    ? { window: args[0], settings: args[1] ?? {} }
    : { settings: args[0] ?? {} }

function answerer(method, ask, cancelled) {
  return async (...args) => {
    const { window = BrowserWindow.getFocusedWindow(), settings } = split(args)
    record(`dialog.${method}`, settings)
    const scripted = takeScriptedAnswer(method)
    if (scripted) return scripted
    if (options.headless || !window) {
      console.error(`chromium-host: ${method} has no window to appear in and counts as cancelled.`)
      return cancelled(settings)
    }
    return ask(window, settings)
  }
}

async function askOpen(window, settings) {
  const properties = settings.properties ?? ['openFile']
  const wanted = {
    folders: properties.includes('openDirectory'),
    many: properties.includes('multiSelections'),
  }
  const args = ['--file-selection', '--separator=\n', `--title=${settings.title ?? 'Open'}`]
  if (wanted.folders) args.push('--directory')
  if (wanted.many) args.push('--multiple')
  const filePaths = (await zenity(args)) ?? (await chooseInPage(window.webContents, wanted))
  return { canceled: filePaths.length === 0, filePaths }
}

async function askSave(window, settings) {
  const name = settings.defaultPath ?? 'untitled'
  const chosen = await zenity(['--file-selection', '--save', `--filename=${name}`])
  if (chosen) return { canceled: chosen.length === 0, filePath: chosen[0] ?? '' }
  // A page cannot choose a name to save under, but a folder.
  const [folder] = await chooseInPage(window.webContents, { folders: true, many: false })
  return { canceled: !folder, filePath: folder ? path.join(folder, path.basename(name)) : '' }
}

const cancelIdOf = ({ cancelId, buttons = ['OK'] }) =>
  cancelId ?? (buttons.length > 1 ? buttons.length - 1 : 0)

export const dialog = {
  showOpenDialog: answerer('showOpenDialog', askOpen, () => ({ canceled: true, filePaths: [] })),
  showSaveDialog: answerer('showSaveDialog', askSave, () => ({ canceled: true, filePath: '' })),
  showMessageBox: answerer(
    'showMessageBox',
    async (window, settings) => ({
      response: await confirmInPage(window.webContents, settings, cancelIdOf(settings)),
      checkboxChecked: false,
    }),
    (settings) => ({ response: cancelIdOf(settings), checkboxChecked: false }),
  ),
  showErrorBox(title, content) {
    record('dialog.showErrorBox', title, content)
    console.error(`${title}: ${content}`)
  },
}
