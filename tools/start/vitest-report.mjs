// A reporter of vitest that writes what test-summary.mjs reads to the file in TEST_REPORT.
import fs from 'node:fs'
import { withReason } from './test-summary.mjs'

export default class VitestReport {
  onTestRunEnd(modules, errors) {
    const report = { passed: 0, failed: errors.map((error) => error.message), skipped: [], unsteady: [] }
    for (const module of modules) {
      for (const error of module.errors()) report.failed.push(`${module.relativeModuleId}: ${error.message}`)
      for (const test of module.children.allTests()) {
        const { state, note, errors } = test.result()
        const name = `${module.relativeModuleId}: ${test.fullName}`
        if (state === 'passed') report.passed += 1
        else if (state === 'failed') report.failed.push(withReason(name, errors?.[0]?.message))
        else report.skipped.push({ name, reason: note ?? '' })
        // A test that passed at its second try keeps the errors of its first.
        if (test.diagnostic()?.flaky) report.unsteady.push(withReason(name, errors?.[0]?.message))
      }
    }
    if (process.env.TEST_REPORT) fs.writeFileSync(process.env.TEST_REPORT, JSON.stringify(report))
  }
}
