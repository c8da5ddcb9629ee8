import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { IconikApi } from '@main/ports/iconik-api.ts'
import { age, writeRandomFile } from '@test/support/ferry-command.ts'
import { fastClock } from '@test/support/faults/fast-clock.ts'
import { UploadStation } from '@test/support/faults/upload-station.ts'
import { runWorkspace } from '@test/support/running-workspace.ts'
import { tempFolder } from '@test/support/temp-folder.ts'
import { ServerView } from '@test/support/crash/server-view.ts'
import { AppError } from '@main/core/errors.ts'
import { appendFileSync } from 'node:fs'

type Made<T> = () => Promise<T>

/**
 * The first request of each kind gets no answer, and takes effect only after it was looked for in vain: as when its sender was killed
 * while it lay in a queue of the server.
 */
function lateEffects(api: IconikApi, late: Made<unknown>[]): IconikApi {
  const seen = new Set<string>()
  const lateOnce =
    <A extends unknown[], T>(kind: string, send: (...args: A) => Promise<T>) =>
    (...args: A): Promise<T> => {
      if (seen.has(kind)) return send(...args)
      seen.add(kind)
      // Without the signal: what was sent goes its way.
      late.push(() => send(...(args.slice(0, -1) as A)))
      return Promise.reject(new AppError('network.timeout', 'No answer.'))
    }
  return {
    ...api,
    files: {
      ...api.files,
      createFormat: lateOnce('format', api.files.createFormat),
      createFileSet: lateOnce('file set', api.files.createFileSet),
      createFile: lateOnce('file', api.files.createFile),
      uploadInOne: lateOnce('one shot', api.files.uploadInOne),
    },
  }
}

it.each([
  ['step by step', 1_300_000],
  ['in one call', 4000],
])(
  'sweeps what appears inside an asset after it was looked for: %s',
  async (_way, sizeBytes) => {
    const server = await runWorkspace({ assumptions: { s3MinimumPartBytes: 1 } })
    const [source, state] = [await tempFolder(), await tempFolder()]
    const md5 = writeRandomFile(path.join(source, 'clip.mov'), sizeBytes)
    const late: Made<unknown>[] = []
    const station = new UploadStation({
      server: server.workspace,
      stateDir: state,
      clock: fastClock(20),
      wrapApi: (api) => lateEffects(api, late),
    })
    onTestFinished(() => station.close())
    const ids = await station.enqueue([source], null)
    expect((await station.untilSettled(ids)).map(({ step }) => step)).toEqual(['verified'])
    expect(late.length).toBeGreaterThan(0)
    for (const effect of late) await effect()
    const view = new ServerView(server.workspace)
    const [before] = await view.assets()
    expect((before?.formats.length ?? 0) + (before?.fileSets.length ?? 0)).toBeGreaterThan(2)

    await station.uploads.sweepNow()
    const [asset, ...others] = await view.assets()
    expect(others).toEqual([])
    expect(asset?.formats).toHaveLength(1)
    expect(asset?.fileSets).toHaveLength(1)
    expect(asset?.files.filter(({ status }) => status !== 'DELETED')).toMatchObject([
      { md5, status: 'CLOSED' },
    ])
    expect(station.journal.files(ids[0]!)[0]?.fileId).toBe(asset?.files[0]?.id)
  },
  60_000,
)

it('takes a failed upload whose file changed as it is now, in the same row and the same asset', async () => {
  const server = await runWorkspace()
  const [source, state] = [await tempFolder(), await tempFolder()]
  const file = path.join(source, 'clip.mov')
  writeRandomFile(file, 4000)
  await server.setFaults([{ match: '* /_storage/*', action: 'status', status: 409 }])
  const station = new UploadStation({ server: server.workspace, stateDir: state, clock: fastClock(20) })
  onTestFinished(() => station.close())
  const [first] = await station.enqueue([source], null)
  expect((await station.untilSettled([first!]))[0]).toMatchObject({ step: 'failed' })

  await server.setFaults([])
  appendFileSync(file, 'more')
  age(file)
  const again = await station.enqueue([source], null)
  expect(again).toEqual([first])
  expect((await station.untilSettled(again))[0]).toMatchObject({ step: 'verified', sizeBytes: 4004 })
  const assets = await new ServerView(server.workspace).assets()
  expect(assets).toMatchObject([
    { formats: [expect.any(String)], files: [{ sizeBytes: 4004, status: 'CLOSED' }] },
  ])
  expect(assets[0]?.files).toHaveLength(1)
}, 60_000)
