import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildFerry, runFerry, writeRandomFile } from '@test/support/ferry-command.ts'
import { runWorkspace } from '@test/support/running-workspace.ts'
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
  it('--after names what could not be moved, with the reason, and ends with 1', async () => {
    const { workspace } = await runWorkspace()
    const [base, state] = [await tempFolder(), await tempFolder()]
    const [incoming, inTheWay] = [path.join(base, 'in'), path.join(base, 'file')]
    mkdirSync(incoming)
    writeFileSync(inTheWay, '')
    const clip = path.join(incoming, 'a.mov')
    writeRandomFile(clip, 1000)
    const done = path.join(inTheWay, 'done')
    const run = await runFerry(
      ['watch', incoming, '--state', state, '--settle', '1', '--until-idle', '1', '--after', `move:${done}`],
      { FERRY_URL: workspace.url, FERRY_APP_ID: workspace.appId, FERRY_AUTH_TOKEN: workspace.authToken },
    )
    expect(run.stdout).toContain(`stays  ${clip}: The folder ${done} cannot be made: A file is in the way.`)
    expect(run.code).toBe(1)
    expect(existsSync(clip)).toBe(true)
  })
  it('names at every run what failed and needs a person still', async () => {
    const { workspace, setFaults } = await runWorkspace()
    const [incoming, state] = [await tempFolder(), await tempFolder()]
    const clip = path.join(incoming, 'a.mov')
    writeRandomFile(clip, 1000)
    await setFaults([{ match: 'POST */files/*', action: 'status', status: 403 }])
    for (const run of [1, 2]) {
      const { code, stdout } = await runFerry(
        ['watch', incoming, '--state', state, '--settle', '1', '--until-idle', '1'],
        { FERRY_URL: workspace.url, FERRY_APP_ID: workspace.appId, FERRY_AUTH_TOKEN: workspace.authToken },
      )
      expect({ run, code }).toEqual({ run, code: 1 })
      expect(stdout.split('\n').filter((line) => line.startsWith(`failed  ${clip}: `))).toHaveLength(1)
    }
  })

  it('wants a folder, and says so of a file', async () => {
    const { workspace } = await runWorkspace()
    const [folder, state] = [await tempFolder(), await tempFolder()]
    const clip = path.join(folder, 'a.mov')
    writeRandomFile(clip, 1000)
    const run = await runFerry(['watch', clip, '--state', state, '--until-idle', '1'], {
      FERRY_URL: workspace.url,
      FERRY_APP_ID: workspace.appId,
      FERRY_AUTH_TOKEN: workspace.authToken,
    })
    expect(run.code).toBe(2)
    expect(run.stderr).toBe(
      `${clip} is a file. Name the folder that it lies in, or send it with “ferry upload”.\n`,
    )
  })

  it('help shows the command that was named, with its defaults as they are typed', async () => {
    const { code, stdout } = await runFerry(['help', 'watch'])
    expect(code).toBe(0)
    expect(stdout).toContain('(default: leave)')
    expect((await runFerry(['help', 'workspace', 'serve'])).stdout).toContain('Usage: ferry workspace serve')
    expect(await runFerry(['help', 'workspace', 'swim'])).toMatchObject({ code: 2 })
  })
})
