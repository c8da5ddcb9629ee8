// with-keyring.mjs COMMAND [ARGUMENT…]: runs a command with a keychain of its own that is thrown away afterwards, on a
// private session bus. Where dbus or gnome-keyring are missing, the command runs without any keychain and is told so:
// TEST_KEYRING is `throw-away` or `none`.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { missingPackages } from './system-packages.mjs'

// The daemon reads the password of the new ring from its input; an empty line is an empty password.
const unlockThenRun =
  'printf "\\n" | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec "$@"'

function privateFolders() {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'keyring-'))
  const make = (name) => {
    const folder = path.join(root, name)
    fs.mkdirSync(folder, { mode: 0o700 })
    return folder
  }
  const env = {
    XDG_DATA_HOME: make('data'),
    XDG_CONFIG_HOME: make('config'),
    XDG_RUNTIME_DIR: make('runtime'),
  }
  return { root, env }
}

/** @returns {Promise<number>} exit status of the command */
export async function runWithKeyring(command, { env = process.env } = {}) {
  const { root, env: folders } = privateFolders()
  const missing = missingPackages(['dbus', 'gnome-keyring', 'libsecret-1-0'])
  const isThere = process.platform === 'linux' && missing.length === 0
  const [program, ...args] = isThere
    ? ['dbus-run-session', '--', 'sh', '-c', unlockThenRun, 'sh', ...command]
    : command
  const keyring = isThere ? 'throw-away' : 'none'
  const child = spawn(program, args, { stdio: 'inherit', env: { ...env, ...folders, TEST_KEYRING: keyring } })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  const status = await new Promise((resolve) => {
    child.on('error', () => resolve(127))
    child.on('exit', (code) => resolve(code ?? 1))
  })
  fs.rmSync(root, { recursive: true, force: true })
  return status
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  process.exitCode = await runWithKeyring(process.argv.slice(2))
