// Builds the app when what was built is missing or older than its sources.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { projectRoot } from './node-version.mjs'

const sources = ['src-main', 'src-preload', 'src-renderer', 'electron.vite.config.ts', 'package-lock.json']
const products = [
  'out/main/start.js',
  'out/main/index.js',
  'out/main/cli.js',
  'out/preload/index.cjs',
  'out/renderer/index.html',
]

/** Time of the youngest file at or below a path, in ms; 0 when there is none. */
function newestMs(target) {
  const stat = fs.statSync(target, { throwIfNoEntry: false })
  if (!stat) return 0
  if (!stat.isDirectory()) return stat.mtimeMs
  const below = fs.readdirSync(target).map((name) => newestMs(path.join(target, name)))
  return Math.max(stat.mtimeMs, ...below)
}

/** @returns {'missing' | 'older' | 'current'} how what was built stands to its sources */
export function buildState(root = projectRoot) {
  const built = products.map(
    (product) => fs.statSync(path.join(root, product), { throwIfNoEntry: false })?.mtimeMs,
  )
  if (built.includes(undefined)) return 'missing'
  const newestSource = Math.max(...sources.map((source) => newestMs(path.join(root, source))))
  return newestSource > Math.min(...built) ? 'older' : 'current'
}

/** The environment for helper programs: without what is meant for Ferry alone. */
export const helperEnvironment = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('FERRY_')))

const pause = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
const isAlive = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

// Two commands that start at once must not build into the same folder.
function locked(root, work) {
  const lock = path.join(root, 'node_modules', '.ferry-build')
  for (;;) {
    try {
      fs.writeFileSync(lock, String(process.pid), { flag: 'wx' })
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
      const holder = Number(fs.readFileSync(lock, { encoding: 'utf8', flag: 'a+' }))
      if (!holder || isAlive(holder)) pause(200)
      else fs.rmSync(lock, { force: true })
    }
  }
  try {
    return work()
  } finally {
    fs.rmSync(lock, { force: true })
  }
}

/**
 * Builds when it is due. Output goes to stderr, since stdout may be read by a program.
 * @param {{ node: string, only?: 'missing', root?: string }} options `only: 'missing'` leaves an older build alone
 * @returns {boolean} whether there is a build now
 */
export function ensureBuilt({ node, only, root = projectRoot }) {
  const isDue = () => {
    const state = buildState(root)
    return state === 'missing' || (state === 'older' && only !== 'missing')
  }
  if (!isDue()) return true
  return locked(root, () => {
    if (!isDue()) return true
    console.error('Building Ferry …')
    const bin = path.join(root, 'node_modules/electron-vite/bin/electron-vite.js')
    const args = [bin, 'build', '--logLevel', 'warn']
    const { status } = spawnSync(node, args, { cwd: root, stdio: ['ignore', 2, 2], env: helperEnvironment() })
    if (status !== 0) console.error('The build failed; the lines above say why.')
    return status === 0
  })
}
