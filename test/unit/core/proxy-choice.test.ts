import { expect, it } from 'vitest'
import { proxyFromEnvironment } from '@main/core/proxy-choice.ts'

it.each([
  ['https://a.example/', {}, undefined],
  ['https://a.example/', { HTTPS_PROXY: 'http://p:1' }, 'http://p:1'],
  ['https://a.example/', { HTTPS_PROXY: 'p:1' }, 'http://p:1'],
  ['https://a.example/', { HTTP_PROXY: 'http://p:1' }, undefined],
  ['http://a.example/', { HTTP_PROXY: 'http://p:1' }, 'http://p:1'],
  ['https://a.example/', { HTTPS_PROXY: 'http://p:1', https_proxy: 'http://q:2' }, 'http://q:2'],
  ['https://a.example/', { ALL_PROXY: 'http://p:1' }, 'http://p:1'],
  ['https://a.example/', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '*' }, null],
  ['https://a.example/', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'other, example' }, null],
  ['https://a.example/', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '.a.example' }, null],
  ['https://xa.example/', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'a.example' }, 'http://p:1'],
  ['https://a.example:8443/', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'a.example:443' }, 'http://p:1'],
  ['https://a.example/', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'a.example:443' }, null],
])('%s with %j goes through %s', (url, env, proxy) => {
  expect(proxyFromEnvironment(url, env)).toBe(proxy)
})
