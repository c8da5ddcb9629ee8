// `npm run first-minutes`: does what somebody does who has just heard of Ferry, and times it: clones, installs, starts, opens
// the local workspace, drops a clip, and waits until it is verified. In a folder and with a data folder that are thrown away.
import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { chromium } from 'playwright-core'
import { dropFiles } from '../test/support/drop-files.ts'
import { projectRoot } from './start/node-version.mjs'
import { findProgram } from './start/system-packages.mjs'

const mostSeconds = 300
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'first-minutes-'))
const clone = path.join(folder, 'ferry')
const startedMs = performance.now()
const seconds = () => (performance.now() - startedMs) / 1000
const tell = (what) => console.log(`${seconds().toFixed(1).padStart(6)} s  ${what}`)

function run(command, args, cwd) {
  const { status, stderr } = spawnSync(command, args, {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${stderr}`)
}

/** The page of the app that listens at the port which is written into the file. */
async function attach(portFile, app) {
  for (;;) {
    if (app.exitCode !== null) throw new Error(`npm start ended with ${app.exitCode}`)
    const port = fs.existsSync(portFile) ? fs.readFileSync(portFile, 'utf8').split('\n')[0] : ''
    if (port) {
      const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`)
      const page = browser.contexts().flatMap((context) => context.pages())[0]
      if (page) return page
    }
    await sleep(100)
  }
}

async function firstAsset(app, portFile) {
  const page = await attach(portFile, app)
  page.setDefaultTimeout(60_000)
  const local = page.getByRole('region', { name: 'Open a local workspace' })
  await local.waitFor()
  tell('the window is there')
  await local.getByRole('checkbox', { name: /sample clips/ }).uncheck()
  await local.getByRole('button', { name: 'Open' }).click()
  await page.getByRole('main', { name: 'Library' }).waitFor()
  tell('clicked “Open” beside “Open a local workspace”; the library is there')
  const clip = path.join(folder, 'my first clip.mov')
  fs.writeFileSync(clip, Buffer.alloc(5_000_000, 'a clip'))
  fs.utimesSync(clip, new Date(Date.now() - 60_000), new Date(Date.now() - 60_000))
  await dropFiles(page, [clip])
  await page.getByRole('dialog').getByRole('button', { name: 'Upload 1 clip' }).click()
  tell('dropped a clip of 5 MB on the window; clicked “Upload 1 clip”')
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('button', { name: 'Uploads' }).click()
  await page.getByRole('grid', { name: 'Queue' }).getByText('Verified', { exact: true }).waitFor()
  tell('clicked “Uploads”: the clip is verified, its asset is in the library')
}

let app
try {
  run('git', ['clone', '--quiet', projectRoot, clone], folder)
  tell('git clone')
  run('npm', ['ci', '--no-audit', '--no-fund'], clone)
  tell('npm ci')
  const config = path.join(folder, 'config')
  const [command, ...args] =
    process.env.DISPLAY || !findProgram('xvfb-run') ? ['npm', 'start'] : ['xvfb-run', '-a', 'npm', 'start']
  app = spawn(command, args, {
    cwd: clone,
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, XDG_CONFIG_HOME: config, CHROMIUM_HOST_DEBUG_PORT: '0' },
  })
  tell([command, ...args].join(' '))
  await firstAsset(app, path.join(config, 'Ferry', 'chromium-host', 'DevToolsActivePort'))
  console.log(`first asset after ${seconds().toFixed(0)} s (${os.cpus().length} cores)`)
  if (seconds() > mostSeconds) process.exitCode = 1
} catch (error) {
  console.error(`not reached: ${error.message}`)
  process.exitCode = 1
} finally {
  if (app?.pid && app.exitCode === null) process.kill(-app.pid, 'SIGTERM')
  await sleep(1000)
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
}
process.exit()
