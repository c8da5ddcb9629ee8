import { expect, it } from 'vitest'
import { meansNoLinks } from '@main/core/hard-links.ts'

it.each([
  ['EISDIR', true],
  ['EPERM', true],
  ['EXDEV', true],
  ['EEXIST', false],
  ['ENOSPC', false],
  ['ENOENT', false],
])('%s: a file gets its name in another way: %s', (code, isSo) => {
  expect(meansNoLinks(Object.assign(new Error(code), { code }))).toBe(isSo)
})

it('a thing that is no error of a disk says nothing of links', () => {
  for (const thing of [null, undefined, 'EISDIR', new Error('EISDIR')])
    expect(meansNoLinks(thing)).toBe(false)
})
