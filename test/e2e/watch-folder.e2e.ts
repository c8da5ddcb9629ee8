import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { canMakeClips, makeClip } from '../support/make-clips.ts'
import { expect, test } from './app.ts'

const PIECES = 14
const PAUSE_MS = 500

test('a watched folder waits for a slow copy, then brings it home once', async ({ app }) => {
  test.skip(!canMakeClips(), 'there is no ffmpeg to make a clip with')
  const { page } = app
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'watch-folder-'))
  const watched = path.join(root, 'Camera A')
  fs.mkdirSync(watched)
  const source = path.join(root, 'A002 jetty.mp4')
  makeClip(source, 'video')

  const local = page.getByRole('region', { name: 'Open a local workspace' })
  await local.getByRole('checkbox', { name: /sample clips/ }).uncheck()
  await local.getByRole('button', { name: 'Open' }).click()
  await expect(page.getByText('No assets yet')).toBeVisible()

  await page
    .getByRole('navigation', { name: 'Sections' })
    .getByRole('button', { name: 'Watch folders' })
    .click()
  app.answerDialog('showOpenDialog', { canceled: false, filePaths: [watched] })
  await page.getByRole('button', { name: 'Add folder' }).first().click()
  await page.getByRole('button', { name: 'Start watching' }).click()
  const folder = page
    .getByRole('listbox', { name: 'Watch folders' })
    .getByRole('option', { name: /Camera A/ })
  await expect(folder).toContainText(/Watching|complete/i, { timeout: 20_000 })

  await test.step('while it grows it is shown as settling, and nothing is sent', async () => {
    const bytes = fs.readFileSync(source)
    const target = fs.openSync(path.join(watched, 'A002 jetty.mp4'), 'w')
    for (let piece = 0; piece < PIECES; piece++) {
      const from = Math.floor((bytes.length * piece) / PIECES)
      fs.writeSync(target, bytes.subarray(from, Math.floor((bytes.length * (piece + 1)) / PIECES)))
      if (piece === PIECES - 4) {
        await expect(folder).toContainText('settling')
      }
      // A copy as slow as over a network: the pauses are shorter than the settle time.
      await sleep(PAUSE_MS)
    }
    fs.closeSync(target)
    await expect(folder).toContainText('0 of 1 done')
  })

  await test.step('once it is quiet it arrives, whole and once', async () => {
    await expect(folder).toContainText('1 of 1 done', { timeout: 60_000 })
    await page.getByRole('navigation', { name: 'Sections' }).getByRole('button', { name: 'Library' }).click()
    const assets = page.getByRole('listbox', { name: 'Assets' })
    await expect(assets.getByRole('option')).toHaveCount(1, { timeout: 30_000 })
    await expect(assets.getByRole('option', { name: 'A002 jetty.mp4' })).toBeVisible()
  })
  fs.rmSync(root, { recursive: true, force: true })
})
