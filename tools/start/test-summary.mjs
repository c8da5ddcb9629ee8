// Reads the reports that vitest-report.mjs and playwright-report.mjs leave, and says what they come to.
import fs from 'node:fs'
import { stripVTControlCharacters } from 'node:util'

/** @returns {string} the failed test with the beginning of its error, so that the last lines of a run tell what to mend */
export function withReason(name, message = '') {
  const reason = stripVTControlCharacters(message).split('\n').slice(0, 12).join('\n').slice(0, 1200)
  return reason ? `${name}\n${reason.replace(/^/gm, '           ')}` : name
}

/**
 * `unsteady` are tests that passed at their second try only, among `passed` too: each is a race, of the test or of Ferry.
 * @typedef {{ passed: number, failed: string[], skipped: { name: string, reason: string }[], unsteady?: string[] }} Report
 * @param {string} file the report
 * @param {number} status how the program that wrote it ended: a failure that no test explains counts as one
 * @returns {Report}
 */
export function readReport(file, status) {
  let report
  try {
    report = JSON.parse(fs.readFileSync(file, 'utf8'))
  } catch {
    return { passed: 0, failed: [`ended with status ${status} and left no report`], skipped: [] }
  }
  if (status !== 0 && report.failed.length === 0) report.failed.push(`ended with status ${status}`)
  return report
}

const seconds = (durationMs) => `${Math.round(durationMs / 1000)} s`

/**
 * @param {(Report & { name: string, durationMs: number })[]} reports
 * @returns {{ lines: string[], isFine: boolean }} the last line being `N passed, N failed, N skipped`
 */
export function closingLines(reports) {
  const skips = reports.flatMap(({ name, skipped }) =>
    skipped.map((skip) => `skipped  ${name}: ${skip.name}: ${skip.reason || 'no reason given'}`),
  )
  const failures = reports.flatMap(({ name, failed }) =>
    failed.map((failure) => `failed   ${name}: ${failure}`),
  )
  const unsteady = reports.flatMap(({ name, unsteady = [] }) =>
    unsteady.map((test) => `unsteady ${name}: only at the second try: ${test}`),
  )
  const suites = reports.map(
    ({ name, passed, failed, skipped, durationMs }) =>
      `${name.padEnd(12)} ${passed} passed, ${failed.length} failed, ${skipped.length} skipped (${seconds(durationMs)})`,
  )
  const passed = reports.reduce((sum, report) => sum + report.passed, 0)
  const total = `${passed} passed, ${failures.length} failed, ${skips.length} skipped`
  return { lines: [...skips, ...unsteady, ...failures, ...suites, total], isFine: failures.length === 0 }
}
