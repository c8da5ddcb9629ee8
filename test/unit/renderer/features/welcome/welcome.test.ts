import { afterEach, describe, expect, it } from 'vitest'
import WelcomeView from '@renderer/features/welcome/WelcomeView.vue'
import { checkCredentials, normalAddress } from '@renderer/features/welcome/credentials.ts'
import { useAccounts } from '@renderer/stores/accounts.ts'
import { FakeFailure } from '@test/support/fake-main/bridge.ts'
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
  const chooseToken = () => press('App-ID and token')
  const fill = async (token: string) => {
    await chooseToken()
    await page.get('[name="appId"]').setValue('app-1')
    await page.get('[name="authToken"]').setValue(token)
  }
  const methods = () => main.calls.map((call) => call.method)
  return { page, main, press, chooseToken, fill, methods }
}

describe('welcome', () => {
  it('opens a local workspace with one click', async () => {
    const { press, methods } = await openWelcome()
    await press('Open')
    expect(methods()).toContain('accounts.openLocal')
    expect(useAccounts().current?.kind).toBe('local')
  })
  it('says where App-ID and token are made, and which keychain gets the token', async () => {
    const { page, chooseToken } = await openWelcome()
    await chooseToken()
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
    const { page, press, chooseToken, methods } = await openWelcome()
    await chooseToken()
    await press('Test')
    expect(page.text()).toContain('Enter the App-ID.')
    expect(page.text()).toContain('Enter the token.')
    expect(methods()).not.toContain('accounts.test')
  })
})

describe('signing in with a password', () => {
  const domains = [
    { id: 'north', name: 'North <b>Pictures</b>', code: null },
    { id: 'south', name: 'South', code: 'mail' as const },
  ]
  const login = async (answers: Parameters<typeof freshPage>[0]) => {
    const opened = await openWelcome(answers)
    const type = (name: string, value: string) => opened.page.get(`[name="${name}"]`).setValue(value)
    await type('email', 'mara@example.com')
    await type('password', 'correct horse')
    await opened.press('Sign in')
    return { ...opened, type }
  }

  it('opens at once when the password is enough, and asks for nothing more', async () => {
    const finished: unknown[] = []
    await login({
      handlers: {
        'accounts.beginLogin': async () => ({ id: 'l1', domains: [] }),
        'accounts.finishLogin': async (input) => {
          finished.push(input)
          throw new FakeFailure('api.failed', 'enough seen')
        },
      },
    })
    expect(finished).toEqual([{ id: 'l1', choice: null, keepIn: 'keychain' }])
  })

  it('asks for a domain and its code, sends one, and keeps the password nowhere', async () => {
    const seen: unknown[] = []
    const { page, press, type } = await login({
      handlers: {
        'accounts.beginLogin': async () => ({ id: 'l2', domains: domains.toReversed() }),
        'accounts.sendCode': async (input) => (seen.push(input), null),
        'accounts.finishLogin': async (input) => {
          seen.push(input)
          throw new FakeFailure('auth.rejected', 'The one-time code is wrong.')
        },
      },
    })
    expect(page.find('[name="password"]').exists()).toBe(false)
    await press('Open')
    await page.findAll('form')[0]?.trigger('submit')
    await settle()
    expect(page.text()).toContain('Enter the code.')
    await press('Send a code')
    expect(page.text()).toContain('A code is on its way to mara@example.com.')
    await type('code', ' 123456 ')
    await page.get('form').trigger('submit')
    await settle()
    expect(seen).toEqual([
      { id: 'l2', domainId: 'south' },
      { id: 'l2', choice: { domainId: 'south', code: '123456' }, keepIn: 'keychain' },
    ])
    // A wrong code may be typed again.
    expect(page.text()).toContain('The one-time code is wrong.')
    expect(page.find('[name="code"]').exists()).toBe(true)
    await press('Start again')
    expect((page.get('[name="password"]').element as HTMLInputElement).value).toBe('')
  })

  it('begins again when it took too long', async () => {
    const { page, type } = await login({
      handlers: {
        'accounts.beginLogin': async () => ({ id: 'l3', domains }),
        'accounts.finishLogin': async () => {
          throw new FakeFailure('auth.required', 'The log-in took too long.')
        },
      },
    })
    await page.get('form').trigger('submit')
    await settle()
    expect(page.text()).toContain('The log-in took too long.')
    await type('password', 'correct horse')
  })

  it('names what is missing before it asks the server', async () => {
    const { page, press, methods } = await openWelcome()
    await press('Sign in')
    expect(page.text()).toContain('Enter your e-mail address.')
    expect(page.text()).toContain('Enter your password.')
    expect(methods()).not.toContain('accounts.beginLogin')
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
