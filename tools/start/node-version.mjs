// Which Node runs Ferry, in words that also an old Node understands: this file must load on Node 18.
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const projectRoot = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..')

/** Ferry keeps its journal with node:sqlite, which is there without a flag from this version on. */
export const neededMajor = 24

export const majorOf = (version) => Number(version.replace(/^v/, '').split('.')[0])

/** Path of the Node that npm installed for this platform; undefined where none is bundled (macOS) or npm was not run. */
export function bundledNode(root = projectRoot) {
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  const file = path.join(root, 'node_modules', '.bin', name)
  return fs.existsSync(file) ? file : undefined
}

/**
 * The Node to run with.
 * @returns {{ node: string } | { problem: string }} an executable, or a plain sentence that says what is missing
 */
export function suitableNode({
  version = process.version,
  execPath = process.execPath,
  bundled = bundledNode(),
} = {}) {
  if (majorOf(version) >= neededMajor) return { node: execPath }
  if (bundled) return { node: bundled }
  return {
    problem:
      `Ferry needs Node ${neededMajor} or newer; this is ${version}. ` +
      'Run "npm ci" first, which installs a fitting Node on Linux and Windows; ' +
      `on macOS install Node ${neededMajor} from https://nodejs.org or with "brew install node@${neededMajor}".`,
  }
}
