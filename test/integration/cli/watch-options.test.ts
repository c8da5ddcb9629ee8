import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildFerry, runFerry } from '@test/support/ferry-command.ts'
import { tempFolder } from '@test/support/temp-folder.ts'

beforeAll(buildFerry, 120_000)

describe('options of ferry watch', () => {
  it('--after refuses to move files to one of the folders, before anything is noted', async () => {
    const [base, state] = [await tempFolder(), await tempFolder()]
    const [a, b] = [path.join(base, 'a'), path.join(base, 'b')]
    for (const folder of [a, b]) mkdirSync(folder)
    for (const done of [a, b]) {
      const run = await runFerry(['watch', a, b, '--state', state, '--after', `move:${done}`])
      expect(run.code).toBe(2)
      expect(run.stderr).toContain(done)
      expect(run.stderr).toContain('watched')
    }
  })
})
