import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { startFerry } from '../support/ferry-command.ts'
import { filesWithSecret } from '../support/find-secret.ts'
import { LaunchedApp } from '../support/launched-app.ts'
import { PrivateKeychain } from '../support/private-keychain.ts'
import { serveWorkspace, type ServedWorkspace } from '../support/served-workspace.ts'
import { expect, test } from './app.ts'

const hasKeychain = process.env.TEST_KEYRING === 'throw-away'
const size = { width: 1440, height: 900 }

let folder: string
let iconik: ServedWorkspace
let keychain: PrivateKeychain
test.beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'keychains-'))
  iconik = await serveWorkspace(path.join(folder, 'iconik'))
  if (hasKeychain) keychain = await PrivateKeychain.open(folder)
})
test.afterAll(async () => {
  await keychain?.close()
  await iconik.stop()
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

test('a keychain that is away, that comes back, and that is another one: each leaves a way on', async () => {
  test.skip(!hasKeychain, 'there is no throw-away keychain on this machine')
  test.setTimeout(180_000)
  const userData = path.join(folder, 'app')
  await keychain.start('mara')
  const login = await startFerry(
    ['--state', userData, 'login', '--url', iconik.url, '--app-id', iconik.appId],
    keychain.env,
    { input: `${iconik.authToken}\n` },
  ).ended
  expect([login.code, login.stderr]).toEqual([0, ''])

  await keychain.stop()
  let app = await LaunchedApp.launch({ userData, env: keychain.env, size })
  const note = () => app.page.getByRole('status').filter({ hasText: /Sign in again|sign in again/ })
  const library = () => app.page.getByRole('main', { name: 'Library' })
  try {
    await expect(note()).toContainText('No keychain is running')
    for (const name of ['For this session only', 'Try again', 'Sign in again'])
      await expect(note().getByRole('button', { name })).toBeVisible()
    await note().getByRole('button', { name: 'Try again' }).click()
    await expect(note()).toContainText('No keychain is running')

    await keychain.start('mara')
    await note().getByRole('button', { name: 'Try again' }).click()
    await expect(note()).toBeHidden()
    await expect(library()).toBeVisible()
    await app.quit()

    // Another person's keychain, or one that was made anew: the token is not in it.
    await keychain.stop()
    await keychain.start('nils')
    app = await LaunchedApp.launch({ userData, env: keychain.env, size })
    await expect(note()).toContainText(/is not in/)
    await expect(note().getByRole('button', { name: 'Try again' })).toBeHidden()
    await note().getByRole('button', { name: 'Sign in again' }).click()
    const form = app.page.getByRole('region', { name: 'Connect to iconik' })
    await expect(form.getByRole('textbox', { name: 'Address' })).toHaveValue(iconik.url)
    await expect(form.getByRole('textbox', { name: 'App-ID' })).toHaveValue(iconik.appId)
    await form.getByLabel('Token', { exact: true }).fill(iconik.authToken)
    await form.getByRole('checkbox', { name: 'Stay signed in' }).uncheck()
    await form.getByRole('button', { name: 'Test' }).click()
    await form.getByRole('button', { name: 'Save and open' }).click()
    await expect(library()).toBeVisible()
    expect(filesWithSecret(userData, iconik.authToken)).toEqual([])

    // Signing out asks first, and takes along what was kept of the account.
    const mirror = path.join(userData, 'library')
    await expect.poll(() => fs.readdirSync(mirror).length).toBeGreaterThan(0)
    await app.page.getByRole('button', { name: 'Account' }).click()
    await app.page.getByRole('menuitem', { name: 'Sign out' }).click()
    await app.page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click()
    await expect(app.page.getByRole('region', { name: 'Open a local workspace' })).toBeVisible()
    await expect.poll(() => fs.readdirSync(mirror)).toEqual([])
  } finally {
    await app.dispose()
  }
})
