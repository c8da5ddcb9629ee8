// Shell smoke test: runs shell-app.ts on the project's own Electron where its binary is there, else on an old one, under
// a display of its own and a keychain of its own; as root, as an unprivileged user, so that the sandbox can be proven.
import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { builtinModules } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { electronExecutable } from '../../tools/start/electron-binary.mjs'
import { projectRoot } from '../../tools/start/node-version.mjs'
import { findProgram, missingPackages } from '../../tools/start/system-packages.mjs'
import { unpackOldElectron } from './old-electron.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))
const runTimeoutMs = 120_000
const report = { passed: 0, failed: [], skipped: [] }

function finish() {
  if (process.env.TEST_REPORT) fs.writeFileSync(process.env.TEST_REPORT, JSON.stringify(report))
  process.exitCode = report.failed.length === 0 ? 0 : 1
}

function skip(reason) {
  console.log(`electron: not run: ${reason}.`)
  report.skipped.push({ name: 'shell smoke test', reason })
}

/** Puts the app together: main for the Node inside an old Electron, the built preload and page, and keytar. */
async function assemble(folder) {
  await build({
    configFile: false,
    logLevel: 'error',
    root: projectRoot,
    resolve: { alias: { '@contract': path.join(projectRoot, 'src-preload/contract') } },
    ssr: { noExternal: true },
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: false,
      target: 'node18',
      rolldownOptions: {
        input: { main: path.join(here, 'shell-app.ts') },
        external: ['electron', ...builtinModules, /^node:/],
        output: { format: 'cjs', entryFileNames: 'main.cjs', intro: polyfills },
      },
    },
  })
  for (const part of ['preload', 'renderer'])
    fs.cpSync(path.join(projectRoot, 'out', part), path.join(folder, part), { recursive: true })
  fs.cpSync(path.join(projectRoot, 'node_modules/keytar'), path.join(folder, 'node_modules/keytar'), {
    recursive: true,
    dereference: true,
  })
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'ferry', main: 'main.cjs' }))
}

// What the Node inside the old Electron lacks of what the shell uses.
const polyfills =
  'URL.parse ??= (text, base) => { try { return new URL(text, base) } catch { return null } };'

/** A display that belongs to this run. @returns {Promise<{ display: string, stop(): void } | undefined>} */
function startDisplay(identity) {
  if (!findProgram('Xvfb')) return Promise.resolve(undefined)
  const args = ['-displayfd', '1', '-screen', '0', '1440x900x24', '-nolisten', 'tcp', '-ac']
  const child = spawn('Xvfb', args, { stdio: ['ignore', 'pipe', 'ignore'], ...identity })
  return new Promise((resolve) => {
    child.on('exit', () => resolve(undefined))
    child.stdout.once('data', (number) =>
      resolve({ display: `:${String(number).trim()}`, stop: () => child.kill() }),
    )
  })
}

/** Runs the app once. @returns {Promise<object[]>} its findings; empty when it did not start */
function runApp(command, { display, identity, home }) {
  const folders = { HOME: home, TMPDIR: home, XDG_CACHE_HOME: path.join(home, 'cache') }
  const env = { ...process.env, ...folders, DISPLAY: display, ELECTRON_ENABLE_LOGGING: '0' }
  delete env.WAYLAND_DISPLAY
  const args = [path.join(projectRoot, 'tools/start/with-keyring.mjs'), ...command]
  const child = spawn(process.execPath, args, {
    cwd: home,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...identity,
  })
  let out = ''
  let errors = ''
  child.stdout.on('data', (part) => (out += part))
  child.stderr.on('data', (part) => (errors += part))
  // The whole group: Electron outlives the bus and the keychain that it was started under, and would hold the pipes open.
  const timer = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), runTimeoutMs)
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearTimeout(timer)
      const lines = out.split('\n').filter((line) => line.startsWith('{'))
      resolve({ findings: lines.map((line) => JSON.parse(line)), errors, code })
    })
  })
}

function give(folder, { uid, gid } = {}) {
  if (uid !== undefined) spawnSync('chown', ['-R', `${uid}:${gid}`, folder])
}

const hasFinished = ({ findings }) => findings.some(({ check }) => check === 'finished')

function count({ findings, errors, code }) {
  for (const { check, ok, unproven, detail } of findings) {
    if (unproven) report.skipped.push({ name: check, reason: unproven })
    else if (ok === true) report.passed += 1
    else if (ok === false) report.failed.push(`${check}: ${JSON.stringify(detail)}`)
    if (ok !== undefined)
      console.log(`  ${ok ? 'ok    ' : 'FAILED'} ${check}${ok ? '' : `: ${JSON.stringify(detail)}`}`)
  }
  if (!hasFinished({ findings })) report.failed.push(`the app ended early (${code}): ${errors.slice(-2000)}`)
  else if (code === 0) report.passed += 1
  else report.failed.push(`quitting in order ended with status ${code}: ${errors.slice(-2000)}`)
}

async function runIn(folder) {
  const own = electronExecutable()
  const electron = own ? { executable: own } : unpackOldElectron(folder)
  if ('reason' in electron) return skip(electron.reason)
  const appFolder = own ? path.join(folder, 'app') : path.join(folder, 'resources/app')
  fs.mkdirSync(appFolder, { recursive: true })
  await assemble(appFolder)

  // Electron has no sandbox as root; 65534 is `nobody`, who exists everywhere and owns nothing.
  const isRoot = process.getuid?.() === 0
  const identity = isRoot && !own ? { uid: 65534, gid: 65534 } : {}
  const home = path.join(folder, 'home')
  fs.mkdirSync(home)
  fs.chmodSync(folder, 0o755)
  give(folder, identity)
  const screen = await startDisplay(identity)
  if (!screen) return skip('there is no Xvfb')
  try {
    const command = [
      electron.executable,
      ...(own ? [appFolder] : []),
      `--user-data-dir=${path.join(home, 'data')}`,
    ]
    const place = { display: screen.display, identity, home }
    const noSandbox = isRoot && own !== undefined
    let result = await runApp(noSandbox ? [...command, '--no-sandbox'] : command, place)
    if (!hasFinished(result) && result.findings.length === 0 && /sandbox/i.test(result.errors))
      result = await runApp([...command, '--no-sandbox'], place)
    const versions = result.findings.find(({ check }) => check === 'versions')?.detail
    const which = own ? "the project's own Electron" : 'an old Electron, not the one that Ferry ships with'
    console.log(`electron: ran on ${which}: ${versions?.electron} (Chromium ${versions?.chrome}).`)
    count(result)
  } finally {
    screen.stop()
  }
}

if (process.platform === 'linux' && missingPackages(['xvfb']).length > 0) skip('there is no Xvfb')
else if (!fs.existsSync(path.join(projectRoot, 'out/preload/index.cjs'))) skip('Ferry has not been built')
else {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'electron-smoke-'))
  try {
    await runIn(folder)
  } finally {
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}
finish()
