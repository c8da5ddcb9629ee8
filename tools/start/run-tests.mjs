// `npm test`, `npm run test:ci`, `npm run test:long`: runs the suites one after another, whatever the one before said,
// and ends with one line that adds up their reports.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { ensureBuilt } from './build.mjs'
import { projectRoot } from './node-version.mjs'
import { ensureSystemPackages } from './system-packages.mjs'
import { closingLines, readReport } from './test-summary.mjs'
import { runWithKeyring } from './with-keyring.mjs'

const results = path.join(projectRoot, 'test-results')
const here = path.join(projectRoot, 'tools/start')

function runNode(args, env) {
  const child = spawn(process.execPath, args, {
    cwd: projectRoot,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  })
  return new Promise((resolve) => {
    child.on('exit', (code) => resolve(code ?? 1))
  })
}

/** A suite of vitest or Playwright: what to run, and the report that it leaves. */
function suite(name, args, { keyring = false, env = {} } = {}) {
  return async () => {
    const report = path.join(results, `${name}.json`)
    fs.rmSync(report, { force: true })
    const all = { ...process.env, ...env, TEST_REPORT: report }
    const status = keyring
      ? await runWithKeyring([process.execPath, ...args], { env: all })
      : await runNode(args, all)
    return { name, ...readReport(report, status) }
  }
}

/** A suite that opens what was built; without a build it says so once instead of failing in each test. */
const onBuild = (name, run) => (before) => {
  const isBuilt = !before.some((report) => report.name === 'build' && report.failed.length > 0)
  return isBuilt ? run() : { name, passed: 0, failed: ['not run, as the build failed'], skipped: [] }
}

/** A step that either holds or does not. */
const step = (name, work) => async () => {
  const isFine = await work()
  return { name, passed: isFine ? 1 : 0, failed: isFine ? [] : [name], skipped: [] }
}

const vitest = (...projects) => [
  path.join(projectRoot, 'node_modules/vitest/vitest.mjs'),
  'run',
  '--passWithNoTests',
  '--reporter=default',
  `--reporter=${path.join(here, 'vitest-report.mjs')}`,
  ...projects.flatMap((project) => ['--project', project]),
]
const playwright = [
  path.join(projectRoot, 'node_modules/@playwright/test/cli.js'),
  'test',
  '--config=test/e2e/playwright.config.ts',
  `--reporter=list,${path.join(here, 'playwright-report.mjs')}`,
]

const lint = suite('lint', [path.join(projectRoot, 'tools/checks/lint.mjs')])
const build = step('build', () => ensureBuilt({ node: process.execPath }))
const packed = onBuild('package', suite('package', ['test/electron/package.mjs']))
const electron = onBuild('electron', suite('electron', ['test/electron/run.mjs']))

const plans = {
  test: [
    lint,
    build,
    suite('unit', vitest('unit', 'renderer')),
    suite('integration', vitest('integration'), { keyring: true }),
    onBuild('e2e', suite('e2e', playwright, { keyring: true })),
  ],
  'test:ci': [build, suite('ci', vitest('ci'), { keyring: true }), electron, packed],
  'test:long': [build, suite('long', vitest('ci'), { keyring: true, env: { TEST_LONG: '1' } })],
}

/** @returns {Promise<number>} 1 when anything failed */
export async function run(command) {
  ensureSystemPackages(['chromium', 'xvfb', 'dbus', 'gnome-keyring', 'libsecret-1-0', 'ffmpeg', 'curl'])
  fs.mkdirSync(results, { recursive: true })
  const reports = []
  for (const part of plans[command]) {
    const startMs = performance.now()
    const report = await part(reports)
    reports.push({ ...report, durationMs: performance.now() - startMs })
  }
  const { lines, isFine } = closingLines(reports)
  console.log(`\n${lines.join('\n')}`)
  return isFine ? 0 : 1
}
