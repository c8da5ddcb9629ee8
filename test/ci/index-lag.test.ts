import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { ServerView } from '@test/support/crash/server-view.ts'
import { fastClock } from '@test/support/faults/fast-clock.ts'
import { UploadStation } from '@test/support/faults/upload-station.ts'
import { writeRandomFile } from '@test/support/ferry-command.ts'
import { runWorkspace } from '@test/support/running-workspace.ts'
import { tempFolder } from '@test/support/temp-folder.ts'

/** Minutes of the uploader pass in seconds. */
const TIMES_AS_FAST = 60
const CLIPS = 40

/**
 * One answer in ten gets lost after its effect. A search that lags hides the asset that a lost answer made, so it is made again; the second
 * is to go once it shows, by the schedule alone (1, 10 and 60 minutes) and without a new start.
 */
it.each([0, 5, 45, 300])(
  'leaves no second asset behind when search lags by %i s',
  async (lagS) => {
    const server = await runWorkspace({ indexDelayMs: (lagS * 1000) / TIMES_AS_FAST })
    const [source, state] = [await tempFolder(), await tempFolder()]
    const sums = Array.from({ length: CLIPS }, (_, at) =>
      writeRandomFile(path.join(source, `clip ${at}.mov`), 2000 + at),
    )
    await server.setFaults([
      // Some are certain, so that a run without a twin is none.
      { match: 'POST */assets/', action: 'drop-after', times: 3 },
      { match: '* *', p: 0.1, action: 'drop-after' },
    ])
    const station = new UploadStation({
      server: server.workspace,
      stateDir: state,
      clock: fastClock(TIMES_AS_FAST),
      parallelUploads: 4,
    })
    onTestFinished(() => station.close())
    const ids = await station.enqueue([source], null)
    const rows = await station.untilSettled(ids)
    expect(rows.filter(({ step }) => step !== 'verified').map(({ title, error }) => [title, error])).toEqual(
      [],
    )
    await server.setFaults([])

    const view = new ServerView(server.workspace)
    const count = async () => (await view.inspect()).counts['assets']
    // With a long lag there are twins for certain, or nothing was tried.
    expect(await count()).toBeGreaterThanOrEqual(lagS >= 45 ? CLIPS + 1 : CLIPS)
    await expect.poll(count, { timeout: 60_000, interval: 200 }).toBe(CLIPS)
    const files = await view.files()
    expect(
      files
        .filter(({ status }) => status !== 'DELETED')
        .map(({ md5 }) => md5)
        .sort(),
    ).toEqual(sums.sort())
  },
  120_000,
)
