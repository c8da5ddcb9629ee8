import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { p2Card, without } from '../support/camera-cards.ts'
import { expect, test } from './app.ts'

/** WATCH_SHOTS names a folder that takes a picture of each state, dark and light. */
const shots = process.env['WATCH_SHOTS']

test('a watched folder is edited with a live preview, holds an incomplete card, goes away and comes back', async ({
  app,
}) => {
  const { page } = app
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'watch-rules-'))
  const watched = path.join(root, 'Offload')
  const put = (place: string, content: string | Uint8Array) => {
    const file = path.join(watched, place)
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, content)
  }
  for (const name of ['harbour.mov', 'jetty.mov', 'proxy/jetty.mov']) put(name, `content of ${name}`)
  const part = (name: string | RegExp) => page.getByLabel('Part', { exact: true }).getByText(name)
  const keep = async (name: string) => {
    if (!shots) return
    for (const theme of ['dark', 'light'])
      for (const [width, height] of [
        [1440, 900],
        [900, 600],
      ] as const) {
        await page.setViewportSize({ width, height })
        await page.evaluate((value) => {
          document.documentElement.dataset['theme'] = value
        }, theme)
        await page.waitForTimeout(400)
        await page.screenshot({ path: path.join(shots, `${name}-${width}-${theme}.png`) })
      }
    await page.setViewportSize({ width: 1440, height: 900 })
  }

  const local = page.getByRole('region', { name: 'Open a local workspace' })
  await local.getByRole('checkbox', { name: /sample clips/ }).uncheck()
  await local.getByRole('button', { name: 'Open' }).click()
  await expect(page.getByText('No assets yet')).toBeVisible({ timeout: 60_000 })
  await page
    .getByRole('navigation', { name: 'Sections' })
    .getByRole('button', { name: 'Watch folders' })
    .click()

  await test.step('without folders there is one sentence and one way on', async () => {
    await expect(page.getByText('No folders are watched')).toBeVisible()
    await keep('empty')
    await expect(page.getByRole('button', { name: 'Add folder' })).toHaveCount(1)
  })

  app.answerDialog('showOpenDialog', { canceled: false, filePaths: [watched] })
  await page.getByRole('button', { name: 'Add folder' }).click()
  const folder = page.getByRole('listbox', { name: 'Watch folders' }).getByRole('option', { name: /Offload/ })
  await test.step('nothing is taken before the rules were looked at', async () => {
    await expect(page.getByRole('table', { name: /What these rules/ }).getByRole('row')).toHaveCount(3)
    await expect(folder).toContainText('Paused')
    await page.getByRole('button', { name: 'Start watching' }).click()
  })
  await expect(folder).toContainText('3 of 3 done', { timeout: 60_000 })

  await test.step('rules are tried on the files that are there while they are typed', async () => {
    const preview = page.getByRole('table', { name: /What these rules/ })
    await expect(preview.getByRole('row')).toHaveCount(3)
    const leaveOut = page.getByRole('textbox', { name: 'Leave out' })
    await leaveOut.fill('proxy/**')
    await leaveOut.press('Enter')
    await expect(preview.getByRole('row', { name: /proxy/ })).toContainText('Left out')
    const title = page.getByRole('textbox', { name: /title/i }).first()
    await title.click()
    await title.pressSequentially('{stm}')
    const mend = page.getByRole('button', { name: 'Use {stem}' })
    await expect(mend).toBeVisible()
    await keep('rules')
    await mend.click()
    await expect(title).toHaveValue('{stem}')
    await title.fill('{stem} of {date}')
    const sequences = page.getByRole('spinbutton', { name: 'Sequences' })
    await sequences.fill('1')
    await sequences.press('Tab')
    await expect(page.getByText(/changes? not saved/)).toBeVisible()
    await page.getByRole('button', { name: 'Save' }).click()
    await expect(page.getByText('All changes are saved.')).toBeVisible()
  })

  await test.step('a card that lacks a part is named and held until a person takes it as it is', async () => {
    const whole = p2Card([{ id: '0001AB' }])
    const broken = without(p2Card([{ id: '0002CD' }]), 'CONTENTS/VIDEO/0002CD.MXF')
    for (const [place, content] of Object.entries(whole)) put(`CARD A/${place}`, content)
    for (const [place, content] of Object.entries(broken)) put(`CARD B/${place}`, content)
    await part('Cards').click()
    const cards = page.getByRole('list', { name: 'Camera cards' })
    const [a, b] = [
      cards.getByRole('listitem').filter({ hasText: 'CARD A' }),
      cards.getByRole('listitem').filter({ hasText: 'CARD B' }),
    ]
    await expect(a).toContainText('Safe to erase', { timeout: 60_000 })
    await expect(b).toContainText('Incomplete')
    await expect(b).toContainText('0002CD.MXF of clip 0002CD is missing')
    await keep('cards')
    await part(/Needs you/).click()
    await expect(page.getByRole('list', { name: 'Files that need you' })).toContainText('is incomplete')
    await keep('attention')
    await part('Cards').click()
    await b.getByRole('button', { name: 'Upload it as it is' }).click()
    await expect(b).not.toContainText('Incomplete', { timeout: 60_000 })
    await expect(folder).not.toContainText('need')
    // Three files and a clip of each card are home; the next step looks whether that stays.
    await expect(folder).toContainText('5 of 21 done', { timeout: 60_000 })
  })

  await test.step('it goes away and comes back, and nothing is lost or sent twice', async () => {
    await part('Rules').click()
    const done = /\d+ of (\d+) done/.exec((await folder.textContent()) ?? '')?.[0] ?? ''
    fs.renameSync(watched, path.join(root, 'unplugged'))
    fs.mkdirSync(watched)
    await expect(folder).toContainText('Away', { timeout: 30_000 })
    await keep('away')
    fs.rmdirSync(watched)
    fs.renameSync(path.join(root, 'unplugged'), watched)
    await expect(folder).toContainText(done, { timeout: 30_000 })
    await expect(folder).toContainText('Watching')
  })
  fs.rmSync(root, { recursive: true, force: true })
})
