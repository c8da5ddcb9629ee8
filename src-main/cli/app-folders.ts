import os from 'node:os'
import path from 'node:path'

const APP_NAME = 'Ferry'

/** Where the app keeps journal and library: the folder that Electron calls userData, by the rules of each system. */
export function appStateDir(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): string {
  const home = os.homedir()
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', APP_NAME)
  if (platform === 'win32')
    return path.join(env['APPDATA'] ?? path.join(home, 'AppData', 'Roaming'), APP_NAME)
  return path.join(env['XDG_CONFIG_HOME'] ?? path.join(home, '.config'), APP_NAME)
}
