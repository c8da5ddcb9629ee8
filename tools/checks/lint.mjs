// One command for everything that reads the source without running it: lint, format, types, layers, dependencies.
// With TEST_REPORT it leaves a report as the test suites do, a check that failed with what it said.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import { fileURLToPath } from 'node:url'
import { withReason } from '../start/test-summary.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const checks = [
  ['oxlint', ['node_modules/oxlint/bin/oxlint', '--deny-warnings', '.']],
  ['prettier', ['node_modules/prettier/bin/prettier.cjs', '--check', '--cache', '--log-level', 'warn', '.']],
  ['layers', ['tools/checks/layers.mjs']],
  ['dependencies', ['tools/checks/dependencies.mjs']],
  ['types', ['tools/checks/types.mjs']],
]

/** Shows what the check says while it says it. */
function run(args) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ])
    from.setEncoding('utf8').on('data', (text) => {
      said += text
      to.write(text)
    })
  return new Promise((resolve) => {
    child.on('close', (status) => resolve({ isFine: status === 0, said }))
  })
}

const report = { passed: 0, failed: [], skipped: [] }
for (const [name, args] of checks) {
  const { isFine, said } = await run(args)
  console.log(`${isFine ? 'ok    ' : 'failed'} ${name}`)
  if (isFine) report.passed += 1
  else report.failed.push(withReason(name, said.trim()))
}
if (process.env.TEST_REPORT) fs.writeFileSync(process.env.TEST_REPORT, JSON.stringify(report))
process.exitCode = report.failed.length > 0 ? 1 : 0
