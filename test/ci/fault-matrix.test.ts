import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FaultBench } from '@test/support/faults/fault-bench.ts'
import type { Seen } from '@test/support/faults/fault-bench.ts'
import { faultCases, METHODS } from '@test/support/faults/fault-case.ts'
import type { Method } from '@test/support/faults/fault-case.ts'
import { faultTable } from '@test/support/faults/fault-table.ts'

const tableFile = path.join(import.meta.dirname, '../../docs/upload-faults.md')
/** `FAULTS_WRITE=1` writes the table anew. */
const writes = process.env['FAULTS_WRITE'] === '1'

const benches = new Map<Method, FaultBench>()
const seen = new Map<string, Map<Method, Seen>>()

/** Root may read everything; what cannot be read has to be so for this process too. */
const wasRoot = process.geteuid?.() === 0

beforeAll(async () => {
  if (wasRoot) process.seteuid?.(65_534)
  for (const method of METHODS) {
    const bench = new FaultBench(method)
    await bench.start()
    benches.set(method, bench)
  }
})
afterAll(async () => {
  for (const bench of benches.values()) await bench.close()
})

describe('what becomes of an upload when things go wrong', () => {
  it.each(faultCases.map((fault) => [fault.name, fault] as const))(
    '%s',
    async (name, fault) => {
      const row = new Map<Method, Seen>()
      seen.set(name, row)
      const outcomes: Record<string, string> = {}
      const promised: Record<string, string> = {}
      await Promise.all(
        METHODS.map(async (method) => {
          if (fault.notFor?.[method]) return
          const result = await (benches.get(method) as FaultBench).run(fault).catch((error: unknown) => ({
            outcome: `WRONG: ${String(error)}`,
            reason: '',
            advice: '',
          }))
          row.set(method, result)
          outcomes[method] = result.outcome
          promised[method] = fault.promised
          if (result.outcome.startsWith('fails') && result.advice === '')
            outcomes[method] += `, without advice for ${result.reason}`
        }),
      )
      expect(outcomes).toEqual(promised)
    },
    240_000,
  )

  it('is what docs/upload-faults.md says', () => {
    const table = faultTable(faultCases, seen)
    if (wasRoot) process.seteuid?.(0)
    if (writes) writeFileSync(tableFile, table)
    expect(readFileSync(tableFile, 'utf8'), 'FAULTS_WRITE=1 writes it anew').toBe(table)
  })
})
