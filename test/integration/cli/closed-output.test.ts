import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { buildFerry, startFerry, writeRandomFile } from '@test/support/ferry-command.ts'
import { runWorkspace } from '@test/support/running-workspace.ts'
import { tempFolder } from '@test/support/temp-folder.ts'
import { whatArrived } from '@test/support/what-arrived.ts'

beforeAll(buildFerry, 180_000)

it.runIf(process.platform !== 'win32')('says nothing when its reader has had enough', async () => {
  const ferry = path.join(import.meta.dirname, '../../../bin/ferry.mjs')
  const command = `"${process.execPath}" "${ferry}" doctor --state "${await tempFolder()}" | true`
  const { stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' })
  expect(stderr).toBe('')
})

it('an upload goes on when nobody reads it any more, and its status says how it ended', async () => {
  const server = await runWorkspace()
  const [source, state] = [await tempFolder(), await tempFolder()]
  for (const name of ['a.mov', 'b.mov', 'alone.xmp']) writeRandomFile(path.join(source, name), 1000)
  const { url, appId, authToken } = server.workspace
  const { child, ended } = startFerry(['upload', source, '--state', state], {
    FERRY_URL: url,
    FERRY_APP_ID: appId,
    FERRY_AUTH_TOKEN: authToken,
  })
  child.stdout?.destroy()
  expect(await ended).toMatchObject({ code: 1, stderr: '' })
  expect(await whatArrived(server)).toHaveLength(2)
})
