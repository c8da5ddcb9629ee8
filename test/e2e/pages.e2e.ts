import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { dropFiles } from '../support/drop-files.ts'
import { look } from '../support/screen-checks.ts'
import { serveWorkspace, type ServedWorkspace } from '../support/served-workspace.ts'
import { expect, test } from './app.ts'

const HOSTILE = `<img src=x onerror=globalThis.hacked=1> ${'שלום 🎬 '.repeat(12)}${'Long '.repeat(40)}`.trim()
const rail = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Sections' }).getByRole('button', { name, exact: true })
const command = async (page: Page, name: string) => {
  await page.keyboard.press('Control+k')
  await page
    .getByRole('dialog', { name: 'Commands' })
    .getByRole('combobox')
    .or(page.getByPlaceholder(/command/i))
    .first()
    .waitFor()
  await page.keyboard.type(name)
  await expect(page.getByRole('option', { name }).first()).toBeVisible()
  await page.keyboard.press('Enter')
}
/** Everything in the window is made anew for the other account. */
async function switched(page: Page, act: () => Promise<void>): Promise<void> {
  await page.locator('.frame').evaluate((frame) => frame.setAttribute('data-before', ''))
  await act()
  await expect(page.locator('.frame:not([data-before])')).toBeVisible({ timeout: 60_000 })
}
async function openLocal(page: Page): Promise<void> {
  const local = page.getByRole('region', { name: 'Open a local workspace' })
  await local.getByRole('checkbox', { name: /sample clips/ }).uncheck()
  await local.getByRole('button', { name: 'Open' }).click()
  await expect(page.getByRole('main', { name: 'Library' })).toBeVisible()
}

let folder: string
let iconik: ServedWorkspace
test.beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pages-'))
  const past = new Date(Date.now() - 3_600_000)
  for (const name of ['one.dat', 'two.dat', '<b>three & “four”.dat']) {
    fs.mkdirSync(path.join(folder, 'Day 1'), { recursive: true })
    fs.writeFileSync(path.join(folder, 'Day 1', name), `not a film: ${name}`)
    fs.utimesSync(path.join(folder, 'Day 1', name), past, past)
  }
  iconik = await serveWorkspace(path.join(folder, 'iconik'), ['--storage', 'file', '--previews', 'off'])
})
test.afterAll(async () => {
  await iconik.stop()
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

const titlesThere = async (): Promise<string[]> => {
  const answer = await fetch(`${iconik.url}/API/assets/v1/assets/?per_page=100`, {
    headers: { 'App-ID': iconik.appId, 'Auth-Token': iconik.authToken },
  })
  const { objects } = (await answer.json()) as { objects: { title: string }[] }
  return objects.map(({ title }) => title).sort()
}

test('what is in the local workspace is sent to an account, once, by mouse and by keyboard', async ({
  app,
}) => {
  test.setTimeout(300_000)
  const { page } = app
  await openLocal(page)
  await dropFiles(page, [path.join(folder, 'Day 1')])
  const plan = page.getByRole('dialog', { name: 'Upload 3 clips' })
  await plan.getByRole('button', { name: 'Upload 3 clips' }).click()
  const assets = page.getByRole('listbox', { name: 'Assets' }).getByRole('option')
  await expect(assets).toHaveCount(3, { timeout: 60_000 })

  // Nobody to send to: the sheet says what to do.
  const sheet = page.getByRole('dialog', { name: 'Send to iconik' })
  await command(page, 'Send all to iconik')
  await expect(sheet.getByText('There is no iconik account yet')).toBeVisible()
  await look(page, 'send without an account')
  await sheet.getByRole('button', { name: 'Connect to iconik' }).click()
  const form = page.getByRole('region', { name: 'Connect to iconik' })
  await form.getByRole('button', { name: 'App-ID and token' }).click()
  await form.getByRole('textbox', { name: 'Address' }).fill(iconik.url)
  await form.getByRole('textbox', { name: 'App-ID' }).fill(iconik.appId)
  await form.getByLabel('Token', { exact: true }).fill(iconik.authToken)
  await form.getByRole('button', { name: 'Test' }).click()
  await form.getByRole('button', { name: /Save and open|Open for this session/ }).click()
  await expect(page.getByRole('main', { name: 'Library' })).toBeVisible({ timeout: 60_000 })

  await rail(page, 'Settings').click()
  await switched(page, () => page.getByRole('button', { name: 'Switch' }).click())
  await rail(page, 'Library').click()
  await expect(assets).toHaveCount(3)
  await assets.filter({ hasText: 'three' }).click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Send to iconik' }).click()
  await expect(sheet.getByText('1 asset is new there')).toBeVisible()
  await look(page, 'send')
  await sheet.getByRole('button', { name: 'Send 1 asset' }).click()
  await expect(page.getByRole('main', { name: 'Uploads' })).toBeVisible()
  await expect.poll(titlesThere, { timeout: 60_000 }).toEqual(['<b>three & “four”.dat'])
  await expect(page.getByText('Verified').first()).toBeVisible({ timeout: 60_000 })

  // The rest without the mouse; what is there already is said, and not sent again.
  await page.keyboard.press('Control+,')
  await page.getByRole('button', { name: 'Switch' }).focus()
  await switched(page, () => page.keyboard.press('Enter'))
  await page.keyboard.press('Control+1')
  await expect(assets).toHaveCount(3)
  await command(page, 'Send all to iconik')
  await expect(sheet.getByText('2 assets are new there')).toBeVisible()
  await expect(sheet.getByText('1 asset is there already')).toBeVisible()
  const send = sheet.getByRole('button', { name: 'Send 2 assets' })
  for (let tabs = 0; tabs < 20; tabs += 1) {
    if (await send.evaluate((element) => element === document.activeElement)) break
    await page.keyboard.press('Tab')
  }
  await page.keyboard.press('Enter')
  await expect(page.getByRole('main', { name: 'Uploads' })).toBeVisible()
  await expect.poll(titlesThere, { timeout: 60_000 }).toEqual(['<b>three & “four”.dat', 'one.dat', 'two.dat'])
  expect(await page.evaluate(() => 'hacked' in globalThis)).toBe(false)
})

test('jobs are made, edited, put first and deleted by hand, without the mouse', async ({ app }) => {
  test.setTimeout(240_000)
  const { page } = app
  await openLocal(page)
  await page.keyboard.press('Control+4')
  await expect(page.getByText('No jobs in the last 30 days')).toBeVisible()
  await look(page, 'no jobs')
  await command(page, 'New job')
  const dialog = page.getByRole('dialog', { name: 'New job' })
  await dialog.getByRole('textbox', { name: 'Title' }).fill(HOSTILE.slice(0, 300))
  await look(page, 'new job')
  await page.keyboard.press('Enter')
  const rows = page.getByRole('treegrid', { name: 'Jobs' }).getByRole('row')
  await expect(rows).toHaveCount(1)
  await rows.first().focus()
  await page.keyboard.press('Enter')
  const details = page.getByRole('complementary', { name: 'Details' })
  await expect(details).toBeVisible()
  await look(page, 'a job')
  await details.getByRole('button', { name: 'More' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('menuitem', { name: 'Edit' }).press('Enter')
  const edit = page.getByRole('dialog', { name: 'Edit the job' })
  await edit.getByRole('textbox', { name: 'Message' }).fill('Wait for the second card.')
  await edit.getByRole('textbox', { name: 'Title' }).fill('Look again')
  await page.keyboard.press('Enter')
  await expect(details.getByText('Wait for the second card.')).toBeVisible()
  await expect(rows.first()).toContainText('Look again')
  await details.getByRole('button', { name: 'More' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('menuitem', { name: 'Delete' }).press('Enter')
  await page
    .getByRole('dialog', { name: /^Delete the job/ })
    .getByRole('button', { name: 'Delete' })
    .press('Enter')
  await expect(page.getByText('No jobs in the last 30 days')).toBeVisible()
  expect(await page.evaluate(() => 'hacked' in globalThis)).toBe(false)
})

test('the settings say where a storage is mounted, and open a workspace in another folder', async ({
  app,
}) => {
  test.setTimeout(240_000)
  const { page } = app
  const other = path.join(folder, 'other workspace')
  fs.mkdirSync(other)
  await openLocal(page)
  await rail(page, 'Settings').click()
  app.answerDialog('showOpenDialog', { canceled: false, filePaths: [other] })
  // Another workspace is another account: its library opens.
  await switched(page, () => page.getByRole('button', { name: 'Open a workspace in another folder' }).click())
  await expect(page.getByRole('main', { name: 'Library' })).toBeVisible()
  await rail(page, 'Settings').click()
  await expect(page.getByText(new RegExp(`in ${other}`))).toBeVisible()
  expect(fs.existsSync(path.join(other, 'workspace.sqlite'))).toBe(true)

  const mount = path.join(folder, 'mounted')
  fs.mkdirSync(mount)
  app.answerDialog('showOpenDialog', { canceled: false, filePaths: [path.join(folder, 'is not there')] })
  await page.getByRole('button', { name: 'Say where it is mounted' }).first().click()
  await expect(page.getByText(/is not there is not there\. Mount it\./)).toBeVisible()
  app.answerDialog('showOpenDialog', { canceled: false, filePaths: [mount] })
  await page.getByRole('button', { name: 'Say where it is mounted' }).first().click()
  await expect(page.getByText(`written in ${mount}`)).toBeVisible()
  expect(fs.readdirSync(mount)).toEqual([])
  await page.getByRole('navigation', { name: 'Settings' }).getByRole('button', { name: 'Storages' }).click()
  await look(page, 'settings')
  await page.getByRole('button', { name: /^More for/ }).press('Enter')
  await page.getByRole('menuitem', { name: 'Forget the folder' }).press('Enter')
  await expect(page.getByText(`written in ${mount}`)).toBeHidden()
})
