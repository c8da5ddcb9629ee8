// Electron's npm package brings no binary: it is downloaded at first use. Where that fails, it is not tried again for
// a while, so that the next start is quick.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { helperEnvironment } from './build.mjs'
import { projectRoot } from './node-version.mjs'

const packageFolder = path.join(projectRoot, 'node_modules/electron')
const failureFile = path.join(projectRoot, 'node_modules/.cache/ferry/electron-download.json')
const retryAfterMs = 24 * 3600_000
const reachTimeoutMs = 8_000
const downloadTimeoutMs = 5 * 60_000

/** Path of Electron's executable; undefined when it has not been downloaded. */
export function electronExecutable() {
  const override = process.env.ELECTRON_EXEC_PATH
  if (override && fs.existsSync(override)) return override
  try {
    const name = fs.readFileSync(path.join(packageFolder, 'path.txt'), 'utf8').trim()
    const file = path.join(packageFolder, 'dist', name)
    return fs.existsSync(file) ? file : undefined
  } catch {
    return undefined
  }
}

/** The last failure, if it is recent. `nowMs` and the file's content decide; a file of any other shape counts as none. */
export function recentFailure(text, nowMs) {
  try {
    const { atMs, reason } = JSON.parse(text)
    const ageMs = nowMs - atMs
    return typeof reason === 'string' && ageMs >= 0 && ageMs < retryAfterMs ? reason : undefined
  } catch {
    return undefined
  }
}

async function cannotReach() {
  // Behind a proxy only the download itself can tell.
  if (process.env.HTTPS_PROXY || process.env.https_proxy) return undefined
  const host = process.env.ELECTRON_MIRROR ?? process.env.npm_config_electron_mirror ?? 'https://github.com'
  try {
    await fetch(host, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(reachTimeoutMs) })
    return undefined
  } catch {
    return `${new URL(host).host} cannot be reached`
  }
}

function download() {
  console.error('Downloading Electron, once; this stops after five minutes.')
  const script = path.join(packageFolder, 'install.js')
  const { status, error, stderr } = spawnSync(process.execPath, [script], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: helperEnvironment(),
    timeout: downloadTimeoutMs,
    encoding: 'utf8',
  })
  if (status === 0) return undefined
  if (error?.code === 'ETIMEDOUT') return 'the download took longer than five minutes'
  return (
    stderr
      .split('\n')
      .find((line) => /error/i.test(line))
      ?.trim() ?? 'the download failed'
  )
}

/**
 * Electron's executable, downloaded when that is possible.
 * @returns {Promise<{ executable: string } | { reason: string }>} `reason` completes "because …"
 */
export async function ensureElectron() {
  const present = electronExecutable()
  if (present) return { executable: present }
  const text = fs.existsSync(failureFile) ? fs.readFileSync(failureFile, 'utf8') : ''
  const known = recentFailure(text, Date.now())
  if (known) return { reason: known }
  const reason = (await cannotReach()) ?? download()
  const executable = electronExecutable()
  if (!reason && executable) return { executable }
  const told = reason ?? 'the download left no executable'
  fs.mkdirSync(path.dirname(failureFile), { recursive: true })
  fs.writeFileSync(failureFile, JSON.stringify({ atMs: Date.now(), reason: told }))
  return { reason: told }
}
