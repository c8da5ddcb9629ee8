import { afterAll, beforeAll, chai, describe, expect, it } from 'vitest'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startWorkspace, type Workspace } from '@main/workspace/index.ts'
import { operations } from '@main/workspace/routes/index.ts'
import { keyOf } from '@test/support/conformance/operation-hints.ts'
import { OperationWalk } from '@test/support/conformance/operation-walk.ts'
import { openapiCheck } from '@test/support/openapi.ts'

/**
 * Goes over every operation that the workspace declares, so that none can be added without being looked at. What cannot
 * be known from the declaration is in operation-hints.ts.
 */
const check = openapiCheck()
const dataDir = mkdtempSync(join(tmpdir(), 'ferry-walk-'))
let workspace: Workspace
let walk: OperationWalk

// What is wrong is told in full.
chai.config.truncateThreshold = 0

beforeAll(async () => {
  workspace = await startWorkspace({
    dataDir,
    previews: false,
    logins: [{ email: 'walker@example.com', password: 'correct horse', domains: ['North', 'South'] }],
  })
  walk = await OperationWalk.start(workspace, check)
})
afterAll(async () => {
  await workspace.close()
  rmSync(dataDir, { recursive: true, force: true })
})

for (const operation of operations)
  describe(`${keyOf(operation)}`, () => {
    it('answers as described', async () => {
      expect((await walk.goodInput(operation)).join('\n')).toBe('')
    })
    it('refuses malformed bodies, missing and wrong fields, and ignores unknown ones', async () => {
      expect((await walk.badInput(operation)).join('\n')).toBe('')
    })
    it('answers 404 for what does not exist', async () => {
      expect((await walk.unknownIds(operation)).join('\n')).toBe('')
    })
    it('asks for credentials and roles', async () => {
      expect((await walk.refusals(operation)).join('\n')).toBe('')
    })
    if (operation.method === 'GET')
      it('pages to the end and no further', async () => {
        expect((await walk.paging(operation)).join('\n')).toBe('')
      })
  })
