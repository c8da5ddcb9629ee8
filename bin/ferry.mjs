#!/usr/bin/env node
// The `ferry` command: finds a fitting Node, builds when there is no build yet, and runs the command line in a child.
// Signals go to the child, its status comes back, and it ends when this process dies: it watches the pipe on fd 3.
import { spawn } from 'node:child_process'
import path from 'node:path'
import { ensureBuilt } from '../tools/start/build.mjs'
import { projectRoot, suitableNode } from '../tools/start/node-version.mjs'

const lifelineFd = 3
const isWindows = process.platform === 'win32'
/**
 * Half of Node's nursery takes 40 MiB off the peak of a large upload. A smaller one yet and early collection keep a watch of
 * 100,000 files, and of weeks, small; elsewhere they only cost time.
 */
const isWatch = process.argv.includes('watch')
const nodeOptions = isWatch
  ? ['--max-semi-space-size=4', '--heap-growing-percent=30']
  : ['--max-semi-space-size=8']
/** Threads hand memory to each other: one pool for all of them (glibc) has fewer holes. */
const memoryOptions = isWatch ? { MALLOC_ARENA_MAX: '1' } : {}
const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP', ...(isWindows ? [] : ['SIGWINCH'])]

function run(node) {
  const child = spawn(
    node,
    [...nodeOptions, path.join(projectRoot, 'out/main/cli.js'), ...process.argv.slice(2)],
    {
      stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
      env: { ...memoryOptions, ...process.env, FERRY_LAUNCHER_FD: String(lifelineFd) },
      // In a group of its own, so that Ctrl-C reaches it once, through this process, and not a second time from the terminal.
      detached: !isWindows,
    },
  )
  for (const signal of forwarded) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(`ferry could not be started: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    if (!signal) process.exit(code ?? 1)
    // Ends the way the child did, so that a shell sees the same.
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

const found = suitableNode()
if ('problem' in found) {
  console.error(found.problem)
  process.exitCode = 1
} else if (ensureBuilt({ node: found.node, only: 'missing' })) {
  run(found.node)
} else {
  process.exitCode = 1
}
