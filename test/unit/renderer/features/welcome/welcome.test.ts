import { afterEach, describe, expect, it } from 'vitest'
import WelcomeView from '@renderer/features/welcome/WelcomeView.vue'
import { checkCredentials, normalAddress } from '@renderer/features/welcome/credentials.ts'
import { useAccounts } from '@renderer/stores/accounts.ts'
import { freshPage, mountOnPage, settle } from '../../support/page.ts'

let unmount = () => {}
afterEach(() => unmount())

async function openWelcome(options: Parameters<typeof freshPage>[0] = {}) {
  const { main, pinia } = freshPage({ signedIn: false, ...options })
  await useAccounts().start()
  const page = mountOnPage(WelcomeView, pinia)
  unmount = () => page.unmount()
  await settle()
  const press = async (text: string) => {
    const button = page.findAll('button').find((candidate) => candidate.text() === text)
    if (button?.attributes('type') === 'submit') await page.get('form').trigger('submit')
    else await button?.trigger('click')
    await settle()
  }
  const fill = async (token: string) => {
    await page.get('[name="appId"]').setValue('app-1')
    await page.get('[name="authToken"]').setValue(token)
  }
  const methods = () => main.calls.map((call) => call.method)
  return { page, main, press, fill, methods }
}

describe('welcome', () => {
  it('opens a local workspace with one click', async () => {
    const { press, methods } = await openWelcome()
    await press('Open')
    expect(methods()).toContain('accounts.openLocal')
    expect(useAccounts().current?.kind).toBe('local')
  })
  it('says where App-ID and token are made, and which keychain gets the token', async () => {
    const { page } = await openWelcome()
    expect(page.text()).toContain('Admin > Settings > Application Tokens')
    expect(page.text()).toContain('GNOME Keyring (Secret Service)')
  })
  it('tests before it saves', async () => {
    const { page, press, fill, methods } = await openWelcome()
    await fill('secret')
    await press('Test')
    expect(page.text()).toContain('The token works.')
    expect(methods()).not.toContain('accounts.connect')
    await press('Save and open')
    expect(methods().filter((method) => /test|connect/.test(method))).toEqual([
      'accounts.test',
      'accounts.connect',
    ])
    expect(useAccounts().current).toMatchObject({ kind: 'iconik', keptIn: 'keychain' })
  })
  it('says in words that the token was refused, and saves nothing', async () => {
    const { page, press, fill, methods } = await openWelcome()
    await fill('wrong')
    await press('Test')
    expect(page.text()).toContain('The App-ID or the token was refused')
    expect(page.text()).toContain('app.iconik.io answered 401.')
    expect(methods()).not.toContain('accounts.connect')
  })
  it('wants another test after anything was changed', async () => {
    const { page, press, fill } = await openWelcome()
    await fill('secret')
    await press('Test')
    await page.get('[name="appId"]').setValue('app-2')
    expect(page.text()).not.toContain('The token works.')
    expect(page.text()).not.toContain('Save and open')
  })
  it('says plainly when the token lasts for this session only', async () => {
    const { page, press, fill, main } = await openWelcome({ keychain: false })
    expect(page.text()).toContain('The token is kept for this session only')
    expect(page.text()).toContain('no Secret Service answers on this desktop')
    await fill('secret')
    await press('Test')
    await press('Save and open')
    expect(main.calls.at(-1)?.input).toMatchObject({ keepIn: 'session' })
  })
  it('names what is missing before it asks the server', async () => {
    const { page, press, methods } = await openWelcome()
    await press('Test')
    expect(page.text()).toContain('Enter the App-ID.')
    expect(page.text()).toContain('Enter the token.')
    expect(methods()).not.toContain('accounts.test')
  })
})

describe('addresses', () => {
  it.each([
    ['app.iconik.io', 'https://app.iconik.io'],
    [' https://eu.iconik.io/login?x=1 ', 'https://eu.iconik.io'],
    ['http://127.0.0.1:4100/', 'http://127.0.0.1:4100'],
  ])('"%s" means %s', (typed, address) => expect(normalAddress(typed)).toBe(address))
  it.each([
    ['https://app.iconik.io', true],
    ['http://127.0.0.1:4100', true],
    ['http://app.iconik.io', false],
    ['ftp://app.iconik.io', false],
    ['not an address', false],
  ])('%s may be used: %s', (url, good) => {
    expect(checkCredentials({ url, appId: 'a', authToken: 't' }).url === undefined).toBe(good)
  })
})
