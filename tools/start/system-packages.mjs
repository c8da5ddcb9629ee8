// What Ferry uses of the system: names what is missing with the command that installs it and, as root on Debian and
// its children, runs that command, unless FERRY_NO_INSTALL=1.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { findChromium } from '../chromium-host/find-chromium.mjs'
import { helperEnvironment } from './build.mjs'

const installTimeoutMs = 15 * 60_000

/** Absolute path of a program on the PATH; undefined when it is not there. */
export function findProgram(name) {
  return (process.env.PATH ?? '')
    .split(path.delimiter)
    .filter(Boolean)
    .flatMap((folder) =>
      (process.platform === 'win32' ? [`${name}.exe`, name] : [name]).map((file) => path.join(folder, file)),
    )
    .find(canRun)
}

function canRun(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK)
    return true
  } catch {
    return false
  }
}

const libraryFolders = [
  '/usr/lib',
  '/usr/lib64',
  '/lib',
  '/usr/local/lib',
  `/usr/lib/${{ x64: 'x86_64', arm64: 'aarch64' }[process.arch]}-linux-gnu`,
]
const hasLibrary = (file) => libraryFolders.some((folder) => fs.existsSync(path.join(folder, file)))

/** Debian's name of each package, what it is for, and whether it is there. */
export const systemPackages = {
  chromium: {
    purpose: 'opens Ferry where Electron cannot be downloaded',
    isThere: () => Boolean(findChromium()),
  },
  ffmpeg: { purpose: 'makes proxies and pictures of video', isThere: () => Boolean(findProgram('ffmpeg')) },
  curl: { purpose: 'sends what the page on uploads shows', isThere: () => Boolean(findProgram('curl')) },
  'libsecret-1-0': {
    purpose: 'reaches the keychain',
    linuxOnly: true,
    isThere: () => hasLibrary('libsecret-1.so.0'),
  },
  'gnome-keyring': {
    purpose: 'is the keychain',
    linuxOnly: true,
    isThere: () =>
      Boolean(findProgram('gnome-keyring-daemon') ?? findProgram('kwalletd5') ?? findProgram('kwalletd6')),
  },
  dbus: {
    purpose: 'connects to the keychain',
    linuxOnly: true,
    isThere: () => Boolean(findProgram('dbus-run-session')),
  },
  xvfb: { purpose: 'is a display for tests', linuxOnly: true, isThere: () => Boolean(findProgram('Xvfb')) },
}

/** The names among `wanted` that this machine lacks. */
export function missingPackages(wanted) {
  return wanted.filter((name) => {
    const { linuxOnly, isThere } = systemPackages[name]
    return !(linuxOnly && process.platform !== 'linux') && !isThere()
  })
}

const isDebian = () => fs.existsSync('/etc/debian_version') && Boolean(findProgram('apt-get'))

/** The command that installs them here, for a person to read. */
export function installCommand(names) {
  const list = names.join(' ')
  if (isDebian()) return `${process.getuid?.() === 0 ? '' : 'sudo '}apt-get install -y ${list}`
  if (process.platform === 'darwin') return `brew install ${list}`
  if (process.platform === 'win32')
    return `winget install ${names.map((name) => (name === 'ffmpeg' ? 'Gyan.FFmpeg' : 'Google.Chrome')).join(' ')}`
  if (findProgram('dnf'))
    return `sudo dnf install ${list.replace('libsecret-1-0', 'libsecret').replace('xvfb', 'xorg-x11-server-Xvfb')}`
  return `install with your system's package manager (names as in Debian): ${list}`
}

function install(names) {
  const env = { ...helperEnvironment(), DEBIAN_FRONTEND: 'noninteractive' }
  const run = (args) =>
    spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env, timeout: installTimeoutMs })
  // Lists may be missing or older than the mirror: refresh them, and try even when that fails.
  run(['update', '-qq'])
  run(['install', '-y', '-qq', ...names])
}

/**
 * Brings what is missing, or says how. Never ends the run: what cannot be had is worked around further on.
 * @param {string[]} wanted names of `systemPackages`
 * @returns {string[]} what is missing still
 */
export function ensureSystemPackages(wanted) {
  const missing = missingPackages(wanted)
  if (missing.length === 0) return []
  for (const name of missing) console.error(`Missing: ${name}, which ${systemPackages[name].purpose}.`)
  const command = installCommand(missing)
  const mayInstall = isDebian() && process.getuid?.() === 0 && process.env.FERRY_NO_INSTALL !== '1'
  console.error(mayInstall ? `Installing: ${command}` : `To install: ${command}`)
  if (!mayInstall) return missing
  install(missing)
  const left = missingPackages(missing)
  if (left.length > 0) console.error(`Could not be installed: ${left.join(', ')}. Going on without.`)
  return left
}
