import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createRequire } from 'node:module'
import type * as keytar from 'keytar'
import { descendants, filesWithSecret, processesWithSecret } from '../support/find-secret.ts'
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
  // Port 9 is for discarding; nobody listens there.
  await form.getByRole('textbox', { name: 'Address' }).fill('http://127.0.0.1:9')
  await form.getByRole('textbox', { name: 'App-ID' }).fill(iconik.appId)
  await form.getByLabel('Token', { exact: true }).fill(iconik.authToken)
  await form.getByRole('button', { name: 'Test' }).click()
  await expect(form.getByRole('alert')).toContainText('127.0.0.1:9')
})
