import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { Exchange } from '@main/adapters/iconik/http.ts'
import { OpenapiCheck } from '@test/support/openapi.ts'

/** A description as small as one can be, of two operations that iconik has too. */
const folder = mkdtempSync(path.join(tmpdir(), 'ferry-description-'))
const job = {
  type: 'object',
  required: ['title'],
  properties: {
    id: { type: 'string', readOnly: true },
    title: { type: 'string' },
    date_created: { type: 'string', readOnly: true },
  },
}
const json = (schema: object) => ({ content: { 'application/json': { schema } } })
writeFileSync(
  path.join(folder, 'auth.json'),
  JSON.stringify({
    servers: [{ url: '/API/auth/' }],
    components: { schemas: {} },
    paths: {
      '/v1/things/': {
        post: { requestBody: json(job), responses: { 201: json(job) } },
        put: { requestBody: json(job), responses: { 200: json(job) } },
        delete: { responses: { 202: { description: 'Accepted' } } },
      },
      '/v1/auth/simple/login/': { post: { responses: { 201: json({ type: 'object' }) } } },
    },
  }),
)
afterAll(() => rmSync(folder, { recursive: true }))

const check = new OpenapiCheck(folder)
const date = '2026-01-02T03:04:05.000006+00:00'
const exchange = (changes: Partial<Exchange>): Exchange => ({
  method: 'POST',
  path: '/API/auth/v1/things/',
  query: {},
  requestBody: { title: 'one' },
  status: 201,
  answerBody: { id: '1', title: 'one', date_created: date },
  ...changes,
})

it.each<[string, Partial<Exchange>, RegExp | null]>([
  ['agrees', {}, null],
  [
    'has a key in the answer that nobody knows',
    { answerBody: { title: 'one', odd: 1 } },
    /odd is not described/,
  ],
  ['lacks a required key in the answer', { answerBody: { id: '1' } }, /required property 'title'/],
  ['sends a key that nobody knows', { requestBody: { title: 'one', odd: 1 } }, /odd is not described/],
  ['sends a query that nobody knows', { query: { odd: '1' } }, /parameter odd is not described/],
  ['creates without what is required', { requestBody: {} }, /required property 'title'/],
  ['changes only a part', { method: 'PUT', status: 200, requestBody: { id: '1' } }, null],
  [
    'writes a date in another way',
    { answerBody: { title: 'one', date_created: '2026-01-02T03:04:05Z' } },
    /date_created is no date/,
  ],
  ['refuses without an error body', { status: 400, answerBody: {} }, /no "errors"/],
  ['refuses with one', { status: 400, answerBody: { errors: { title: 'is missing' } } }, null],
  ['calls what iconik does not have', { path: '/API/auth/v1/nothing/' }, /no such operation/],
  [
    'lacks a key that was recorded of the live service',
    {
      path: '/API/auth/v1/auth/simple/login/',
      requestBody: undefined,
      answerBody: { token: 't', app_id: 'a' },
    },
    /lacks auth_system_domains/,
  ],
])('a call that %s', (_, changes, problem) => {
  const { problems } = check.check(exchange(changes))
  expect(problems.join('\n')).toMatch(problem ?? /^$/)
})

it('names read-only keys of a body without counting them as wrong', () => {
  const { problems, readOnlySent } = check.check(exchange({ requestBody: { title: 'one', id: '1' } }))
  expect(problems).toEqual([])
  expect(readOnlySent).toEqual(['POST /API/auth/v1/things/: id'])
})
