// First step of `npm start` and of the test scripts. Loads on Node 18, so that an old Node is told what is needed
// instead of failing on syntax; the rest runs on a fitting Node.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { suitableNode } from './node-version.mjs'

const commands = ['start', 'test', 'test:ci', 'test:long']
const [command, ...args] = process.argv.slice(2)

function continueWith(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), command, ...args], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
}

const found = suitableNode()
if (!commands.includes(command)) {
  console.error(`usage: preflight.mjs ${commands.join('|')}`)
  process.exitCode = 2
} else if ('problem' in found) {
  console.error(found.problem)
  process.exitCode = 1
} else if (found.node === process.execPath) {
  const { run } = command === 'start' ? await import('./start.mjs') : await import('./run-tests.mjs')
  process.exitCode = await run(command, args)
} else {
  continueWith(found.node)
}
