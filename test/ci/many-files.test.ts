import { chownSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildFerry, startFerry } from '@test/support/ferry-command.ts'
import type { FerryRun } from '@test/support/ferry-command.ts'
import { ServerView } from '@test/support/crash/server-view.ts'
import { badKinds, endAllMeddling, rereadSums, writeManyFiles } from '@test/support/faults/bad-files.ts'
import { startWorkspace, type Workspace } from '@main/workspace/index.ts'

/** `MANY_FILES=10000` for the size of the promise; `npm run test:long` takes it by itself. */
const count = Number(process.env['MANY_FILES'] ?? (process.env['TEST_LONG'] === '1' ? 10_000 : 1000))
const NOBODY = 65_534

const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'ferry-many-')))
let workspace: Workspace

beforeAll(async () => {
  buildFerry()
  workspace = await startWorkspace({
    dataDir: path.join(folder, 'server'),
    previews: false,
    faults: { rules: [] },
  })
}, 300_000)
afterAll(async () => {
  endAllMeddling()
  await workspace.close()
  rmSync(folder, { recursive: true, force: true })
})

it(`${count} files, one in a hundred of which fails: the rest is home, each failure is named, one retry brings them home`, async () => {
  const many = writeManyFiles(path.join(folder, 'card'), count)
  const view = new ServerView(workspace)
  await view.setFaults(badKinds.flatMap((kind) => kind.faults))
  const state = path.join(folder, 'state')
  const as = asOrdinaryUser(
    many.bad.map(({ file }) => file),
    [folder, state],
  )

  const run = await ferry(['upload', many.folder], state, as, () => {
    for (const { kind, file } of many.bad) kind.spoil(file)
  })
  expect(run.code).toBe(1)
  const done = run.events.filter(({ event }) => event === 'done')
  const failed = run.events.filter(({ event }) => event === 'failed')
  expect(named(failed)).toEqual(
    many.bad.map(({ kind, file }) => `${path.basename(file)}: ${kind.code}`).sort(),
  )
  const unexplained = failed.filter(({ reason, advice }) => !reason || !advice)
  expect(unexplained).toEqual([])
  expect(done).toHaveLength(count - many.bad.length)
  tell('upload', run)

  for (const { kind, file } of many.bad) kind.mend(file)
  rereadSums(many, readFileSync)
  await view.setFaults([])
  const retried = await ferry(['retry'], state, as)
  expect(named(retried.events.filter(({ event }) => event === 'failed'))).toEqual([])
  expect(retried.code).toBe(0)
  expect(retried.events.filter(({ event }) => event === 'done')).toHaveLength(many.bad.length)
  tell('retry', retried)

  const found = (await view.files()).map(({ name, md5, status }) => `${name} ${md5} ${status}`)
  const expected = [...many.sums].map(([file, md5]) => `${path.basename(file)} ${md5} CLOSED`)
  expect(found.sort()).toEqual(expected.sort())
  const { counts } = await view.inspect()
  expect(counts).toMatchObject({ assets: count, formats: count, fileSets: count, files: count })
  expect((await view.transferJobs()).map((job) => job['status']).sort()).toEqual(['FINISHED'])
}, 3_600_000)

/** root may read everything: as root the command runs as somebody else, who owns what it needs. */
function asOrdinaryUser(files: readonly string[], folders: readonly string[]): { uid?: number } {
  if (process.getuid?.() !== 0) return {}
  for (const one of folders) {
    mkdirSync(one, { recursive: true })
    chownSync(one, NOBODY, NOBODY)
  }
  for (const file of files) chownSync(file, NOBODY, NOBODY)
  return { uid: NOBODY }
}

async function ferry(
  args: string[],
  state: string,
  as: { uid?: number },
  whenPlanned?: () => void,
): Promise<FerryRun> {
  const { child, ended } = startFerry(
    [...args, '--state', state, '--json'],
    {
      FERRY_URL: workspace.url,
      FERRY_APP_ID: workspace.appId,
      FERRY_AUTH_TOKEN: workspace.authToken,
      FERRY_LOG_LEVEL: 'silent',
    },
    as,
  )
  let isPlanned = false
  child.stdout?.on('data', (text: string) => {
    if (isPlanned || !text.includes('"event":"planned"')) return
    isPlanned = true
    whenPlanned?.()
  })
  return ended
}

function named(events: readonly Record<string, unknown>[]): string[] {
  return events.map(({ path: file, code }) => `${path.basename(String(file))}: ${String(code)}`).sort()
}

function tell(what: string, { events }: FerryRun): void {
  const summary = events.find(({ event }) => event === 'summary') ?? {}
  const { done, failed, seconds, apiCalls } = summary
  console.log(
    `${what}: ${String(done)} done, ${String(failed)} failed in ${String(seconds)} s, ${String(apiCalls)} calls`,
  )
}
