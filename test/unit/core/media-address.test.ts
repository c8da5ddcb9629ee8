import { describe, expect, it } from 'vitest'
import { mediaUrl, parseMediaUrl } from '@main/core/media-address.ts'

describe('a media address', () => {
  it('comes back from its URL as it was', () => {
    expect(parseMediaUrl(mediaUrl('poster', '0a1b-2c', '2026-01-01T00:00:00Z & more'))).toEqual({
      kind: 'poster',
      assetId: '0a1b-2c',
      version: '2026-01-01T00:00:00Z & more',
    })
    expect(parseMediaUrl(mediaUrl('proxy', 'abc'))).toEqual({ kind: 'proxy', assetId: 'abc', version: null })
  })

  it.each([
    ['another scheme', 'https://poster/abc'],
    ['an unknown kind', 'ferry-media://secret/abc'],
    ['a path', 'ferry-media://poster/a/b'],
    ['an encoded path', 'ferry-media://poster/..%2f..%2fetc'],
    ['no id', 'ferry-media://poster/'],
    ['an endless id', `ferry-media://poster/${'a'.repeat(65)}`],
    ['no URL', 'poster/abc'],
  ])('is not taken from %s', (_name, url) => {
    expect(parseMediaUrl(url)).toBeNull()
  })
})
