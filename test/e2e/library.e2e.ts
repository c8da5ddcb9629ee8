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
  clips = fs.mkdtempSync(path.join(os.tmpdir(), 'library-'))
  for (const name of ['harbour.jpg', 'jetty.jpg', 'later/pickup 42.jpg']) {
    makeClip(path.join(clips, name), 'picture')
    // Other bytes for each, behind the picture: they are no duplicates.
    fs.appendFileSync(path.join(clips, name), name)
  }
})
test.afterAll(() => {
  if (clips) fs.rmSync(clips, { recursive: true, force: true })
})

const assets = (page: Page) => page.getByRole('listbox', { name: 'Assets' }).getByRole('option')
const inspector = (page: Page) => page.getByRole('complementary', { name: 'Inspector' })
const searches = (page: Page) => page.getByRole('group', { name: 'Saved searches' }).getByRole('button')

async function openWithTwo(page: Page): Promise<void> {
  const local = page.getByRole('region', { name: 'Open a local workspace' })
  await local.getByRole('checkbox', { name: /sample clips/ }).uncheck()
  await local.getByRole('button', { name: 'Open' }).click()
  await expect(page.getByText('No assets yet')).toBeVisible()
  await dropFiles(page, [path.join(clips, 'harbour.jpg'), path.join(clips, 'jetty.jpg')])
  await page.getByRole('button', { name: 'Upload 2 clips' }).click()
  await expect(assets(page)).toHaveCount(2, { timeout: 60_000 })
}

test('by mouse: a search is saved, a collection described, and an asset made that gets its file later', async ({
  app,
}) => {
  const { page } = app
  await openWithTwo(page)

  await test.step('a filter is a pill in the search field, and is saved with a count', async () => {
    await page.getByRole('toolbar', { name: 'Filters' }).getByRole('button', { name: 'Type' }).click()
    await page.getByRole('listbox', { name: 'Type' }).getByRole('option', { name: /Image/ }).click()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('search')).toContainText(/Type\s*Image/)
    await page.getByRole('button', { name: 'Save this search' }).click()
    await page.getByRole('textbox', { name: 'Save this search' }).fill('Stills <b>all</b>')
    await page.keyboard.press('Enter')
    await expect(searches(page)).toHaveText(/Stills <b>all<\/b>\s*2/)
    await expect(page.getByRole('heading', { name: 'Stills <b>all</b>' })).toBeVisible()
    // Leaving it takes its pill along; coming back brings it.
    await page.getByRole('button', { name: /^All assets/ }).click()
    await expect(page.getByRole('search')).not.toContainText('Image')
    await searches(page).click()
    await expect(page.getByRole('search')).toContainText(/Type\s*Image/)
    await page.getByRole('button', { name: /^All assets/ }).click()
  })

  await test.step('a collection has metadata of its own', async () => {
    await page.getByRole('button', { name: 'New collection' }).click()
    await page.getByRole('textbox', { name: 'New collection' }).fill('Day 14')
    await page.keyboard.press('Enter')
    await expect(inspector(page).getByRole('heading', { name: 'Day 14' })).toBeVisible()
    await inspector(page).getByRole('textbox', { name: 'Project' }).fill('Low Water')
    await inspector(page).getByRole('button', { name: 'Save' }).click()
    await expect(inspector(page).getByRole('button', { name: /^Sav/ })).toBeHidden()
    await page.reload()
    await page.getByRole('treeitem', { name: /Day 14/ }).click()
    await expect(inspector(page).getByRole('textbox', { name: 'Project' })).toHaveValue('Low Water')
  })

  await test.step('an asset without a file is made, found, and given one', async () => {
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByRole('menuitem', { name: 'New asset without a file' }).click()
    const dialog = page.getByRole('dialog', { name: 'New asset without a file' })
    await dialog.getByRole('button', { name: 'Create the asset' }).click()
    await expect(dialog.getByText('Enter a value.')).toBeVisible()
    await dialog.getByRole('textbox', { name: 'Title' }).fill('Pickup, scene 42')
    await dialog.getByRole('textbox', { name: 'Take' }).fill('3')
    await dialog.getByRole('button', { name: 'Create the asset' }).click()
    await expect(dialog).toBeHidden()
    const waiting = assets(page).filter({ hasText: 'Pickup, scene 42' })
    await expect(waiting).toContainText('No file yet')
    await waiting.click()
    await expect(inspector(page).getByRole('textbox', { name: 'Take' })).toHaveValue('3')

    await dropFiles(page, [path.join(clips, 'later', 'pickup 42.jpg')], '[data-takes-file]')
    const plan = page.getByRole('dialog', { name: 'Upload 1 clip' })
    await expect(plan).toContainText('becomes the file of “Pickup, scene 42”')
    await plan.getByRole('button', { name: 'Upload 1 clip' }).click()
    await expect(waiting).not.toContainText('No file yet', { timeout: 60_000 })
    await expect(inspector(page).getByRole('treeitem', { name: /pickup 42\.jpg/ })).toBeVisible()
    // The same asset, in its collection, with what was written on it; and no other was made.
    await page.getByRole('button', { name: /^All assets/ }).click()
    await expect(assets(page)).toHaveCount(3)
    await waiting.click()
    await expect(inspector(page).getByRole('textbox', { name: 'Take' })).toHaveValue('3')
    await expect(inspector(page).getByText('Version 2')).toHaveCount(0)
  })
})

test('by keyboard alone: search, filter, save, select, describe and trash', async ({ app }) => {
  const { page } = app
  await openWithTwo(page)
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key)
  }

  await test.step('words find, and a search is saved, renamed and deleted', async () => {
    await press('/')
    await page.keyboard.type('harb')
    await expect(assets(page)).toHaveCount(1)
    await page.getByRole('button', { name: 'Save this search' }).focus()
    await press('Enter')
    await page.keyboard.type('Harbour')
    await press('Enter')
    await expect(searches(page)).toHaveText(/Harbour\s*1/)
    await searches(page).focus()
    await press('F2')
    await page.keyboard.type('Port')
    await press('Enter')
    await expect(searches(page)).toHaveText(/Port\s*1/)
    await searches(page).focus()
    await press('Delete')
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).focus()
    await press('Enter')
    await expect(searches(page)).toHaveCount(0)
    await expect(assets(page)).toHaveCount(2)
  })

  await test.step('a filter is chosen, marked by Backspace and taken away by the second', async () => {
    await page.getByRole('toolbar', { name: 'Filters' }).getByRole('button', { name: 'Type' }).focus()
    await press('Enter')
    await page.keyboard.type('ima')
    await press('Enter', 'Escape', '/')
    await expect(page.getByRole('search')).toContainText(/Type\s*Image/)
    await press('Backspace')
    await expect(page.getByRole('search')).toContainText(/Type\s*Image/)
    await press('Backspace')
    await expect(page.getByRole('search')).not.toContainText('Image')
    await press('Escape')
    await expect(page.getByRole('listbox', { name: 'Assets' })).toBeFocused()
  })

  await test.step('both are described in one go, by day too', async () => {
    await press('Control+a')
    await expect(page.getByRole('toolbar', { name: '2 selected' })).toBeVisible()
    await press('Control+e')
    await expect(inspector(page).getByRole('textbox', { name: 'Description' })).toBeFocused()
    await page.keyboard.type('First light')
    await inspector(page).getByRole('spinbutton', { name: /month/ }).first().focus()
    await page.keyboard.type('03182026')
    await press('Control+Enter')
    await expect(inspector(page).getByRole('button', { name: /^Sav/ })).toBeHidden()
    await page.getByRole('listbox', { name: 'Assets' }).focus()
    await press('Home')
    await expect(inspector(page).getByRole('textbox', { name: 'Description' })).toHaveValue('First light')
    await expect(inspector(page).getByRole('spinbutton', { name: /year/ }).first()).toHaveText('2026')
  })

  await test.step('one goes to the trash and comes back', async () => {
    await press('Delete')
    await expect(assets(page)).toHaveCount(1)
    await press('Control+z')
    await expect(assets(page)).toHaveCount(2)
  })
})
