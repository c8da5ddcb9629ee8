import path from 'node:path'
import type { Page } from 'playwright-core'
import { dropFiles } from '../../test/support/drop-files.ts'
import { LaunchedApp } from '../../test/support/launched-app.ts'

export interface ShownScreen {
  name: string
  title: string
  text: string
}

/** Drives the built app through its screens and keeps a picture of each, dark and light. */
export async function tour(options: { pictures: string; folder: string | null }): Promise<ShownScreen[]> {
  const app = await LaunchedApp.launch({ size: { width: 1440, height: 900 } })
  const shown: ShownScreen[] = []
  const { page } = app
  const keep = async (name: string, title: string, text: string) => {
    for (const theme of ['dark', 'light']) {
      await page.evaluate((value) => {
        document.documentElement.dataset['theme'] = value
      }, theme)
      // Pictures that are being decoded, and colours that glide.
      await page.waitForLoadState('networkidle').catch(() => undefined)
      await page.waitForTimeout(600)
      await page.screenshot({ path: path.join(options.pictures, `${name}-${theme}.png`) })
    }
    shown.push({ name, title, text })
  }
  try {
    await screens(page, keep, options.folder)
  } finally {
    await app.dispose()
  }
  return shown
}

type Keep = (name: string, title: string, text: string) => Promise<void>

async function screens(page: Page, keep: Keep, folder: string | null): Promise<void> {
  const section = (name: string) =>
    page.getByRole('navigation', { name: 'Sections' }).getByRole('button', { name, exact: true }).click()
  const assets = page.getByRole('listbox', { name: 'Assets' }).getByRole('option')
  await keep('welcome', 'Welcome', 'A local workspace with one click, or an iconik account.')
  await page
    .getByRole('region', { name: 'Open a local workspace' })
    .getByRole('button', { name: 'Open' })
    .click()
  await assets.nth(9).waitFor({ timeout: 120_000 })
  if (folder) {
    await dropFiles(page, [folder])
    const plan = page.getByRole('dialog', { name: /^Upload \d/ })
    await plan.getByRole('treeitem').nth(1).waitFor({ timeout: 60_000 })
    await keep('plan', 'Plan', 'What a drop will create, before anything starts.')
    await plan.getByRole('button', { name: /^Upload \d/ }).click()
    await assets.nth(12).waitFor({ timeout: 120_000 })
  }
  await section('Uploads')
  await page.getByRole('grid', { name: 'Queue' }).getByText('Verified').first().waitFor({ timeout: 120_000 })
  await keep('uploads', 'Uploads', 'The queue. Green only where the storage’s own evidence agrees.')
  await section('Library')
  await page.getByRole('treeitem', { name: /Sample clips/ }).click()
  // Each card has its picture.
  for (let waited = 0; waited < 90 && (await assets.locator('img').count()) < 10; waited += 1)
    await page.waitForTimeout(1000)
  await assets.filter({ hasText: 'A014C003' }).click()
  await page.locator('video').waitFor({ state: 'attached', timeout: 60_000 })
  await keep(
    'library',
    'Library and inspector',
    'Search, facets, collections; preview and metadata beside them.',
  )
  const inspector = page.getByRole('complementary', { name: 'Inspector' })
  for (const name of ['Metadata', 'Files']) {
    const open = inspector.getByRole('button', { name: new RegExp(`^${name}`), expanded: true })
    if ((await open.count()) > 0) await open.first().click()
  }
  await inspector
    .getByRole('textbox', { name: /comment/i })
    .fill('The boom dips in here. Crop, or take the next one.')
  await inspector.getByRole('button', { name: 'Comment', exact: true }).click()
  for (const name of ['Relations', 'Previews', 'Access', 'History'])
    await inspector.getByRole('button', { name: new RegExp(`^${name}`), expanded: false }).click()
  await inspector.getByRole('button', { name: /^Comments/ }).scrollIntoViewIfNeeded()
  await keep(
    'comments',
    'Comments and the rest',
    'Comments at their timecode, versions, previews, access, history.',
  )
  await page
    .getByRole('group', { name: 'Library' })
    .getByRole('button', { name: /^All assets/ })
    .click()
  await assets.first().click()
  await page.keyboard.press('Control+a')
  await keep(
    'many',
    'Many at once',
    'What can be done with all that is selected: described, put into a collection, downloaded, trashed.',
  )
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+\\')
  await page.getByRole('grid', { name: 'Assets' }).waitFor()
  await keep('table', 'Library as a table', 'The same assets, with their facts in columns.')
  await section('Watch folders')
  await keep('watch-folders', 'Watch folders', 'Folders whose clips come in by themselves.')
  await section('Jobs')
  await keep('jobs', 'Jobs', 'What iconik is working on.')
  await section('Metadata')
  await page.getByRole('heading', { name: 'Preview' }).waitFor()
  await keep('metadata', 'Metadata: a view', 'Fields in the order of the form, and the form beside them.')
  await page.getByRole('button', { name: /^All fields/ }).click()
  await keep('fields', 'Metadata: fields', 'All fields, with the views that show them.')
  await section('Settings')
  await keep('settings', 'Settings', 'Accounts, storages, limits, appearance, diagnostics.')
}
