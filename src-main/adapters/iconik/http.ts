import { request } from 'undici'
import type { Dispatcher } from 'undici'
import type { ZodType } from 'zod'
import { AppError } from '../../core/errors.ts'
import { isLoopbackHost } from '../../core/loopback.ts'
import { errorFromConnection } from '../../core/network-errors.ts'
import { backOffMs, ICONIK_LIMIT, type Lane } from '../../core/pacing/request-budget.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Logger } from '../../ports/logger.ts'
import type { Network } from '../../ports/network.ts'
import { errorFromAnswer } from './answer-errors.ts'
import { encodeForm, type MultipartForm } from './multipart-form.ts'
import { Pacer } from './pacer.ts'

export interface IconikHttpOptions {
  /** "https://app.iconik.io"; a path is ignored. */
  url: string
  appId: string
  /** Asked before each request, so that a renewed token is used at once. */
  authToken: () => string
  network: Network
  clock: Clock
  logger: Logger
  /** Longest wait for the first byte of an answer. Default 60 s. */
  headersTimeoutMs?: number
  /** Sees each request and answer; for conformance checks in tests. */
  observe?: (exchange: Exchange) => void
}

export type QueryValue = string | number | boolean | null | undefined | readonly string[]

export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** After the host: "/API/assets/v1/assets/". Ids in it must be encoded; `pathOf` does that. */
  path: string
  query?: Record<string, QueryValue>
  body?: unknown
  /** A multipart form instead of a JSON body. */
  form?: MultipartForm
  /** Whether sending it twice does no harm though it is no GET, as with a search. */
  safe?: boolean
  lane: Lane
  signal?: AbortSignal | undefined
}

/** One request with its answer, as it went over the wire. */
export interface Exchange {
  method: string
  path: string
  query: Record<string, string>
  requestBody: unknown
  status: number
  /** Parsed JSON; the text where it is none; null when empty. */
  answerBody: unknown
}

export interface IconikHttp {
  /** Sends one call and checks the answer's shape. @throws AppError auth.* network.* api.* rate.* cancelled */
  json<T>(call: Call, schema: ZodType<T>): Promise<T>
  /** As `json`, for calls that may answer with no body (204); then null. */
  jsonOrNothing<T>(call: Call, schema: ZodType<T>): Promise<T | null>
  /** Sends one call whose answer's body does not matter. */
  send(call: Call): Promise<void>
  /** Requests sent so far by method and path shape. */
  counts(): Record<string, number>
  host: string
}

const LONGEST_ANSWER_BYTES = 64 * 1024 * 1024
const READ_TRIES = 3
const RATE_TRIES = 6
/** Ids within a path, for counting by shape. */
const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi

export const pathOf = (strings: TemplateStringsArray, ...parts: string[]): string =>
  String.raw({ raw: strings }, ...parts.map(encodeURIComponent))

interface Answer {
  status: number
  text: string
  header: (name: string) => string | null
}

/** The one place that talks HTTP to iconik: credentials, budget, retries of reads, errors. */
export function createIconikHttp(options: IconikHttpOptions): IconikHttp {
  const { network, clock, logger } = options
  const origin = checkedOrigin(options.url)
  const host = new URL(origin).host
  const pacer = new Pacer({
    clock,
    // A server on this machine has no limit unless its answers show one.
    limit: isLoopbackHost(new URL(origin).hostname) ? null : ICONIK_LIMIT,
    assumedLimit: ICONIK_LIMIT,
    maxInFlight: 32,
  })
  const counts = new Map<string, number>()

  async function once(call: Call): Promise<Answer> {
    const release = await pacer.acquire(call.lane, call.signal)
    try {
      const url = `${origin}${call.path}${queryText(call.query)}`
      const dispatcher = await network.dispatcherFor(url)
      const shape = `${call.method} ${call.path.replace(UUID, '*')}`
      counts.set(shape, (counts.get(shape) ?? 0) + 1)
      const answer = await exchange(dispatcher, url, call)
      pacer.learn(answer.header)
      logger.debug('iconik answered', { call: shape, status: answer.status })
      options.observe?.(toExchange(call, answer))
      return answer
    } finally {
      release()
    }
  }

  async function exchange(dispatcher: Dispatcher, url: string, call: Call): Promise<Answer> {
    const body = encodeBody(call)
    try {
      const answer = await request(url, {
        dispatcher,
        method: call.method,
        headers: {
          accept: 'application/json',
          'app-id': options.appId,
          'auth-token': options.authToken(),
          ...(body === undefined ? {} : { 'content-type': body.contentType }),
        },
        ...(body === undefined ? {} : { body: body.data }),
        ...(call.signal ? { signal: call.signal } : {}),
        headersTimeout: options.headersTimeoutMs ?? 60_000,
      })
      const text = await readText(answer.body, call.path)
      return { status: answer.statusCode, text, header: (name) => headerText(answer.headers[name]) }
    } catch (error) {
      if (call.signal?.aborted) throw cancelled(call.signal, error)
      throw errorFromConnection(error, host)
    }
  }

  async function attempt(call: Call): Promise<Answer> {
    const repeatable = call.method === 'GET' || call.safe === true
    for (let tries = 1, limited = 0; ;) {
      let error: AppError
      try {
        const answer = await once(call)
        if (answer.status >= 200 && answer.status < 300) return answer
        if (answer.status === 429 && ++limited < RATE_TRIES) {
          const waitMs = pacer.slowDown(answer.header('retry-after'))
          logger.warn('iconik asks to slow down', { waitMs, call: `${call.method} ${call.path}` })
          continue
        }
        const { status, text: body, header } = answer
        error = errorFromAnswer({
          status,
          body,
          header,
          call: `${call.method} ${call.path}`,
          nowMs: clock.nowMs(),
        })
      } catch (thrown) {
        if (!(thrown instanceof AppError))
          throw call.signal?.aborted ? cancelled(call.signal, thrown) : thrown
        error = thrown
      }
      if (!repeatable || !isPassing(error) || tries >= READ_TRIES) throw error
      await clock.sleep(backOffMs(tries, null, Math.random()), call.signal)
      tries++
    }
  }

  return {
    host,
    async json(call, schema) {
      const answer = await attempt(call)
      return parseAnswer(answer, call, schema)
    },
    async jsonOrNothing(call, schema) {
      const answer = await attempt(call)
      return answer.text === '' ? null : parseAnswer(answer, call, schema)
    },
    async send(call) {
      await attempt(call)
    },
    counts: () => Object.fromEntries([...counts].sort(([a], [b]) => a.localeCompare(b))),
  }
}

/** Whether the same read may succeed a moment later. Being offline is for the caller to wait out. */
function isPassing({ code, retry, details }: AppError): boolean {
  if (code === 'api.failed') return retry.when === 'later'
  return code === 'network.timeout' || (code === 'network.offline' && details['mayHaveTakenEffect'] === true)
}

function encodeBody(call: Call): { contentType: string; data: string | Buffer } | undefined {
  if (call.form) return encodeForm(call.form)
  return call.body === undefined
    ? undefined
    : { contentType: 'application/json', data: JSON.stringify(call.body) }
}

function checkedOrigin(url: string): string {
  const parsed = URL.parse(url)
  if (
    !parsed ||
    (parsed.protocol !== 'https:' && !(parsed.protocol === 'http:' && isLoopbackHost(parsed.hostname)))
  )
    throw new AppError(
      'api.invalid',
      `The server address "${url}" must begin with https:// (this machine excepted).`,
    )
  return parsed.origin
}

/** An answer that is cut short or no JSON: the effect may be there, so a create must be looked up first. */
function parseAnswer<T>(answer: Answer, call: Call, schema: ZodType<T>): T {
  const name = `${call.method} ${call.path}`
  let json: unknown
  try {
    json = JSON.parse(answer.text)
  } catch (cause) {
    throw new AppError('api.unexpected', `iconik's answer to ${name} is not JSON.`, {
      cause,
      retry: { when: 'later' },
      details: { call: name, status: answer.status, mayHaveTakenEffect: true },
    })
  }
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new AppError(
    'api.unexpected',
    `iconik's answer to ${name} is not understood: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`,
    { cause: parsed.error, details: { call: name, status: answer.status, mayHaveTakenEffect: true } },
  )
}

async function readText(body: Dispatcher.ResponseData['body'], path: string): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > LONGEST_ANSWER_BYTES) {
      body.destroy()
      throw new AppError('api.unexpected', `iconik's answer to ${path} is larger than 64 MiB.`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function queryText(query: Record<string, QueryValue> | undefined): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined || value === null) continue
    params.set(name, Array.isArray(value) ? value.join(',') : String(value))
  }
  const text = params.toString()
  return text === '' ? '' : `?${text}`
}

const headerText = (value: string | string[] | undefined): string | null =>
  value === undefined ? null : Array.isArray(value) ? (value[0] ?? null) : value

function cancelled(signal: AbortSignal, cause: unknown): AppError {
  return signal.reason instanceof AppError
    ? signal.reason
    : new AppError('cancelled', 'Cancelled.', { cause })
}

function toExchange(call: Call, answer: Answer): Exchange {
  let answerBody: unknown = answer.text === '' ? null : answer.text
  try {
    if (answer.text !== '') answerBody = JSON.parse(answer.text)
  } catch {
    // Left as text: the check of the exchange tells that it is no JSON.
  }
  return {
    method: call.method,
    path: call.path,
    query: Object.fromEntries(new URLSearchParams(queryText(call.query))),
    requestBody: call.form?.fields ?? call.body,
    status: answer.status,
    answerBody,
  }
}
