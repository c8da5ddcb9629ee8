// Packs Ferry into a folder with the Electron at hand and looks at the result: its files, its size, its fuses.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { listPackage } from '@electron/asar'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { build, Platform } from 'electron-builder'
import config from '../../tools/package/electron-builder.config.mjs'
import { readFuseWire } from '../../src-main/shell/fuse-wire.ts'
import { problemsOf } from '../../tools/package/package-contents.mjs'
import { electronExecutable } from '../../tools/start/electron-binary.mjs'
import { projectRoot } from '../../tools/start/node-version.mjs'
import { commandWayProblems, ownCommandProblems } from './command.mjs'
import { OLD_ELECTRON_VERSION, unpackOldElectron } from './old-electron.mjs'

const mostBytes = 120_000_000
const report = { passed: 0, failed: [], skipped: [] }
const state = (isFine) => (isFine ? 'ok    ' : 'FAILED')

function check(name, problems) {
  console.log(
    `  ${state(problems.length === 0)} ${name}${problems.length ? `: ${problems.slice(0, 20).join('; ')}` : ''}`,
  )
  if (problems.length === 0) report.passed += 1
  else report.failed.push(`${name}: ${problems.join('; ')}`)
}

function sizeOf(folder) {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + fs.statSync(path.join(entry.parentPath, entry.name)).size, 0)
}

/** The Electron to pack with. @returns {{ config: object, tooOldFor: string[] } | { reason: string }} */
function electronFor(folder) {
  if (electronExecutable()) return { config, tooOldFor: [] }
  const old = unpackOldElectron(folder)
  if ('reason' in old) return old
  fs.renameSync(old.executable, path.join(folder, 'electron'))
  const { grantFileProtocolExtraPrivileges: _tooNew, ...electronFuses } = config.electronFuses
  const changes = { electronDist: folder, electronVersion: OLD_ELECTRON_VERSION, electronFuses }
  return { config: { ...config, ...changes }, tooOldFor: ['grantFileProtocolExtraPrivileges'] }
}

const fuseNames = {
  runAsNode: FuseV1Options.RunAsNode,
  enableNodeOptionsEnvironmentVariable: FuseV1Options.EnableNodeOptionsEnvironmentVariable,
  enableNodeCliInspectArguments: FuseV1Options.EnableNodeCliInspectArguments,
  enableCookieEncryption: FuseV1Options.EnableCookieEncryption,
  onlyLoadAppFromAsar: FuseV1Options.OnlyLoadAppFromAsar,
  enableEmbeddedAsarIntegrityValidation: FuseV1Options.EnableEmbeddedAsarIntegrityValidation,
  loadBrowserProcessSpecificV8Snapshot: FuseV1Options.LoadBrowserProcessSpecificV8Snapshot,
  grantFileProtocolExtraPrivileges: FuseV1Options.GrantFileProtocolExtraPrivileges,
}

/** What Settings > Diagnostics would read out of this program. */
async function ownReading(executable, wanted) {
  const wire = await readFuseWire(executable)
  return Object.entries(wanted)
    .filter(([name, isOn]) => wire[fuseNames[name]] !== (isOn ? '1' : '0'))
    .map(([name]) => `${name} is read wrongly from ${wire}`)
}

async function fuseProblems(executable, wanted) {
  const wire = await getCurrentFuseWire(executable)
  return Object.entries(wanted)
    .filter(([name, isOn]) => wire[fuseNames[name]] !== (isOn ? FuseState.ENABLE : FuseState.DISABLE))
    .map(([name]) => `${name} is not as configured`)
}

async function run(folder) {
  const electronFolder = path.join(folder, 'electron')
  fs.mkdirSync(electronFolder)
  const electron = electronFor(electronFolder)
  if ('reason' in electron) {
    report.skipped.push({ name: 'package', reason: electron.reason })
    return console.log(`package: not made: ${electron.reason}.`)
  }
  const output = path.join(folder, 'made')
  const targets = Platform.LINUX.createTarget('dir')
  await build({
    projectDir: projectRoot,
    targets,
    config: { ...electron.config, directories: { ...config.directories, output } },
  })
  const unpacked = path.join(output, 'linux-unpacked')
  const resources = path.join(unpacked, 'resources')
  const files = listPackage(path.join(resources, 'app.asar')).map((file) => file.replace(/^\//, ''))
  const isFile = (file) => !files.some((other) => other.startsWith(`${file}/`))
  console.log(`package: packed with Electron ${electron.config.electronVersion ?? "of the project's own"}.`)
  check('it holds what runs and nothing else', problemsOf(files.filter(isFile)))
  const sizeBytes = sizeOf(resources)
  check(
    `without Electron it is smaller than ${mostBytes / 1e6} MB`,
    sizeBytes < mostBytes ? [] : [`it has ${Math.round(sizeBytes / 1e6)} MB`],
  )
  console.log(`         ${files.length} entries, ${(sizeBytes / 1e6).toFixed(1)} MB`)
  const keytar = path.join(resources, 'app.asar.unpacked/node_modules/keytar/prebuilds')
  const addon = path.join(keytar, `linux-${process.arch}`, 'keytar.node')
  check("the keychain's addon lies outside the archive", fs.existsSync(addon) ? [] : [`no ${addon}`])
  check(
    'fuses are set',
    await fuseProblems(path.join(unpacked, config.linux.executableName), electron.config.electronFuses),
  )
  check(
    'the app itself reads them so',
    await ownReading(path.join(unpacked, config.linux.executableName), electron.config.electronFuses),
  )
  if (electron.tooOldFor.length === 0) {
    const { version } = JSON.parse(fs.readFileSync(path.join(projectRoot, 'package.json'), 'utf8'))
    check('its ferry command runs the command line', ownCommandProblems(unpacked, folder, version))
  } else {
    check(
      'its ferry command hands over arguments and status, without a display',
      commandWayProblems(unpacked, electronFolder, folder),
    )
    report.skipped.push({ name: 'ferry --version in the package', reason: 'the Electron at hand is too old' })
  }
  for (const name of electron.tooOldFor)
    report.skipped.push({ name: `fuse ${name}`, reason: 'the Electron at hand is too old to have it' })
}

if (process.platform !== 'linux')
  report.skipped.push({ name: 'package', reason: 'the check packs for Linux, on Linux' })
else {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ferry-package-'))
  try {
    await run(folder)
  } finally {
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}
if (process.env.TEST_REPORT) fs.writeFileSync(process.env.TEST_REPORT, JSON.stringify(report))
process.exitCode = report.failed.length === 0 ? 0 : 1
