import fs from 'node:fs/promises'
import path from 'node:path'
import { app } from 'electron'

/** Argument of a start that shows no window, where there is a tray icon to open it from. */
export const HIDDEN_SWITCH = '--hidden'

/**
 * Makes Ferry start with the person's session, or not. Electron does that on macOS and Windows; other desktops read a file of
 * the XDG autostart specification.
 * @throws the system's error when that file cannot be written
 */
export async function setStartAtLogin(wanted: boolean): Promise<void> {
  if (process.platform !== 'linux') {
    app.setLoginItemSettings({ openAtLogin: wanted, args: [HIDDEN_SWITCH] })
    return
  }
  const file = path.join(app.getPath('appData'), 'autostart', 'ferry.desktop')
  if (!wanted) return fs.rm(file, { force: true })
  await fs.mkdir(path.dirname(file), { recursive: true })
  // A desktop that looks in between must not find half an entry.
  const part = `${file}.part`
  await fs.writeFile(part, autostartEntry(programOf(app.isPackaged)))
  await fs.rename(part, file)
}

/** The program and arguments that start this app again. An AppImage runs from a folder that is gone after the session. */
function programOf(isPackaged: boolean): string[] {
  const program = process.env['APPIMAGE'] ?? process.execPath
  return isPackaged ? [program, HIDDEN_SWITCH] : [program, app.getAppPath(), HIDDEN_SWITCH]
}

/** @param command program and arguments, as they are */
export function autostartEntry(command: readonly string[]): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Ferry',
    'Comment=Brings clips to iconik',
    `Exec=${command.map(quoted).join(' ')}`,
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n')
}

/** Quoting of the desktop entry specification, "The Exec key": within quotes, then once more as a string of the file. */
function quoted(argument: string): string {
  const inQuotes = argument.replace(/["`$\\]/g, '\\$&').replace(/%/g, '%%')
  return `"${inQuotes.replace(/\\/g, '\\\\')}"`
}
