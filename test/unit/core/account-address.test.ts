import { parseAccountAddress } from '@main/core/account-address.ts'
import { describe, expect, it } from 'vitest'

describe('the address of an account', () => {
  it.each([
    ['app.iconik.io', 'https://app.iconik.io'],
    [' https://eu.iconik.io/ ', 'https://eu.iconik.io'],
    ['https://app.iconik.io/asset/123?x=1', 'https://app.iconik.io'],
    ['http://127.0.0.1:4711', 'http://127.0.0.1:4711'],
    ['http://localhost:80/API/', 'http://localhost'],
    ['https://iconik.example.com:8443', 'https://iconik.example.com:8443'],
  ])('%s is %s', (typed, origin) => expect(parseAccountAddress(typed)).toBe(origin))

  it.each([
    ['http://app.iconik.io', 'only https'],
    ['https://me:secret@app.iconik.io', 'name or password'],
    ['ftp://app.iconik.io', 'only https'],
    ['iconik', 'not complete'],
    ['', 'write it like'],
    ['https://', 'write it like'],
  ])('refuses “%s” and says why', (typed, reason) =>
    expect(() => parseAccountAddress(typed)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(reason) }),
    ),
  )
})
