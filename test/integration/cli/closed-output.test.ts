import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { buildFerry } from '@test/support/ferry-command.ts'
import { tempFolder } from '@test/support/temp-folder.ts'

beforeAll(buildFerry, 180_000)

it.runIf(process.platform !== 'win32')('says nothing when its reader has had enough', async () => {
  const ferry = path.join(import.meta.dirname, '../../../bin/ferry.mjs')
  const command = `"${process.execPath}" "${ferry}" doctor --state "${await tempFolder()}" | true`
  const { stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' })
  expect(stderr).toBe('')
})
