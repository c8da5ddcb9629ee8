import { describe, expect, it } from 'vitest'
import { AppError } from '@main/core/errors.ts'
import { Redactor } from '@main/core/redact.ts'

const token = 'sécret/token+1'
const redactor = new Redactor()
redactor.know(token)

describe('redactor', () => {
  it.each([
    ['a known secret', `before ${token} after`, 'before [removed] after'],
    ['its percent-encoded form', `x=${encodeURIComponent(token)}`, 'x=[removed]'],
    [
      'a signed query',
      'PUT https://h/b/k?X-Amz-Signature=abc&p=1 failed',
      'PUT https://h/b/k?[removed] failed',
    ],
    ['credentials of a proxy', 'http://me:pw@proxy:3128/', 'http://[removed]@proxy:3128/'],
    ['an Authorization header', 'Authorization: Bearer abc.def', 'Authorization: [removed]'],
    ["iconik's header", '"Auth-Token": "abcdef"', '"Auth-Token": "[removed]"'],
    ['a JSON Web Token', 'got eyJhbGciOiJIUzI1.eyJzdWIiOiIx.sig-1', 'got [removed]'],
    ['nothing', 'clip 1 of 3: 50 %', 'clip 1 of 3: 50 %'],
  ])('removes %s', (_name, text, clean) => {
    expect(redactor.text(text)).toBe(clean)
  })

  it('cleans facts at any depth, and values under telling names', () => {
    expect(
      redactor.data({
        list: [{ url: 'https://h/?sig=1' }],
        authToken: 'short',
        headers: { cookie: 'a=b' },
        count: 3,
      }),
    ).toEqual({
      list: [{ url: 'https://h/?[removed]' }],
      authToken: '[removed]',
      headers: { cookie: '[removed]' },
      count: 3,
    })
  })

  it('cleans errors with their causes', () => {
    const error = new AppError('api.failed', `with ${token}`, {
      cause: new Error(`https://h/x?token=${token}`),
    })
    expect(JSON.stringify(redactor.data({ error }))).not.toContain('cret')
    expect(redactor.data(error)).toMatchObject({ code: 'api.failed', message: 'with [removed]' })
  })

  it('survives data that contains itself', () => {
    const circle: Record<string, unknown> = {}
    circle['self'] = circle
    expect(JSON.stringify(redactor.data(circle))).toContain('[deep]')
  })
})
