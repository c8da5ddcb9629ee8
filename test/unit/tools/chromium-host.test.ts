import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { assert as holds, jsonValue, property } from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const part = (name: string) =>
  import(pathToFileURL(path.join(import.meta.dirname, '../../../tools/chromium-host', name)).href)
const { createWire } = await part('wire.mjs')
const { handlers, handlerOf, toApp, toChromium } = await part('addresses.mjs')

describe('what crosses between main and page', () => {
  const wire = createWire()
  const back = (value: unknown) => wire.decode(wire.encode(value))

  it('comes out as it went in', () => {
    holds(
      property(jsonValue(), (value) => {
        expect(back(value)).toEqual(value)
      }),
    )
  })

  it('keeps what JSON alone would lose', () => {
    const value = {
      date: new Date(5),
      big: 5n,
      nan: Number.NaN,
      infinite: -Infinity,
      belowZero: -0,
      none: undefined,
      map: new Map([[{ a: 1 }, new Set([undefined])]]),
      bytes: new Uint8Array([0, 255, 7]),
      tagged: { $host: 'date', value: 'not a date' },
    }
    expect(back(value)).toEqual(value)
    expect(back(new Uint8Array(100_000).fill(200))).toEqual(new Uint8Array(100_000).fill(200))
  })

  it.each([() => {}, Symbol('x'), { deep: [() => {}] }])('refuses what cannot be cloned', (value) => {
    expect(() => wire.encode(value)).toThrow('An object could not be cloned.')
  })
})

describe('an address', () => {
  beforeAll(() => handlers.set('ferry-app', () => {}))
  afterAll(() => handlers.clear())

  it.each([
    ['ferry-app://bundle/a/b.html?c=d#e', 'https://bundle.ferry-app.localhost/a/b.html?c=d#e'],
    ['ferry-app://bundle/', 'https://bundle.ferry-app.localhost/'],
  ])('%s is known to Chromium as %s', (own, theirs) => {
    expect(toChromium(own)).toBe(theirs)
    expect(toApp(theirs)).toBe(own)
  })

  it.each(['https://example.com/', 'https://bundle.other.localhost/', 'data:text/html,x', ''])(
    '%s stays as it is',
    (url) => {
      expect(toChromium(url)).toBe(url)
      expect(toApp(url)).toBe(url)
    },
  )

  it('has a handler by its scheme only', () => {
    expect(handlerOf('ferry-app://x/')).toBeDefined()
    expect(handlerOf('https://ferry-app/')).toBeUndefined()
  })
})
