// `npm start`: opens Ferry in the best way that this machine allows, and says which one that is.
import { spawn } from 'node:child_process'
import path from 'node:path'
import { findChromium } from '../chromium-host/find-chromium.mjs'
import { ensureBuilt } from './build.mjs'
import { ensureElectron } from './electron-binary.mjs'
import { runHeadlessDemo } from './headless-demo.mjs'
import { projectRoot } from './node-version.mjs'
import { ensureSystemPackages } from './system-packages.mjs'

const hasDisplay = () =>
  process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)

/** Runs a program in the foreground; its end is ours. */
function foreground(command, args) {
  const child = spawn(command, args, { cwd: projectRoot, stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  return new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(`${path.basename(command)} could not be started: ${error.message}`)
      resolve(1)
    })
    child.on('exit', (code, signal) => resolve(signal ? 1 : (code ?? 1)))
  })
}

function openInElectron(executable, args) {
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0
  if (isRoot) console.error('Electron has no sandbox when it is run as root.')
  return foreground(executable, [...(isRoot ? ['--no-sandbox'] : []), '.', ...args])
}

async function openWindow(args) {
  const electron = await ensureElectron()
  if ('executable' in electron) return openInElectron(electron.executable, args)
  ensureSystemPackages(['chromium'])
  const chromium = findChromium()
  if (!chromium) {
    console.error(
      `Electron could not be downloaded (${electron.reason}) and there is no Chromium to open instead, so here is Ferry without a window.`,
    )
    return runHeadlessDemo()
  }
  console.error(
    `Electron could not be downloaded (${electron.reason}), so the same build of Ferry opens in ${chromium}.`,
  )
  return foreground(process.execPath, [
    path.join(projectRoot, 'tools/chromium-host/launch.mjs'),
    '.',
    ...args,
  ])
}

/** @returns {Promise<number>} exit status */
export async function run(_command, args) {
  ensureSystemPackages(['ffmpeg', 'libsecret-1-0', 'gnome-keyring', 'dbus'])
  if (!ensureBuilt({ node: process.execPath })) return 1
  if (hasDisplay()) return openWindow(args)
  console.error(
    'There is no display here, so Ferry shows its main job without a window. (With one: xvfb-run -a npm start)',
  )
  return runHeadlessDemo()
}
