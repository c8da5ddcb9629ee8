import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { dropFiles } from '../support/drop-files.ts'
import { canMakeClips, makeClip } from '../support/make-clips.ts'
import { look } from '../support/screen-checks.ts'
import { expect, test } from './app.ts'

const HTML_LOOKING = '<img src=x onerror=globalThis.hacked=1> & “quotes”.jpg'
const RIGHT_TO_LEFT = 'شاطئ עברית 🎬👩‍🎤.wav'
const LONG = 'Long '.repeat(60).trim()

let clips: string
test.beforeAll(() => {
  test.skip(!canMakeClips(), 'there is no ffmpeg to make clips with')
  clips = fs.mkdtempSync(path.join(os.tmpdir(), 'screens-'))
  makeClip(path.join(clips, HTML_LOOKING), 'picture')
  makeClip(path.join(clips, RIGHT_TO_LEFT), 'audio')
  makeClip(path.join(clips, 'clip.mp4'), 'video')
})
test.afterAll(() => {
  if (clips) fs.rmSync(clips, { recursive: true, force: true })
})

const rail = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Sections' }).getByRole('button', { name, exact: true })
/** The sidebar lies over the sheet in a small window: it is not opened there. */
async function show(page: Page, section: string): Promise<void> {
  await rail(page, section).click()
}
test('every screen passes axe in both themes, overflows at no size, and shows hostile text as text', async ({
  app,
}) => {
  test.setTimeout(300_000)
  const { page } = app
  await look(page, 'welcome')
  const local = page.getByRole('region', { name: 'Open a local workspace' })
  await local.getByRole('checkbox', { name: /sample clips/ }).uncheck()
  await local.getByRole('button', { name: 'Open' }).click()
  await expect(page.getByText('No assets yet')).toBeVisible()
  await look(page, 'empty library')

  await dropFiles(page, [clips])
  const plan = page.getByRole('dialog', { name: 'Upload 3 clips' })
  await expect(plan.getByRole('treeitem').first()).toBeVisible()
  await look(page, 'plan')
  await plan.getByRole('button', { name: 'Upload 3 clips' }).click()
  await show(page, 'Uploads')
  await expect(page.getByText('Verified').first()).toBeVisible({ timeout: 60_000 })
  await look(page, 'uploads')

  await show(page, 'Library')
  const assets = page.getByRole('listbox', { name: 'Assets' }).getByRole('option')
  await expect(assets).toHaveCount(3)
  await expect(assets.filter({ hasText: 'onerror' })).toHaveCount(1)
  await assets.filter({ hasText: 'onerror' }).click()
  const inspector = page.getByRole('complementary', { name: 'Inspector' })
  await expect(inspector).toContainText('onerror')
  for (const name of ['Relations', 'Previews', 'Access', 'History'])
    await inspector.getByRole('button', { name: new RegExp(`^${name}`), expanded: false }).click()
  await inspector.getByRole('textbox', { name: /comment/i }).fill(LONG + HTML_LOOKING)
  await inspector.getByRole('button', { name: 'Comment', exact: true }).click()
  await expect(inspector.getByText(LONG, { exact: false }).first()).toBeVisible()
  await inspector.getByRole('button', { name: 'More' }).first().click()
  await page.getByRole('menuitem', { name: 'Rename' }).click()
  await inspector.getByRole('textbox', { name: 'Title' }).fill(LONG)
  await page.keyboard.press('Enter')
  await expect(assets.filter({ hasText: 'Long' })).toHaveCount(1)
  await look(page, 'library and inspector')
  await page.keyboard.press('Control+a')
  await expect(page.getByRole('toolbar', { name: '3 selected' })).toBeVisible()
  await look(page, 'many selected')
  await page
    .getByRole('radio', { name: 'Table' })
    .or(page.getByRole('button', { name: 'Table' }))
    .first()
    .click()
  await expect(page.getByRole('grid', { name: 'Assets' })).toBeVisible()
  await look(page, 'table')

  await show(page, 'Watch folders')
  await look(page, 'watch folders')
  await show(page, 'Jobs')
  await look(page, 'jobs')
  await show(page, 'Metadata')
  await expect(page.getByRole('heading', { name: 'Preview' })).toBeVisible()
  await look(page, 'a view')
  await page.getByRole('button', { name: /^All fields/ }).click()
  await look(page, 'fields')
  await page.getByRole('button', { name: /^Search: Default/ }).click()
  await look(page, 'a category')
  await show(page, 'Settings')
  for (const part of ['Accounts', 'Storages', 'Appearance', 'Diagnostics']) {
    const button = page.getByRole('navigation', { name: 'Settings' }).getByRole('button', { name: part })
    if ((await button.count()) === 0) continue
    await button.click()
    await look(page, `settings, ${part}`)
  }
  expect(await page.evaluate(() => 'hacked' in globalThis)).toBe(false)
})
