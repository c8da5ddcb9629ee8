import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildFerry, runFerry, writeRandomFile } from '@test/support/ferry-command.ts'
import { runWorkspace } from '@test/support/running-workspace.ts'
import { tempFolder } from '@test/support/temp-folder.ts'
import { whatArrived } from '@test/support/what-arrived.ts'

beforeAll(buildFerry, 120_000)

const CREATES = ['*/assets/', '*/formats/', '*/file_sets/', '*/files/', '*/files/upload/', '*/jobs/']

describe('answers that get lost', () => {
  it.each([
    ['after the effect', 'drop-after'],
    ['before the effect', 'drop-before'],
  ])(
    '%s: nothing is doubled and nothing is missing',
    async (_when, action) => {
      const server = await runWorkspace()
      await server.setFaults(CREATES.map((path) => ({ match: `POST ${path}`, p: 0.25, action })))
      const [source, state] = [await tempFolder(), await tempFolder()]
      const expected: Record<string, string> = {}
      for (let i = 0; i < 12; i++)
        expected[`clip-${i}.mov`] = writeRandomFile(path.join(source, `clip-${i}.mov`), 1000 + i)

      const run = await runFerry(['upload', source, '--state', state, '--json'], {
        FERRY_URL: server.workspace.url,
        FERRY_APP_ID: server.workspace.appId,
        FERRY_AUTH_TOKEN: server.workspace.authToken,
      })
      const failed = run.events.filter(({ event }) => event === 'failed')
      expect(failed).toEqual([])
      expect(run.code).toBe(0)
      await server.setFaults([])

      const arrived = await whatArrived(server)
      expect(Object.fromEntries(arrived.map((asset) => [asset.title, asset.md5s]))).toEqual(
        Object.fromEntries(Object.entries(expected).map(([name, md5]) => [name, [md5]])),
      )
      expect(arrived).toHaveLength(12)
      for (const asset of arrived)
        expect(asset).toMatchObject({ formats: 1, fileSets: 1, files: [{ status: 'CLOSED' }] })
      const jobs = await server.api.jobs.list({ type: 'TRANSFER' }, 1, 100)
      expect(jobs.rows.map((job) => job.status)).toEqual(['FINISHED'])
    },
    180_000,
  )
})
