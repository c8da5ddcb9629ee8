import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createRequire } from 'node:module'
import type * as keytar from 'keytar'
import { descendants, filesWithSecret, processesWithSecret } from '../support/find-secret.ts'
import { startWorkspace } from '../../src-main/workspace/index.ts'
import { LaunchedApp } from '../support/launched-app.ts'
import { serveWorkspace, type ServedWorkspace } from '../support/served-workspace.ts'
import { expect, test } from './app.ts'

// Its names are not seen by an import, as it is a CommonJS module.
const { findCredentials } = createRequire(import.meta.url)('keytar') as typeof keytar
const hasKeychain = process.env.TEST_KEYRING === 'throw-away'

let folder: string
let iconik: ServedWorkspace
test.beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sign-in-'))
  iconik = await serveWorkspace(path.join(folder, 'iconik'))
})
test.afterAll(async () => {
  await iconik.stop()
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

async function fillIn({ page }: LaunchedApp, token: string) {
  const form = page.getByRole('region', { name: 'Connect to iconik' })
  await form.getByRole('button', { name: 'App-ID and token' }).click()
  await form.getByRole('textbox', { name: 'Address' }).fill(iconik.url)
  await form.getByRole('textbox', { name: 'App-ID' }).fill(iconik.appId)
  await form.getByLabel('Token', { exact: true }).fill(token)
  await form.getByRole('button', { name: 'Test' }).click()
  return form
}

const secretsInKeychain = async () =>
  (await findCredentials('Ferry')).map(({ password }) => password).join('\n')

test('a token is tested, kept in the keychain, and nowhere else', async () => {
  test.skip(!hasKeychain, 'there is no throw-away keychain on this machine')
  const userData = path.join(folder, 'app')
  let app = await LaunchedApp.launch({ userData })
  const form = await fillIn(app, iconik.authToken)
  await form.getByRole('button', { name: 'Save and open' }).click()
  await expect(app.page.getByRole('main', { name: 'Library' })).toBeVisible()

  expect(descendants(app.pid).length).toBeGreaterThan(2)
  expect(processesWithSecret(app.pid, iconik.authToken)).toEqual([])
  expect(await app.quit()).toBe(0)
  expect(await secretsInKeychain()).toContain(iconik.authToken)
  expect(filesWithSecret(userData, iconik.appId).length).toBeGreaterThan(0)
  expect(filesWithSecret(userData, iconik.authToken)).toEqual([])
  expect(app.output).not.toContain(iconik.authToken)

  // At the next start nobody is asked.
  app = await LaunchedApp.launch({ userData })
  await expect(app.page.getByRole('main', { name: 'Library' })).toBeVisible()
  await app.dispose()
})

test('a wrong token is named, and nothing of it is kept', async ({ app }) => {
  const form = await fillIn(app, 'not-a-token-at-all-0123456789')
  await expect(form.getByRole('alert')).toContainText(/token/i)
  await expect(form.getByRole('button', { name: 'Save and open' })).toBeHidden()
  expect(filesWithSecret(app.userData, 'not-a-token-at-all-0123456789')).toEqual([])
  if (hasKeychain) expect(await secretsInKeychain()).not.toContain('not-a-token-at-all')
})

test('a server that is not there is named', async ({ app }) => {
  const form = app.page.getByRole('region', { name: 'Connect to iconik' })
  await form.getByRole('button', { name: 'App-ID and token' }).click()
  // Port 9 is for discarding; nobody listens there.
  await form.getByRole('textbox', { name: 'Address' }).fill('http://127.0.0.1:9')
  await form.getByRole('textbox', { name: 'App-ID' }).fill(iconik.appId)
  await form.getByLabel('Token', { exact: true }).fill(iconik.authToken)
  await form.getByRole('button', { name: 'Test' }).click()
  await expect(form.getByRole('alert')).toContainText('127.0.0.1:9')
})

test('an editor signs in with a password, a domain and a one-time code', async () => {
  test.skip(!hasKeychain, 'there is no throw-away keychain on this machine')
  const email = 'mara@example.com'
  const password = 'correct horse battery'
  const studio = await startWorkspace({
    dataDir: path.join(folder, 'studio'),
    previews: false,
    faults: { rules: [] },
    logins: [{ email, password, domains: ['Halden Pictures', 'Halden Archive'], otp: true }],
  })
  const userData = path.join(folder, 'editor')
  let app = await LaunchedApp.launch({ userData, size: { width: 1440, height: 900 } })
  try {
    const form = app.page.getByRole('region', { name: 'Connect to iconik' })
    await form.getByRole('textbox', { name: 'Address' }).fill(studio.url)
    await form.getByRole('textbox', { name: 'E-mail' }).fill(email)
    await form.getByLabel('Password', { exact: true }).fill('wrong')
    await form.getByRole('button', { name: 'Sign in' }).click()
    await expect(form.getByRole('alert')).toContainText(/password is wrong/)
    await form.getByLabel('Password', { exact: true }).fill(password)
    await form.getByRole('button', { name: 'Sign in' }).click()

    await expect(form.getByRole('button', { name: 'Domain: Halden Pictures' })).toBeVisible()
    await form.getByRole('button', { name: 'Send a code' }).click()
    await expect(form.getByText(`A code is on its way to ${email}.`)).toBeVisible()
    const inspected = (await (await fetch(`${studio.url}/_inspect`)).json()) as {
      lastOneTimeCode: { code: string }
    }
    await form.getByRole('textbox', { name: 'One-time code' }).fill(inspected.lastOneTimeCode.code)
    await form.getByRole('button', { name: 'Open' }).click()
    await expect(app.page.getByRole('main', { name: 'Library' })).toBeVisible()
    expect(processesWithSecret(app.pid, password)).toEqual([])
    expect(await app.quit()).toBe(0)
    expect(filesWithSecret(userData, password)).toEqual([])
    expect(await secretsInKeychain()).not.toContain(password)

    // What is kept is a token: nobody is asked again.
    app = await LaunchedApp.launch({ userData })
    await expect(app.page.getByRole('main', { name: 'Library' })).toBeVisible()
  } finally {
    await app.dispose()
    await studio.close()
  }
})
