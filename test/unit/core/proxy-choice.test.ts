import { expect, it } from 'vitest'
import { proxyFromEnvironment, proxyFromList } from '@main/core/proxy-choice.ts'

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

it.each([
  ['DIRECT', null],
  ['', null],
  ['PROXY proxy.example:8080; DIRECT', 'http://proxy.example:8080'],
  ['HTTPS proxy.example:443', 'https://proxy.example:443'],
  ['SOCKS5 old.example:1080; PROXY proxy.example:8080', 'http://proxy.example:8080'],
  ['SOCKS5 old.example:1080; DIRECT', null],
])('of the list “%s” it is %s that is used', (list, proxy) => {
  expect(proxyFromList(list)).toBe(proxy)
})

it('names a kind of proxy that cannot be used', () => {
  expect(() => proxyFromList('SOCKS5 old.example:1080')).toThrow('SOCKS5 old.example:1080')
})
