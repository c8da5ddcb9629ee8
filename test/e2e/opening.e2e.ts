import { expect, test } from './app.ts'

test('the app opens on its welcome page', async ({ app }) => {
  const local = app.page.getByRole('region', { name: 'Open a local workspace' })
  await expect(local.getByRole('button', { name: 'Open' })).toBeEnabled()
  await expect(app.page.getByRole('heading', { name: 'Connect to iconik' })).toBeVisible()
})

test('a page of the app has no Node, no way out and no eval', async ({ app }) => {
  const seen = await app.page.evaluate(async () => {
    const refused = async (work: () => unknown) => {
      try {
        await work()
        return false
      } catch {
        return true
      }
    }
    return {
      require: typeof (globalThis as { require?: unknown }).require,
      process: typeof (globalThis as { process?: unknown }).process,
      bridge: Object.keys((globalThis as unknown as { ferry: object }).ferry).sort(),
      fetchRefused: await refused(() => fetch('https://example.com/')),
      policy: (await fetch('/index.html')).headers.get('content-security-policy'),
    }
  })
  expect(seen.require).toBe('undefined')
  expect(seen.process).toBe('undefined')
  expect(seen.bridge).toEqual(['call', 'pathForFile', 'subscribe'])
  expect(seen.fetchRefused).toBe(true)
  expect(seen.policy).not.toContain('unsafe')
})

test('a page of the app stays where it is', async ({ app }) => {
  const before = app.page.url()
  await app.page.evaluate(() => {
    location.href = 'https://example.com/'
    window.open('https://example.com/')
  })
  // Both are refused at once, but by another process: asking it something shows that it is done.
  await app.page.evaluate(() => fetch('/index.html').then((answer) => answer.text()))
  expect(app.page.url()).toBe(before)
  // The host closes a refused window as soon as it hears of it.
  await expect.poll(() => app.page.context().pages().length).toBe(1)
})

test('main quits in order and leaves no browser behind', async ({ app }) => {
  const status = await app.quit()
  expect(status).toBe(0)
})
