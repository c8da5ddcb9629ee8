import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { LaunchedApp } from '../support/launched-app.ts'
import { expect, test } from './app.ts'

test('the app is opened with a file, uploads it, and says so beside the clock', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'opened-with-'))
  const file = path.join(folder, 'reel & 1.dat')
  fs.writeFileSync(file, 'not a film')
  const past = new Date(Date.now() - 60_000)
  fs.utimesSync(file, past, past)
  const app = await LaunchedApp.launch({ size: { width: 1440, height: 900 }, open: [file] })
  try {
    const { page } = app
    const local = page.getByRole('region', { name: 'Open a local workspace' })
    await local.getByRole('checkbox', { name: /sample clips/ }).uncheck()
    await local.getByRole('button', { name: 'Open' }).click()
    // It was handed over before anybody was signed in, and waited.
    const plan = page.getByRole('dialog', { name: 'Upload 1 clip' })
    await expect(plan.getByRole('treeitem', { name: /reel & 1\.dat/ })).toBeVisible()
    await plan.getByRole('button', { name: 'Upload 1 clip' }).click()
    await expect
      .poll(() => app.recordedCalls('tray.setToolTip').map(({ args }) => args[0]), { timeout: 30_000 })
      .toEqual(expect.arrayContaining(['Ferry: 1 to upload']))
    await expect
      .poll(() => app.recordedCalls('tray.setToolTip').at(-1)?.args[0], { timeout: 30_000 })
      .toBe('Ferry: nothing to upload')
    expect(app.recordedCalls('powerSaveBlocker.start')[0]?.args).toEqual(['prevent-app-suspension'])
    expect(app.recordedCalls('powerSaveBlocker.stop').length).toBe(
      app.recordedCalls('powerSaveBlocker.start').length,
    )
  } finally {
    await app.dispose()
    fs.rmSync(folder, { recursive: true, force: true })
  }
})

test('start at login is a file of the desktop, there while it is wanted', async () => {
  const config = fs.mkdtempSync(path.join(os.tmpdir(), 'login-config-'))
  const entry = path.join(config, 'autostart', 'ferry.desktop')
  const app = await LaunchedApp.launch({
    size: { width: 1440, height: 900 },
    env: { XDG_CONFIG_HOME: config },
  })
  try {
    const { page } = app
    const local = page.getByRole('region', { name: 'Open a local workspace' })
    await local.getByRole('checkbox', { name: /sample clips/ }).uncheck()
    await local.getByRole('button', { name: 'Open' }).click()
    await page.getByRole('navigation', { name: 'Sections' }).getByRole('button', { name: 'Settings' }).click()
    const start = page.getByRole('switch', { name: 'Start with your session' })
    await start.click()
    await expect.poll(() => fs.existsSync(entry)).toBe(true)
    expect(fs.readFileSync(entry, 'utf8')).toMatch(/^Exec=.*"--hidden"$/m)
    await start.click()
    await expect.poll(() => fs.existsSync(entry)).toBe(false)
  } finally {
    await app.dispose()
    fs.rmSync(config, { recursive: true, force: true })
  }
})
