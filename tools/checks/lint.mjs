// One command for everything that reads the source without running it: lint, format, types, layers, dependencies.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const steps = [
  ['oxlint', ['node_modules/oxlint/bin/oxlint', '--deny-warnings', '.']],
  ['prettier', ['node_modules/prettier/bin/prettier.cjs', '--check', '--cache', '--log-level', 'warn', '.']],
  ['layers', ['tools/checks/layers.mjs']],
  ['dependencies', ['tools/checks/dependencies.mjs']],
  ['types', ['tools/checks/types.mjs']],
]

let failed = false
for (const [name, args] of steps) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  console.log(`${status === 0 ? 'ok    ' : 'failed'} ${name}`)
  failed ||= status !== 0
}
process.exitCode = failed ? 1 : 0
