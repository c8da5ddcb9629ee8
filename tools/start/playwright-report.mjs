// A reporter of Playwright that writes what test-summary.mjs reads to the file in TEST_REPORT.
import fs from 'node:fs'
import { withReason } from './test-summary.mjs'

export default class PlaywrightReport {
  #suite
  #errors = []

  printsToStdio() {
    return false
  }

  onBegin(_config, suite) {
    this.#suite = suite
  }

  onError(error) {
    this.#errors.push(error.message ?? String(error.value))
  }

  onEnd() {
    const report = { passed: 0, failed: this.#errors, skipped: [], unsteady: [] }
    for (const test of this.#suite?.allTests() ?? []) {
      const name = test.titlePath().filter(Boolean).join(' > ')
      const outcome = test.outcome()
      if (outcome === 'skipped') {
        const reasons = test.annotations.filter(({ type }) => type === 'skip' || type === 'fixme')
        report.skipped.push({ name, reason: reasons.map(({ description }) => description).join('; ') })
      } else if (outcome === 'unexpected')
        report.failed.push(withReason(name, test.results.at(-1)?.error?.message))
      else report.passed += 1
      if (outcome === 'flaky') report.unsteady.push(withReason(name, test.results[0]?.error?.message))
    }
    if (process.env.TEST_REPORT) fs.writeFileSync(process.env.TEST_REPORT, JSON.stringify(report))
  }
}
