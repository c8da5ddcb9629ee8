import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { startWorkspace, type Workspace } from '../../src-main/workspace/index.ts'
import { dropFiles } from '../support/drop-files.ts'
import { startFerry } from '../support/ferry-command.ts'
import { descendants, filesWithSecret, processesWithSecret } from '../support/find-secret.ts'
import { LaunchedApp } from '../support/launched-app.ts'
import { expect, test } from './app.ts'

const results = path.join(import.meta.dirname, '../../test-results')
const hasKeychain = process.env.TEST_KEYRING === 'throw-away'

let folder: string
let iconik: Workspace
test.beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'canary-'))
  iconik = await startWorkspace({
    dataDir: path.join(folder, 'iconik'),
    previews: false,
    faults: {
      seed: 1,
      rules: [
        { match: 'POST */assets/', p: 1, action: 'status', status: 503, times: 1 },
        { match: 'POST */files/', p: 1, action: 'drop-after', times: 1 },
        { match: 'PUT *', p: 1, action: 'expire', times: 1 },
        { match: 'GET */jobs/', p: 1, action: 'status', status: 500, times: 2 },
      ],
    },
  })
})
test.afterAll(async () => {
  await iconik?.close()
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

/** Everything that the page's process holds in its JavaScript heap, as text. */
async function heapOf(page: Page): Promise<string> {
  const session = await page.context().newCDPSession(page)
  const chunks: string[] = []
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk))
  await session.send('HeapProfiler.enable')
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false })
  await session.detach()
  return chunks.join('')
}

test('the token is nowhere but in the keychain, after a run with errors', async () => {
  test.skip(!hasKeychain, 'there is no throw-away keychain on this machine')
  test.setTimeout(180_000)
  const token = iconik.authToken
  const userData = path.join(folder, 'app')
  const clip = path.join(folder, 'canary clip.dat')
  fs.writeFileSync(clip, 'what is uploaded')
  const past = new Date(Date.now() - 60_000)
  fs.utimesSync(clip, past, past)
  const login = await startFerry(
    ['--state', userData, 'login', '--url', iconik.url, '--app-id', iconik.appId],
    {},
    { input: `${token}\n` },
  ).ended
  expect([login.code, login.stderr]).toEqual([0, ''])

  const app = await LaunchedApp.launch({ userData, size: { width: 1440, height: 900 } })
  try {
    const { page } = app
    const section = (name: string) =>
      page.getByRole('navigation', { name: 'Sections' }).getByRole('button', { name }).click()
    await expect(page.getByRole('main', { name: 'Library' })).toBeVisible()
    await dropFiles(page, [clip])
    await page.getByRole('dialog').getByRole('button', { name: 'Upload 1 clip' }).click()
    await section('Uploads')
    await expect(
      page.getByRole('grid', { name: 'Queue' }).getByText('Verified', { exact: true }),
    ).toBeVisible({
      timeout: 60_000,
    })
    await section('Jobs')
    await section('Settings')
    await page.getByRole('button', { name: 'Show the log' }).click()
    await page.getByRole('button', { name: 'Copy report' }).click()
    await expect
      .poll(() => app.recordedCalls('clipboard.writeText').length, { timeout: 30_000 })
      .toBeGreaterThan(0)
    // Refused in the middle of work: the error that is shown is the one most likely to quote it.
    await fetch(`${iconik.url}/API/auth/v1/auth/token/`, {
      method: 'DELETE',
      headers: { 'app-id': iconik.appId, 'auth-token': token },
    })
    await section('Jobs')
    await section('Library')

    const heap = await heapOf(page)
    // The search itself works: what a page does know is found.
    expect(heap).toContain('canary clip.dat')
    const report = String(app.recordedCalls('clipboard.writeText')[0]?.args[0])
    const log = fs.readFileSync(path.join(userData, 'logs', 'ferry.log'), 'utf8')
    const found = {
      'page memory': heap.includes(token),
      'page text': (await page.content()).includes(token),
      'diagnostics report': report.includes(token),
      log: log.includes(token),
      'output of main': app.output.includes(token),
      'data folder': filesWithSecret(userData, token).length > 0,
      'command lines and environments': processesWithSecret(app.pid, token).length > 0,
    }
    const sizes = `${heap.length} characters of heap, ${log.length} of log, ${descendants(app.pid).length} processes`
    const lines = Object.entries(found).map(
      ([place, isThere]) => `${isThere ? 'FOUND   ' : 'nowhere '} ${place}`,
    )
    const summary = [`canary: one token, after a run with errors; searched ${sizes}`, ...lines].join('\n  ')
    console.log(summary)
    fs.mkdirSync(results, { recursive: true })
    fs.writeFileSync(path.join(results, 'canary.txt'), `${summary}\n`)
    expect(found).toEqual(Object.fromEntries(Object.keys(found).map((place) => [place, false])))
    expect(log).toContain('503')
  } finally {
    await app.dispose()
  }
})
