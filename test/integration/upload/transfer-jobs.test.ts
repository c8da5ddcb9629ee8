import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '@main/adapters/node/sqlite-database.ts'
import { createUploadJournal } from '@main/adapters/node/upload-journal/upload-journal.ts'
import { systemClock } from '@main/adapters/node/system-clock.ts'
import { BatchJobs } from '@main/services/uploads/batch-jobs.ts'
import type { UploadDependencies, UploadSession } from '@main/services/uploads/session.ts'
import { TwinSweeper } from '@main/services/uploads/twin-sweep.ts'
import { buildFerry, runFerry, startFerry, writeRandomFile } from '@test/support/ferry-command.ts'
import { runWorkspace, silentLogger } from '@test/support/running-workspace.ts'
import type { RunningWorkspace } from '@test/support/running-workspace.ts'
import { tempFolder } from '@test/support/temp-folder.ts'
import { plannedFile, planOf } from '@test/suites/upload-journal.ts'

beforeAll(buildFerry, 120_000)

const MIB = 1024 * 1024
const ACCOUNT = 'account-1'

const credentials = ({ workspace }: RunningWorkspace) => ({
  FERRY_URL: workspace.url,
  FERRY_APP_ID: workspace.appId,
  FERRY_AUTH_TOKEN: workspace.authToken,
})

describe('the job of a batch', () => {
  it('moves while it runs, has a child for a large clip, and all end when the batch does', async () => {
    const server = await runWorkspace()
    const [source, state] = [await tempFolder(), await tempFolder()]
    writeRandomFile(path.join(source, 'large.mov'), 100 * MIB)
    writeRandomFile(path.join(source, 'small.bin'), 1000)
    const { ended } = startFerry(
      ['upload', source, '--state', state, '--limit', '9M', '--json'],
      credentials(server),
    )
    const jobs = async () => (await server.api.jobs.list({ type: 'TRANSFER' }, 1, 100)).rows
    const childOnTheWay = async () => {
      const all = await jobs()
      return all.find((job) => job.parentId !== null && job.status === 'STARTED' && (job.progress ?? 0) > 0)
    }
    await expect.poll(childOnTheWay, { timeout: 60_000, interval: 200 }).toBeTruthy()
    const parentNow = (await jobs()).find((job) => job.parentId === null)
    expect(parentNow).toMatchObject({ status: 'STARTED', hasChildren: true, message: '1 of 2 done' })

    const run = await ended
    expect(run.code).toBe(0)
    const all = await jobs()
    expect(all).toHaveLength(2)
    const parent = all.find((job) => job.parentId === null)
    const child = all.find((job) => job.parentId !== null)
    expect(parent).toMatchObject({
      status: 'FINISHED',
      progress: 100,
      message: '2 done, 0 failed, 0 cancelled',
    })
    const { assetId } =
      run.events.find(({ event, path: file }) => event === 'done' && /large/.test(String(file))) ?? {}
    expect(child).toMatchObject({
      parentId: parent?.id,
      status: 'FINISHED',
      progress: 100,
      title: 'large.mov',
      objectId: assetId,
    })

    const { calls } = (await server.inspect()) as { calls: Record<string, number> }
    const { seconds } = run.events.find(({ event }) => event === 'summary') as { seconds: number }
    // Each job is told about at most every five seconds, and closed.
    expect(calls['PATCH /API/jobs/v1/jobs/{id}/']).toBeLessThanOrEqual(2 * (seconds / 5 + 1))
  }, 120_000)

  it('says in iconik which clips failed and why', async () => {
    const server = await runWorkspace()
    const [source, state] = [await tempFolder(), await tempFolder()]
    writeRandomFile(path.join(source, 'good.bin'), 1000)
    writeRandomFile(path.join(source, 'larger.bin'), 2 * MIB)
    await server.setFaults([{ match: 'PATCH */files/*', action: 'status', status: 403 }])
    expect(await runFerry(['upload', source, '--state', state], credentials(server))).toMatchObject({
      code: 1,
    })
    const { rows } = await server.api.jobs.list({ type: 'TRANSFER' }, 1, 100)
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({
      status: 'FINISHED_WITH_WARNING',
      message: '1 done, 1 failed, 0 cancelled',
    })
    expect(rows[0]?.errorMessage).toMatch(/^larger\.bin: .*403|^larger\.bin: iconik does not allow/)
  }, 60_000)
})

describe('second jobs', () => {
  it('of a batch and of its clips are deleted when they turn up after a lost answer', async () => {
    const server = await runWorkspace()
    const journal = createUploadJournal(openDatabase(':memory:'))
    const deps = { journal, clock: systemClock, logger: silentLogger } as unknown as UploadDependencies
    const session = { accountId: ACCOUNT, userId: null, api: server.api } as UploadSession
    const { batchId, uploadIds } = journal.commit(
      ACCOUNT,
      planOf(plannedFile('/clips/large.mov', 200 * MIB), plannedFile('/clips/small.mov')),
      systemClock.nowMs(),
    )
    const large = uploadIds[0] as string as never
    // Both were asked for by a process that died before the answers came; nothing shows yet.
    journal.updateBatch(batchId, { jobState: 'creating' })
    journal.update(large, { step: 'bytes', active: true, jobState: 'creating' })
    const jobs = new BatchJobs(deps)
    const signal = AbortSignal.timeout(30_000)
    await jobs.update(session, signal)
    const parentId = journal.batch(batchId)?.jobId as never
    const childId = journal.get(large)?.jobId
    expect(childId).toBeTruthy()

    const late = { title: 'late', type: 'TRANSFER', status: 'STARTED' }
    await server.api.jobs.create({ ...late, metadata: { ferry_batch_id: batchId } })
    await server.api.jobs.create({
      ...late,
      parentId,
      metadata: { ferry_batch_id: batchId, ferry_upload_id: large },
    })
    await new TwinSweeper(deps, jobs).sweep(session, signal, true)
    const left = (await server.api.jobs.list({ type: 'TRANSFER' }, 1, 100)).rows.map((job) => job.id)
    expect(left.sort()).toEqual([parentId, childId].sort())
  })
})
