import { chmodSync, chownSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { age, buildFerry, runFerry, startFerry, writeRandomFile } from '@test/support/ferry-command.ts'
import { runWorkspace } from '@test/support/running-workspace.ts'
import type { RunningWorkspace } from '@test/support/running-workspace.ts'
import { tempFolder } from '@test/support/temp-folder.ts'
import { whatArrived } from '@test/support/what-arrived.ts'

const MIB = 1024 * 1024

beforeAll(buildFerry, 120_000)

const credentials = ({ workspace }: RunningWorkspace) => ({
  FERRY_URL: workspace.url,
  FERRY_APP_ID: workspace.appId,
  FERRY_AUTH_TOKEN: workspace.authToken,
})

/** root may read everything: as root the command runs as somebody else, who owns what it needs. */
function ordinaryUser(...folders: string[]): { uid?: number } {
  if (process.getuid?.() !== 0) return {}
  const nobody = 65_534
  for (const folder of folders) {
    chownSync(folder, nobody, nobody)
    for (const name of readdirSync(folder)) chownSync(path.join(folder, name), nobody, nobody)
  }
  return { uid: nobody }
}

describe('ferry upload', () => {
  it('brings every file once, under its own name, with its own bytes; and again: nothing new', async () => {
    const server = await runWorkspace()
    const [source, state] = [await tempFolder(), await tempFolder()]
    const names = {
      'a.mov': 30_000,
      'b.mp4': 20_000,
      'c.wav': 10_000,
      'd.jpg': 5_000,
      empty: 0,
      [`it's a "take" 🎬 ${'Übung'.normalize('NFD')}.mov`]: 12_345,
      'large.mov': 300 * MIB,
    }
    const expected = Object.fromEntries(
      Object.entries(names).map(([name, size]) => [name, writeRandomFile(path.join(source, name), size)]),
    )
    const args = ['upload', source, '--state', state, '--json']
    const run = await runFerry(args, credentials(server))
    expect(run.stderr).toBe('')
    expect(run.code).toBe(0)
    expect(run.events.filter(({ event }) => event === 'done')).toHaveLength(7)

    const arrived = await whatArrived(server)
    expect(Object.fromEntries(arrived.map((asset) => [asset.files[0]?.originalName, asset.md5s[0]]))).toEqual(
      expected,
    )
    for (const asset of arrived)
      expect(asset).toMatchObject({ formats: 1, fileSets: 1, files: [{ status: 'CLOSED' }] })

    const summary = run.events.find(({ event }) => event === 'summary')
    expect(Number(summary?.['apiCalls']) / 7).toBeLessThanOrEqual(9)

    const again = await runFerry(args, credentials(server))
    expect(again.code).toBe(0)
    expect(again.events.filter(({ event }) => event === 'done' || event === 'started')).toEqual([])
    expect(await whatArrived(server)).toHaveLength(7)
  }, 180_000)

  it('sends only what is missing after a kill in the middle of a file', async () => {
    const server = await runWorkspace()
    const [source, state] = [await tempFolder(), await tempFolder()]
    const md5 = writeRandomFile(path.join(source, 'large.mov'), 300 * MIB)
    const { child, ended } = startFerry(
      ['upload', source, '--state', state, '--limit', '60M'],
      credentials(server),
    )
    const partsSent = async () => {
      const { multiparts } = (await server.inspect()) as { multiparts: { parts: unknown }[] }
      const parts = multiparts[0]?.parts
      return Array.isArray(parts) ? parts.length : Number(parts ?? 0)
    }
    await expect.poll(partsSent, { timeout: 30_000, interval: 50 }).toBeGreaterThan(5)
    child.kill('SIGKILL')
    await ended
    const before = await whenStill(partsSent)
    await fetch(`${server.workspace.url}/_inspect`, { method: 'DELETE' })

    const resumed = await runFerry(['resume', '--state', state, '--json'], credentials(server))
    expect(resumed.stderr).toBe('')
    expect(resumed.code).toBe(0)
    const { calls } = (await server.inspect()) as { calls: Record<string, number> }
    const puts = Object.entries(calls).filter(([call]) => call.startsWith('PUT /_storage'))
    const sentAgain = puts.reduce((sum, [, count]) => sum + count, 0)
    const total = Number(
      /(\d+) parts/.exec(String(resumed.events.find(({ event }) => event === 'done')?.['proof']))?.[1],
    )
    // A part may have arrived without its checkpoint having been written: at most the few that were on their way.
    expect(sentAgain).toBeLessThanOrEqual(total - before + 6)
    expect(sentAgain).toBeGreaterThanOrEqual(total - before)
    expect((await whatArrived(server)).map((asset) => asset.md5s)).toEqual([[md5]])
  }, 180_000)

  it('names what is wrong in plain words while the rest goes on', async () => {
    const server = await runWorkspace()
    const [source, state] = [await tempFolder(), await tempFolder()]
    writeRandomFile(path.join(source, 'good.mov'), 1000)
    writeFileSync(path.join(source, 'notes.txt'), 'no media at all')
    age(path.join(source, 'notes.txt'))
    writeRandomFile(path.join(source, 'locked.mov'), 1000)
    chmodSync(path.join(source, 'locked.mov'), 0)
    mkdirSync(path.join(source, 'closed'))
    writeRandomFile(path.join(source, 'closed', 'inside.mov'), 1000)
    chmodSync(path.join(source, 'closed'), 0)
    const elsewhere = path.join(await tempFolder(), 'not-there.mov')
    const run = await runFerry(
      ['upload', source, elsewhere, '--state', state],
      credentials(server),
      ordinaryUser(source, state),
    )
    expect(run.code).toBe(1)
    expect(run.stdout).toMatch(/done .*good\.mov/)
    expect(run.stdout).toMatch(/failed .*not-there\.mov: .+/)
    expect(run.stdout).toMatch(/failed .*locked\.mov: .+/)
    expect(run.stdout).toMatch(/failed .*closed: .+/)
    const titles = (await whatArrived(server)).map((asset) => asset.title)
    // Nothing was made for what cannot be read.
    expect(titles.sort()).toEqual(['good.mov', 'notes.txt'])
    chmodSync(path.join(source, 'closed'), 0o755)
  }, 60_000)

  it('says that a token is wrong, and that a server is not there, by exit codes of their own', async () => {
    const server = await runWorkspace()
    const [source, state] = [await tempFolder(), await tempFolder()]
    writeRandomFile(path.join(source, 'a.mov'), 1000)
    const args = ['upload', source, '--state', state]
    const refused = await runFerry(args, { ...credentials(server), FERRY_AUTH_TOKEN: 'not-the-token' })
    expect(refused).toMatchObject({ code: 3, stdout: '' })
    expect(refused.stderr).toMatch(/token|App-ID/i)
    expect(refused.stderr).not.toContain('not-the-token')

    const absent = await runFerry(args, { ...credentials(server), FERRY_URL: 'http://127.0.0.1:9' })
    expect(absent.code).toBe(4)
    expect(absent.stderr).toMatch(/127\.0\.0\.1:9/)

    const nobody = await runFerry(args)
    expect(nobody.code).toBe(3)
    expect(nobody.stderr).toMatch(/sign/i)
  }, 60_000)

  it('refuses a command line that it does not understand', async () => {
    expect((await runFerry(['upload'])).code).toBe(2)
    expect((await runFerry(['upload', '.', '--limit', 'fast'])).code).toBe(2)
    expect((await runFerry(['sideload', '.'])).code).toBe(2)
  }, 60_000)

  it('shows a plan without doing anything', async () => {
    const server = await runWorkspace()
    const [source, state] = [await tempFolder(), await tempFolder()]
    writeRandomFile(path.join(source, 'a.mov'), 1000)
    const run = await runFerry(
      ['upload', source, '--state', state, '--dry-run', '--json'],
      credentials(server),
    )
    expect(run.code).toBe(0)
    expect(run.events.map(({ event }) => event)).toEqual(['planned'])
    expect(await whatArrived(server)).toEqual([])
  }, 60_000)
})

describe('ferry workspace serve', () => {
  it('says in its first line where it is and what opens it, and ends when it is told to', async () => {
    const [source, state, data] = [await tempFolder(), await tempFolder(), await tempFolder()]
    writeRandomFile(path.join(source, 'a.mov'), 1000)
    const { child, ended } = startFerry(['workspace', 'serve', '--data', data, '--previews', 'off'])
    const line = await new Promise<string>((resolve) => child.stdout?.once('data', resolve))
    const ready = JSON.parse(line) as Record<string, string>
    expect(Object.keys(ready)).toEqual(['event', 'url', 'appId', 'authToken', 'storageId'])
    const run = await runFerry(['upload', source, '--state', state], {
      FERRY_URL: ready['url'] ?? '',
      FERRY_APP_ID: ready['appId'] ?? '',
      FERRY_AUTH_TOKEN: ready['authToken'] ?? '',
    })
    expect(run.code).toBe(0)
    child.kill('SIGTERM')
    expect((await ended).code).toBe(0)
  }, 60_000)
})

/** What is counted, once it has stopped changing: the server may still be writing down what the dead process had sent. */
async function whenStill(count: () => Promise<number>): Promise<number> {
  for (let last = -1, now = await count(); ; last = now, now = await count()) {
    if (now === last) return now
    await sleep(500)
  }
}
