import { describe, expect, it } from 'vitest'
import { assetOfLink, isLink } from '@main/core/deep-link.ts'

const id = '6f1c3c0e-b1d2-11ef-8f0a-0242ac120002'

describe('a link names an asset', () => {
  it.each([
    [`ferry://asset/${id}`, id],
    [`FERRY://asset/${id}`, id],
    [`ferry://asset/${id}?from=mail#top`, id],
    [`ferry://asset/${id}/`, null],
    [`ferry://asset/x/../../collection/${id}`, null],
    ['ferry://asset/', null],
    ['ferry://asset/not-an-id', null],
    [`ferry://collection/${id}`, null],
    [`ferry-app://bundle/index.html`, null],
    [`https://example.com/${id}`, null],
    ['ferry:', null],
    ['', null],
  ])('%s', (link, expected) => expect(assetOfLink(link)).toBe(expected))
})

it('whatever begins with the scheme is no file name', () => {
  expect([isLink('ferry:nonsense'), isLink('Ferry://asset/1'), isLink('/clips/ferry.mov')]).toEqual([
    true,
    true,
    false,
  ])
})
