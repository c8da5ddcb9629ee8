import { describe, expect, it } from 'vitest'
import { errorFromAnswer, parseErrorBody } from '@main/adapters/iconik/answer-errors.ts'

const answer = (status: number, body: string, headers: Record<string, string> = {}) =>
  errorFromAnswer({
    status,
    body,
    header: (name) => headers[name] ?? null,
    call: 'POST /API/assets/v1/assets/',
    nowMs: 0,
  })

describe('error bodies', () => {
  it.each([
    ['a list', '{"errors":["one","two"]}', ['one', 'two'], {}],
    [
      'fields with texts',
      '{"errors":{"title":"is missing"}}',
      ['title: is missing'],
      { title: ['is missing'] },
    ],
    ['fields with lists', '{"errors":{"a":["x","y"]}}', ['a: x', 'a: y'], { a: ['x', 'y'] }],
    ['a single text', '{"errors":"no"}', ['no'], {}],
    ['nothing', '', [], {}],
    ['a page of a proxy', '<html>502</html>', [], {}],
    ['another JSON', '{"message":"x"}', [], {}],
    ['null', 'null', [], {}],
  ])('are read: %s', (_name, body, messages, fields) => {
    expect(parseErrorBody(body)).toEqual({ messages, fields })
  })
})

describe('refused calls', () => {
  it.each([
    [400, '{"errors":{"title":"no"}}', {}, { code: 'api.invalid', retry: { when: 'never' } }],
    [401, '', {}, { code: 'auth.rejected', retry: { when: 'signed-in' } }],
    [
      403,
      '{"errors":["Missing role can_write_files"]}',
      {},
      { code: 'auth.role-missing', details: { role: 'can_write_files' } },
    ],
    [403, '', {}, { code: 'auth.role-missing' }],
    [404, '<html>', {}, { code: 'api.not-found', retry: { when: 'never' } }],
    [409, '{"errors":["exists"]}', {}, { code: 'api.conflict' }],
    [429, '', { 'retry-after': '2' }, { code: 'rate.limited', retry: { when: 'after', afterMs: 2000 } }],
    [429, '', {}, { code: 'rate.limited', retry: { when: 'later' } }],
    [500, 'oops', {}, { code: 'api.failed', retry: { when: 'later' } }],
    [501, '', {}, { code: 'api.failed', retry: { when: 'never' } }],
    [503, '', {}, { code: 'api.failed', retry: { when: 'later' } }],
    [302, '', {}, { code: 'api.failed', retry: { when: 'never' } }],
  ])('%i with %j', (status, body, headers, expected) => {
    expect(answer(status, body, headers)).toMatchObject(expected)
  })

  it('says what iconik said, and which call it was about', () => {
    expect(answer(400, '{"errors":["title is too long"]}').message).toBe(
      'iconik refused POST /API/assets/v1/assets/ as invalid: title is too long.',
    )
  })
})
