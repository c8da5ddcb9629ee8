import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import { afterAll, beforeAll } from 'vitest'
import { answeredCalls, type AnsweredCall } from '@main/workspace/http/api-server.ts'
import { openapiCheck, type OpenapiCheck } from '../openapi.ts'

/**
 * Loaded before every test file that may start a workspace: each request of Ferry's own client to a workspace of this
 * process and each answer to it is held against iconik's description. Requests that tests write by hand are often wrong
 * on purpose, so they are not looked at; what is odd in the answers to them is reported.
 */
let check: OpenapiCheck | null | undefined
const problems = new Set<string>()
const inHandwritten = new Set<string>()
const readOnlySent = new Set<string>()
let heard = 0

/** Ferry's client says what it accepts and nothing about itself; `fetch` and curl do otherwise. */
const isOfOurClient = ({ headers }: IncomingMessage): boolean =>
  headers.accept === 'application/json' && headers['user-agent'] === undefined

function listen(message: unknown): void {
  const { request, url, requestBody, status, answerBody } = message as AnsweredCall
  // Read at the first call: most test files start no workspace.
  if (check === undefined) check = openapiCheck()
  if (!check) return
  heard++
  const ours = isOfOurClient(request)
  const findings = check.check({
    method: request.method ?? '',
    path: url.pathname,
    query: ours ? Object.fromEntries(url.searchParams) : {},
    requestBody: ours ? emptyAsNone(requestBody) : undefined,
    status,
    answerBody: answerBody ?? null,
  })
  // Calls that a test writes by hand may be odd on purpose, and so may what they bring about: those are only reported.
  if (ours) for (const problem of findings.problems) problems.add(problem)
  else if (status < 400) for (const problem of findings.problems) inHandwritten.add(problem)
  for (const key of findings.readOnlySent) readOnlySent.add(key)
}

/** An absent body counts as an empty object, which is none. */
const emptyAsNone = (body: unknown): unknown =>
  typeof body === 'object' && body !== null && Object.keys(body).length === 0 ? undefined : body

beforeAll(() => subscribe(answeredCalls.name, listen))

afterAll(() => {
  unsubscribe(answeredCalls.name, listen)
  if (heard === 0) return
  console.log(`Held against iconik's description: ${heard} calls`)
  if (readOnlySent.size > 0) console.log(`Read-only keys sent:\n${[...readOnlySent].join('\n')}`)
  if (inHandwritten.size > 0)
    console.log(`Answers to calls written by hand that do not agree:\n${[...inHandwritten].join('\n')}`)
  if (problems.size > 0)
    throw new Error(`These calls do not agree with iconik's description:\n${[...problems].join('\n')}`)
})
