import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, utimesSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { startWorkspace } from '@main/workspace/index.ts'
import { buildFerry, runFerry, startFerry, writeRandomFile } from '@test/support/ferry-command.ts'
import { runWorkspace, type RunningWorkspace } from '@test/support/running-workspace.ts'
import { tempFolder } from '@test/support/temp-folder.ts'
import { whatArrived } from '@test/support/what-arrived.ts'

const MIB = 1024 * 1024

beforeAll(buildFerry, 120_000)

const credentials = ({ url, appId, authToken }: { url: string; appId: string; authToken: string }) => ({
  FERRY_URL: url,
  FERRY_APP_ID: appId,
  FERRY_AUTH_TOKEN: authToken,
})

/** A local workspace with clips in it, closed again. @returns its folder, and the MD5 of each clip by its title */
async function filledWorkspace(sizes: Record<string, number>) {
  const [dataDir, source, state] = [await tempFolder(), await tempFolder(), await tempFolder()]
  const md5s: Record<string, string> = {}
  mkdirSync(path.join(source, 'Day 1'))
  for (const [name, size] of Object.entries(sizes))
    md5s[name] = writeRandomFile(path.join(source, 'Day 1', name), size)
  /** Fills it again: what changed since becomes a new version. */
  const upload = async () => {
    const workspace = await startWorkspace({ dataDir, previews: false })
    const args = ['upload', source, '--mirror-tree', '--state', state]
    const run = await runFerry(
      [...args, '--view', 'Clip', '--set', 'Description=Of {stem}', '--set', 'Keywords=harbour'],
      credentials(workspace),
    )
    expect(run).toMatchObject({ code: 0, stderr: '' })
    await workspace.close()
  }
  await upload()
  return { dataDir, md5s, folder: path.join(source, 'Day 1'), upload }
}

async function expectEach(server: RunningWorkspace, md5s: Record<string, string>) {
  const arrived = await whatArrived(server)
  expect(Object.fromEntries(arrived.map(({ title, md5s: [md5] }) => [title, md5]))).toEqual(md5s)
  expect(arrived).toHaveLength(Object.keys(md5s).length)
  for (const asset of arrived)
    expect(asset).toMatchObject({ formats: 1, fileSets: 1, files: [{ status: 'CLOSED' }] })
  const { rows } = await server.api.search.assets({ query: '*', perPage: 500 })
  for (const { title, metadata, inCollections } of rows) {
    expect(metadata).toMatchObject({
      Description: [`Of ${title.replace(/\.mov$/, '')}`],
      Keywords: ['harbour'],
    })
    expect(inCollections).toHaveLength(1)
  }
  const collections = await server.api.collections.list(1, 100)
  expect(collections.rows.map(({ title }) => title)).toEqual(['Day 1'])
}

describe('ferry send', () => {
  it('brings each asset of a workspace to the account once, with bytes, values and collection, whatever is killed and lost meanwhile', async () => {
    const { dataDir, md5s } = await filledWorkspace(
      Object.fromEntries(
        Array.from({ length: 12 }, (_, at) => [`clip-${at}.mov`, at === 0 ? 40 * MIB : 50_000 + at]),
      ),
    )
    const server = await runWorkspace()
    await server.setFaults(
      ['*/assets/', '*/formats/', '*/file_sets/', '*/files/', '*/files/upload/'].map((match) => ({
        match: `POST ${match}`,
        p: 0.2,
        action: 'drop-after',
      })),
    )
    const state = await tempFolder()
    const args = ['send', '--workspace', dataDir, '--state', state, '--json', '--limit', '30M']
    for (let kills = 0; kills < 4; kills += 1) {
      const { child, ended } = startFerry(args, credentials(server.workspace))
      await sleep(900 + kills * 700)
      child.kill('SIGKILL')
      await ended
    }
    // Whoever goes on knows from the journal where the files come from.
    await runFerry(['resume', '--state', state], credentials(server.workspace))
    await server.setFaults([])
    const last = await runFerry(args, credentials(server.workspace))
    expect(last.stderr).toBe('')
    expect(last.code).toBe(0)
    await expectEach(server, md5s)

    const again = await runFerry(args, credentials(server.workspace))
    expect(again.events.filter(({ event }) => event === 'started' || event === 'done')).toEqual([])
    // Nothing stays behind on this machine.
    expect(readdirSync(path.join(state, 'send'), { recursive: true })).toEqual([])

    // A journal that was lost is no reason to send anything twice: the account itself knows.
    const elsewhere = await runFerry(
      [...args.slice(0, 3), '--state', await tempFolder(), '--json'],
      credentials(server.workspace),
    )
    expect(elsewhere.events.find(({ event }) => event === 'planned')).toMatchObject({ new: 0, sent: 12 })
    await expectEach(server, md5s)
  }, 240_000)

  it('sends a new version of what changed since, and again what was deleted there only when it is asked to', async () => {
    const { dataDir, folder, upload } = await filledWorkspace({ 'a.mov': 20_000, 'b.mov': 20_001 })
    const server = await runWorkspace()
    const state = await tempFolder()
    const run = (...more: string[]) =>
      runFerry(
        ['send', '--workspace', dataDir, '--state', state, '--json', ...more],
        credentials(server.workspace),
      )
    expect((await run()).code).toBe(0)
    const [a, b] = (await server.api.search.assets({ query: '*', perPage: 10 })).rows.sort((one, two) =>
      one.title.localeCompare(two.title),
    )
    await server.api.assets.trash([b!.id])

    const md5 = writeRandomFile(path.join(folder, 'a.mov'), 30_000)
    utimesSync(path.join(folder, 'a.mov'), new Date(), new Date(Date.now() - 60_000))
    await upload()

    const planned = (await run('--dry-run')).events.find(({ event }) => event === 'planned')
    expect(planned).toMatchObject({ new: 0, versions: 1, sent: 0, deleted: 1 })
    expect((await run()).code).toBe(0)
    const versioned = await server.api.assets.get(a!.id)
    expect(versioned.versions).toHaveLength(2)
    const current = (await server.api.files.listFiles(a!.id, { signUrls: true })).find(
      ({ versionId }) => versionId === versioned.defaultVersionId,
    )
    const bytes = new Uint8Array(await (await fetch(current?.url ?? '')).arrayBuffer())
    expect(createHash('md5').update(bytes).digest('hex')).toBe(md5)

    await run('--again')
    const titles = (await server.api.search.assets({ query: '*', perPage: 10 })).rows
      .filter(({ status }) => status === 'ACTIVE')
      .map(({ title }) => title)
    expect(titles.sort()).toEqual(['a.mov', 'b.mov'])
  }, 180_000)
})
