// How this run was asked to behave. The app's own arguments follow Electron's rules (`--user-data-dir=DIR`); what
// only this host knows comes by environment.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const root = path.resolve(process.env.CHROMIUM_HOST_APP ?? process.cwd())

/** The package.json of the hosted app: name, productName, version, main. */
export const appPackage = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'))

function appDataFolder() {
  if (process.platform === 'win32')
    return process.env.APPDATA ?? path.join(os.homedir(), 'AppData', 'Roaming')
  if (process.platform === 'darwin') return path.join(os.homedir(), 'Library', 'Application Support')
  return process.env.XDG_CONFIG_HOME || path.join(os.homedir(), '.config')
}

function switchValue(name) {
  const prefix = `--${name}=`
  return process.argv.find((argument) => argument.startsWith(prefix))?.slice(prefix.length)
}

const hasDisplay = process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)

export const options = {
  /** Folder of the hosted app, the one with its package.json. */
  root,
  appData: appDataFolder(),
  userData: switchValue('user-data-dir'),
  headless: process.env.CHROMIUM_HOST_HEADLESS === '1' || !hasDisplay,
  /** Folder through which tests script dialogs and read recorded calls; see control.mjs. */
  controlFolder: process.env.CHROMIUM_HOST_CONTROL,
  /** For tests: Chromium also listens on this loopback port (0: any, written to DevToolsActivePort in its profile). */
  debugPort: process.env.CHROMIUM_HOST_DEBUG_PORT,
  locale:
    (process.env.LC_ALL || process.env.LANG || 'en-US').replace(/\..*$/, '').replace('_', '-') || 'en-US',
}

/** The environment for helper programs: everything but what is meant for the app alone. */
export function helperEnvironment() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(FERRY_|CHROMIUM_HOST_)/.test(name)),
  )
}
