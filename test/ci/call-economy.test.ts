import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildFerry, runFerry, writeRandomFile } from '@test/support/ferry-command.ts'
import { runWorkspace } from '@test/support/running-workspace.ts'
import { tempFolder } from '@test/support/temp-folder.ts'

beforeAll(buildFerry, 120_000)

/** Calls that a session costs once, whatever it uploads: who, with what rights, to which storage. */
const PER_SESSION = [
  / \/API\/users\//,
  / \/API\/auth\//,
  / \/API\/settings\//,
  /^GET \/API\/files\/v1\/storages\//,
]
const ONE_MIB = 1024 * 1024

/** Calls of the API for so many clips of a size, by operation and without those of the session. */
async function callsFor(
  clips: number,
  sizeBytes: number,
  extension: string,
): Promise<{ calls: Record<string, number>; seconds: number }> {
  const server = await runWorkspace()
  const [source, state] = [await tempFolder(), await tempFolder()]
  for (let index = 0; index < clips; index++)
    writeRandomFile(path.join(source, `clip-${index}.${extension}`), sizeBytes + index)
  const run = await runFerry(['upload', source, '--state', state, '--json'], {
    FERRY_URL: server.workspace.url,
    FERRY_APP_ID: server.workspace.appId,
    FERRY_AUTH_TOKEN: server.workspace.authToken,
  })
  expect(run).toMatchObject({ code: 0, stderr: '' })
  const { calls } = (await server.inspect()) as { calls: Record<string, number> }
  const { seconds } = run.events.find(({ event }) => event === 'summary') as { seconds: number }
  const ofClips = Object.entries(calls).filter(
    ([call]) => call.includes(' /API/') && !PER_SESSION.some((session) => session.test(call)),
  )
  return { calls: Object.fromEntries(ofClips), seconds }
}

const sum = (calls: Record<string, number>) => Object.values(calls).reduce((total, count) => total + count, 0)

describe('calls of the API for a clip', () => {
  it('are seven for the only clip of a batch, its preview and its job included', async () => {
    const { calls, seconds } = await callsFor(1, 2 * ONE_MIB, 'mov')
    // A machine so slow that the job has to be shown on the way pays for telling it.
    if (seconds >= 5) delete calls['PATCH /API/jobs/v1/jobs/{id}/']
    expect(calls).toEqual({
      'POST /API/assets/v1/assets/': 1,
      'POST /API/files/v1/assets/{id}/formats/': 1,
      'POST /API/files/v1/assets/{id}/file_sets/': 1,
      'POST /API/files/v1/assets/{id}/files/': 1,
      'PATCH /API/files/v1/assets/{id}/files/{id}/': 1,
      'POST /API/files/v1/assets/{id}/files/{id}/keyframes/': 1,
      'POST /API/jobs/v1/jobs/': 1,
    })
  }, 60_000)

  it('are less than seven each for a hundred clips', async () => {
    const { calls } = await callsFor(100, ONE_MIB + 1, 'mov')
    expect(sum(calls) / 100).toBeLessThan(7)
    expect(calls['PATCH /API/files/v1/assets/{id}/files/{id}/']).toBe(100)
  }, 180_000)

  it('are three for a small file, and a job for all of them', async () => {
    const { calls, seconds } = await callsFor(100, 10_240, 'bin')
    const perBatch = Object.entries(calls).filter(([call]) => call.includes('/API/jobs/'))
    expect(
      Object.fromEntries(Object.entries(calls).filter(([call]) => !call.includes('/API/jobs/'))),
    ).toEqual({
      'POST /API/assets/v1/assets/': 100,
      'POST /API/files/v1/files/upload/': 100,
      'GET /API/files/v1/assets/{id}/files/': 100,
    })
    // Made, told about every few seconds on a slow machine, closed.
    expect(sum(Object.fromEntries(perBatch))).toBeLessThan(3 + seconds / 5)
  }, 180_000)
})
