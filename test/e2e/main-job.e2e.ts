import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { dropFiles } from '../support/drop-files.ts'
import { canMakeClips, makeClip } from '../support/make-clips.ts'
import { expect, test } from './app.ts'

let clips: string
test.beforeAll(() => {
  test.skip(!canMakeClips(), 'there is no ffmpeg to make clips with')
  clips = fs.mkdtempSync(path.join(os.tmpdir(), 'main-job-'))
  makeClip(path.join(clips, 'day 14', 'A001 harbour at dawn.mp4'), 'video')
  makeClip(path.join(clips, 'day 14', 'wild “track” ü.wav'), 'audio')
  makeClip(path.join(clips, 'day 14', 'still & life.jpg'), 'picture')
})
test.afterAll(() => {
  if (clips) fs.rmSync(clips, { recursive: true, force: true })
})

async function openLocalWorkspace(page: Page) {
  const local = page.getByRole('region', { name: 'Open a local workspace' })
  await local.getByRole('checkbox', { name: /sample clips/ }).uncheck()
  await local.getByRole('button', { name: 'Open' }).click()
  await expect(page.getByText('No assets yet')).toBeVisible()
}

const asset = (page: Page, title: string) =>
  page.getByRole('listbox', { name: 'Assets' }).getByRole('option', { name: title })
const video = (page: Page) => page.locator('video')
const timeOf = (page: Page) => video(page).evaluate((element: HTMLVideoElement) => element.currentTime)

test('clips are dropped, planned, proven, found, played and described', async ({ app }) => {
  const { page } = app
  await openLocalWorkspace(page)

  await test.step('a drop shows its plan before anything starts', async () => {
    await dropFiles(page, [path.join(clips, 'day 14')])
    const plan = page.getByRole('dialog', { name: 'Upload 3 clips' })
    await expect(plan.getByRole('treeitem', { name: /A001 harbour at dawn\.mp4/ })).toBeVisible()
    await expect(plan.getByText('3 assets, 0 collections, 3 files')).toBeVisible()
    // The film and the still have a picture before anything is sent; sound has a sign.
    await expect(plan.getByRole('treeitem').locator('img')).toHaveCount(2)
    for (const picture of await plan.getByRole('treeitem').locator('img').all())
      await expect
        .poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth))
        .toBeGreaterThan(0)
    await plan.getByRole('button', { name: 'Upload 3 clips' }).click()
    await expect(plan).toBeHidden()
  })

  await test.step('each clip turns green', async () => {
    await page.getByRole('navigation', { name: 'Sections' }).getByRole('button', { name: 'Uploads' }).click()
    const queue = page.getByRole('grid', { name: 'Queue' })
    for (const name of ['A001 harbour at dawn.mp4', 'wild “track” ü.wav', 'still & life.jpg'])
      await expect(queue.getByRole('row').filter({ hasText: name }).getByText('Verified')).toBeVisible({
        timeout: 60_000,
      })
  })

  await test.step('the library has each once, with its picture', async () => {
    await page.getByRole('navigation', { name: 'Sections' }).getByRole('button', { name: 'Library' }).click()
    await expect(page.getByRole('listbox', { name: 'Assets' }).getByRole('option')).toHaveCount(3)
    const poster = asset(page, 'A001 harbour at dawn.mp4').locator('img')
    await expect
      .poll(() => poster.evaluate((image: HTMLImageElement) => image.naturalWidth), { timeout: 60_000 })
      .toBeGreaterThan(0)
  })

  await test.step('its proxy plays and seeks', async () => {
    await asset(page, 'A001 harbour at dawn.mp4').click()
    await expect(video(page)).toBeAttached({ timeout: 30_000 })
    await expect
      .poll(() => video(page).evaluate((element: HTMLVideoElement) => element.readyState), {
        timeout: 60_000,
      })
      .toBeGreaterThanOrEqual(2)
    await page.getByRole('button', { name: 'Play' }).click()
    await expect.poll(() => timeOf(page)).toBeGreaterThan(0.3)
    await page.getByRole('button', { name: 'Pause' }).click()
    await video(page).evaluate((element: HTMLVideoElement) => {
      element.currentTime = 6
    })
    await expect.poll(() => video(page).evaluate((element: HTMLVideoElement) => element.seeking)).toBe(false)
    expect(await timeOf(page)).toBeCloseTo(6, 1)
  })

  await test.step('two fields are edited, saved, and there after a reload', async () => {
    const form = page.getByRole('region', { name: 'Metadata' })
    await form.getByRole('textbox', { name: 'Description' }).fill('Boats leaving, first light')
    await form.getByRole('textbox', { name: 'Project' }).fill('Harbour <b>film</b>')
    await form.getByRole('button', { name: 'Save' }).click()
    await expect(form.getByRole('button', { name: 'Save' })).toBeHidden()
    await page.reload()
    await asset(page, 'A001 harbour at dawn.mp4').click()
    await expect(form.getByRole('textbox', { name: 'Description' })).toHaveValue('Boats leaving, first light')
    await expect(form.getByRole('textbox', { name: 'Project' })).toHaveValue('Harbour <b>film</b>')
  })
})
