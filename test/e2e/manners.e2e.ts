import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { LaunchedApp } from '../support/launched-app.ts'
import { expect, test } from './app.ts'

test('the app is opened with a folder, uploads it, and says so beside the clock', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'opened-with-'))
  // So many that their upload can be seen: one is over before anybody looks.
  const names = Array.from({ length: 200 }, (_, index) => `reel & ${String(index).padStart(3, '0')}.dat`)
  const past = new Date(Date.now() - 60_000)
  for (const name of names) {
    fs.writeFileSync(path.join(folder, name), `not a film: ${name}`)
    fs.utimesSync(path.join(folder, name), past, past)
  }
  const app = await LaunchedApp.launch({ size: { width: 1440, height: 900 }, open: [folder] })
  try {
    const { page } = app
    const local = page.getByRole('region', { name: 'Open a local workspace' })
    await local.getByRole('checkbox', { name: /sample clips/ }).uncheck()
    await local.getByRole('button', { name: 'Open' }).click()
    // It was handed over before anybody was signed in, and waited.
    const plan = page.getByRole('dialog', { name: 'Upload 200 clips' })
    await expect(plan.getByRole('treeitem', { name: /reel & 000\.dat/ })).toBeVisible()
    await plan.getByRole('button', { name: 'Upload 200 clips' }).click()
    const said = () => app.recordedCalls('tray.setToolTip').map(({ args }) => String(args[0]))
    await expect.poll(() => said().some((text) => /^Ferry: \d+ to upload$/.test(text))).toBe(true)
    await expect.poll(() => said().at(-1), { timeout: 60_000 }).toBe('Ferry: nothing to upload')
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
