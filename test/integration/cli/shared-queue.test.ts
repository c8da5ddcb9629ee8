import path from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { openDatabase } from '@main/adapters/node/sqlite-database.ts'
import { createUploadJournal } from '@main/adapters/node/upload-journal/upload-journal.ts'
import { databaseFile } from '@main/compose.ts'
import type { UploadRecord } from '@main/core/upload/upload-record.ts'
import type { UploadJournal } from '@main/ports/upload-journal.ts'
import { buildFerry, runFerry, startFerry, writeRandomFile } from '@test/support/ferry-command.ts'
import type { FerryRun } from '@test/support/ferry-command.ts'
import { runWorkspace } from '@test/support/running-workspace.ts'
import type { RunningWorkspace } from '@test/support/running-workspace.ts'
import { tempFolder } from '@test/support/temp-folder.ts'

beforeAll(buildFerry, 120_000)

const MIB = 1024 * 1024
const PATIENT = { timeout: 40_000, interval: 50 }

interface SlowUpload {
  server: RunningWorkspace
  journal: UploadJournal
  row: () => UploadRecord
  ended: Promise<FerryRun>
  ferry: (...args: string[]) => Promise<FerryRun>
}

/** A command in the middle of a file, and what else happens on its state folder. */
async function slowUpload(): Promise<SlowUpload> {
  const server = await runWorkspace()
  const [source, state] = [await tempFolder(), await tempFolder()]
  writeRandomFile(path.join(source, 'large.mov'), 40 * MIB)
  const { workspace } = server
  const env = {
    FERRY_URL: workspace.url,
    FERRY_APP_ID: workspace.appId,
    FERRY_AUTH_TOKEN: workspace.authToken,
  }
  const { child, ended } = startFerry(['upload', source, '--state', state, '--limit', '3M', '--json'], env)
  onTestFinished(() => void child.kill('SIGKILL'))
  await new Promise<void>((resolve) =>
    child.stdout?.on('data', (text: string) => {
      if (text.includes('"event":"progress"')) resolve()
    }),
  )
  const database = openDatabase(databaseFile(state))
  const journal = createUploadJournal(database)
  onTestFinished(() => {
    journal.close()
    database.close()
  })
  const row = () => {
    const [upload] = journal.list(journal.accounts()[0] ?? '', { text: '' }, 0, 1).rows
    if (!upload) throw new Error('nothing is queued')
    return upload
  }
  await expect.poll(() => row().sentBytes, PATIENT).toBeGreaterThan(0)
  return { server, journal, row, ended, ferry: (...args) => runFerry([...args, '--state', state], env) }
}

describe('two commands on one state folder', () => {
  it('cancel ends well when what was named is gone; the command that sent it says that it is not home', async () => {
    const { server, row, ended, ferry } = await slowUpload()
    const cancelled = await ferry('cancel', row().id)
    expect(cancelled).toMatchObject({ code: 0 })
    expect(cancelled.stdout).toContain('large.mov')
    const sender = await ended
    expect(sender.code).toBe(1)
    const { id, path: file, assetId } = row()
    expect(sender.events).toContainEqual({ event: 'cancelled', id, path: file, assetId })
    expect(sender.events.at(-1)).toMatchObject({ event: 'summary', done: 0, cancelled: 1 })
    const { multiparts, counts } = (await server.inspect()) as { multiparts: []; counts: { assets: number } }
    expect(multiparts).toEqual([])
    expect(counts.assets).toBe(0)

    expect(await ferry('cancel', row().id)).toMatchObject({ code: 2 })
  }, 60_000)

  it('what a person pauses meanwhile is no success: it is named, and goes on when it is resumed', async () => {
    const { journal, row, ended, ferry } = await slowUpload()
    journal.hold(row().accountId, { all: true }, 'paused')
    const sender = await ended
    expect(sender.code).toBe(1)
    expect(sender.events.at(-1)).toMatchObject({ event: 'summary', done: 0, failed: 0, paused: 1 })
    expect((await ferry('status')).stdout).toMatch(/paused {2}.*large\.mov/)

    const resumed = await ferry('resume')
    expect(resumed).toMatchObject({ code: 0 })
    expect(row()).toMatchObject({ step: 'verified', hold: 'none' })
  }, 60_000)
})
