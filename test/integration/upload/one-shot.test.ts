import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildFerry, runFerry, startFerry, writeRandomFile } from '@test/support/ferry-command.ts'
import { runWorkspace } from '@test/support/running-workspace.ts'
import type { RunningWorkspace } from '@test/support/running-workspace.ts'
import { tempFolder } from '@test/support/temp-folder.ts'
import { whatArrived } from '@test/support/what-arrived.ts'

beforeAll(buildFerry, 120_000)

const ONE_CALL = 'POST */files/upload/'
const FOREVER_MS = 600_000

const credentials = ({ workspace }: RunningWorkspace) => ({
  FERRY_URL: workspace.url,
  FERRY_APP_ID: workspace.appId,
  FERRY_AUTH_TOKEN: workspace.authToken,
})

async function callsOf(server: RunningWorkspace): Promise<Record<string, number>> {
  return ((await server.inspect()) as { calls: Record<string, number> }).calls
}

/** One asset with one of everything, and these bytes. */
async function expectOnce(server: RunningWorkspace, md5: string): Promise<void> {
  const arrived = await whatArrived(server)
  expect(arrived).toHaveLength(1)
  expect(arrived[0]).toMatchObject({ formats: 1, fileSets: 1, files: [{ status: 'CLOSED' }], md5s: [md5] })
}

describe('small files go in one call', () => {
  it.each([
    ['s3', 'size and MD5 agree'],
    ['gcs', 'size and CRC32C agree'],
    ['azure', 'size and MD5 agree'],
    ['b2', 'size and SHA-1 agree'],
    ['file', 'size and MD5 agree'],
  ] as const)(
    'to a storage of the method %s: three calls of the API, proven by the storage itself',
    async (storage, proof) => {
      const server = await runWorkspace({ storage })
      const [source, state] = [await tempFolder(), await tempFolder()]
      const name = `it's "a" name; ${'Übung'.normalize('NFD')} 🎬.bin`
      const md5 = writeRandomFile(path.join(source, name), 10_240)
      const run = await runFerry(['upload', source, '--state', state, '--json'], credentials(server))
      expect(run).toMatchObject({ code: 0, stderr: '' })
      const calls = await callsOf(server)
      expect(run.events.find(({ event }) => event === 'done')).toMatchObject({ proof })
      await expectOnce(server, md5)
      expect((await whatArrived(server))[0]?.files[0]?.originalName).toBe(name)
      expect(calls).toMatchObject({
        'POST /API/assets/v1/assets/': 1,
        'POST /API/files/v1/files/upload/': 1,
        'GET /API/files/v1/assets/{id}/files/': 1,
      })
      expect(
        Object.keys(calls).filter((call) => /(POST|PATCH) .*(formats|file_sets|files\/\{)/.test(call)),
      ).toEqual([])
    },
    60_000,
  )

  it('larger and empty files go step by step', async () => {
    const server = await runWorkspace()
    const [source, state] = [await tempFolder(), await tempFolder()]
    writeRandomFile(path.join(source, 'empty.bin'), 0)
    writeRandomFile(path.join(source, 'larger.bin'), 1024 * 1024 + 1)
    const run = await runFerry(['upload', source, '--state', state], credentials(server))
    expect(run).toMatchObject({ code: 0, stderr: '' })
    expect(await callsOf(server)).not.toHaveProperty(['POST /API/files/v1/files/upload/'])
  }, 60_000)
})

describe('a crash on the way of one call', () => {
  const MOMENTS: [string, { match: string; action: string; times?: number; ms?: number }[]][] = [
    ['after the asset was made', [{ match: ONE_CALL, action: 'delay', ms: FOREVER_MS }]],
    [
      'after the one call was answered',
      [{ match: 'GET */assets/*/files/', action: 'delay', ms: FOREVER_MS }],
    ],
    [
      'after the one call took effect, before it was answered',
      [
        { match: ONE_CALL, action: 'drop-after', times: 1 },
        { match: 'GET */formats/', action: 'delay', ms: FOREVER_MS },
      ],
    ],
    ['after the files were listed', [{ match: 'GET /_storage/*', action: 'delay', ms: FOREVER_MS }]],
    ['after the storage gave its proof', [{ match: 'POST */jobs/', action: 'delay', ms: FOREVER_MS }]],
  ]
  it.each(MOMENTS)(
    '%s: one asset, one file, its bytes',
    async (_moment, rules) => {
      const server = await runWorkspace()
      const [source, state] = [await tempFolder(), await tempFolder()]
      const md5 = writeRandomFile(path.join(source, 'look.cube'), 20_000)
      await server.setFaults(rules)
      const { child, ended } = startFerry(['upload', source, '--state', state], credentials(server))
      const struck = async () => {
        const { faults } = (await server.inspect()) as { faults: { struck: number[] } }
        return faults.struck.at(-1)
      }
      await expect.poll(struck, { timeout: 30_000, interval: 20 }).toBeGreaterThan(0)
      child.kill('SIGKILL')
      await ended
      await server.setFaults([])
      const resumed = await runFerry(['resume', '--state', state, '--json'], credentials(server))
      expect(resumed).toMatchObject({ code: 0, stderr: '' })
      await expectOnce(server, md5)
    },
    60_000,
  )

  it('a source that changed meanwhile is taken as it is now', async () => {
    const server = await runWorkspace()
    const [source, state] = [await tempFolder(), await tempFolder()]
    const file = path.join(source, 'look.cube')
    writeRandomFile(file, 20_000)
    await server.setFaults([
      { match: ONE_CALL, action: 'drop-after', times: 1 },
      { match: 'GET */formats/', action: 'delay', ms: FOREVER_MS },
    ])
    const { child, ended } = startFerry(['upload', source, '--state', state], credentials(server))
    const struck = async () => {
      const { faults } = (await server.inspect()) as { faults: { struck: number[] } }
      return faults.struck.at(-1)
    }
    await expect.poll(struck, { timeout: 30_000, interval: 20 }).toBeGreaterThan(0)
    child.kill('SIGKILL')
    await ended
    await server.setFaults([])
    const md5 = writeRandomFile(file, 30_000)
    const resumed = await runFerry(['resume', '--state', state, '--json'], credentials(server))
    expect(resumed).toMatchObject({ code: 0, stderr: '' })
    const [asset, ...others] = await whatArrived(server)
    expect(others).toEqual([])
    expect(asset?.formats).toBe(1)
    expect(asset?.md5s).toEqual([md5])
  }, 60_000)
})

describe('a server that does not take files in one call', () => {
  it.each([
    ['does not know the route', { action: 'status', status: 404 }],
    ['says that it cannot', { action: 'status', status: 501 }],
    ['answers something else', { action: 'status', status: 200 }],
    ['fails again and again', { action: 'status', status: 500 }],
  ])(
    'that %s: step by step, then and from then on',
    async (_what, fault) => {
      const server = await runWorkspace()
      const [source, state] = [await tempFolder(), await tempFolder()]
      const first = writeRandomFile(path.join(source, 'a.bin'), 1000)
      await server.setFaults([{ match: ONE_CALL, ...fault }])
      const args = ['upload', source, '--state', state, '--json', '--concurrency', '1']
      expect(await runFerry(args, credentials(server))).toMatchObject({ code: 0, stderr: '' })
      await expectOnce(server, first)

      await fetch(`${server.workspace.url}/_inspect`, { method: 'DELETE' })
      const second = writeRandomFile(path.join(source, 'b.bin'), 2000)
      expect(await runFerry(args, credentials(server))).toMatchObject({ code: 0, stderr: '' })
      expect(await callsOf(server)).not.toHaveProperty(['POST /API/files/v1/files/upload/'])
      const arrived = await whatArrived(server)
      expect(arrived.flatMap((asset) => asset.md5s).sort()).toEqual([first, second].sort())
    },
    60_000,
  )
})
