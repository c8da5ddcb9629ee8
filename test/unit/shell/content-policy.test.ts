import { expect, it } from 'vitest'
import { isAppUrl, mayRequest } from '@main/shell/content-policy.ts'

it.each([
  ['ferry-app://bundle/index.html', true],
  ['ferry-app://bundle', true],
  ['ferry-app://bundle.evil/index.html', false],
  ['ferry-app://other/index.html', false],
  ['https://bundle/index.html', false],
  ['ferry-media://poster/abc', false],
  ['', false],
])('%s is an address of the app: %s', (url, expected) => {
  expect(isAppUrl(url)).toBe(expected)
})

it.each([
  ['ferry-app://bundle/index.html', true],
  ['ferry-media://poster/abc', true],
  ['devtools://devtools/bundled/inspector.html', true],
  ['https://app.iconik.io/', false],
  ['http://127.0.0.1:1234/', false],
  ['file:///etc/passwd', false],
  ['ws://localhost/', false],
  ['data:text/html,x', false],
  ['nonsense', false],
])('a page may request %s: %s', (url, expected) => {
  expect(mayRequest(url)).toBe(expected)
})
