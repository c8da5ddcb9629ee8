import { channel } from 'node:diagnostics_channel'
import { ApiError, missingRole, outside } from '../errors.ts'
import type { Core } from '../core.ts'
import type { Account } from '../identity.ts'
import type { Exchange } from './exchange.ts'
import type { Call, Operation, Reply } from './operation.ts'
import type { RateLimit } from './rate-limit.ts'
import { readBytes } from './read-body.ts'
import type { Router } from './router.ts'

/** Larger JSON bodies are refused with 413. */
export const jsonLimitBytes = 10 * 1024 * 1024

/** One answered call, told over `answeredCalls`. */
export interface AnsweredCall {
  request: Exchange['request']
  url: URL
  /** The JSON body as sent; undefined where there was none, or where the operation reads the request itself. */
  requestBody: unknown
  status: number
  answerBody: unknown
}

/** Who listens hears of each call that was answered, within this thread. Costs nothing while nobody does. */
export const answeredCalls = channel('ferry:workspace:answered')

export interface ApiSide {
  core: Core
  router: Router
  rateLimit: RateLimit | undefined
  origin: string
  anonymous: Account
  log: (message: string, error: unknown) => void
}

/** Answers one API request: credentials, rate limit, route, role, body, handler, in that order. */
export async function serveApi(exchange: Exchange, side: ApiSide): Promise<void> {
  const headers: Record<string, string> = {}
  const sent: { body?: unknown } = {}
  let reply: Reply
  try {
    const found = side.router.find(exchange.method, exchange.url.pathname)
    const account = authenticate(exchange, side, found?.operation)
    limitRate(account, side, headers)
    if (!found) throw unknownPath(exchange, side)
    authorise(found.operation, account)
    reply = await run(exchange, side, found.operation, found.params, account, sent)
  } catch (error) {
    reply = replyToError(exchange, error, side)
  }
  if (answeredCalls.hasSubscribers) {
    const { request, url } = exchange
    const call: AnsweredCall = {
      request,
      url,
      requestBody: sent.body,
      status: reply.status,
      answerBody: reply.body,
    }
    answeredCalls.publish(call)
  }
  const all: Record<string, string> = {
    ...headers,
    ...reply.headers,
    ...(!exchange.request.complete && { connection: 'close' }),
  }
  if (reply.body === undefined) exchange.send(reply.status, all)
  else if (typeof reply.body === 'string' && all['content-type']) exchange.send(reply.status, all, reply.body)
  else exchange.json(reply.status, reply.body, all)
}

function authenticate(exchange: Exchange, side: ApiSide, operation: Operation | undefined): Account {
  if (operation?.access === 'public') return side.anonymous
  const appId = exchange.header('app-id')
  const token = exchange.header('auth-token')
  if (!appId || !token) {
    const missing = [!appId && 'App-ID', !token && 'Auth-Token'].filter(Boolean).join(' and ')
    throw new ApiError(401, `The header ${missing} is missing`)
  }
  const account =
    exchange.fault?.action === 'expire' ? undefined : side.core.accounts.authenticate(appId, token)
  if (!account) throw new ApiError(401, 'The App-ID or the Auth-Token is invalid or has expired')
  return account
}

function limitRate(account: Account, side: ApiSide, headers: Record<string, string>): void {
  if (!side.rateLimit) return
  const { remaining, waitMs, resetMs } = side.rateLimit.take(account.appId)
  headers['RateLimit-Limit'] = String(side.rateLimit.limit)
  headers['RateLimit-Remaining'] = String(remaining)
  headers['RateLimit-Reset'] = String(Math.ceil(resetMs / 1000))
  if (waitMs === 0) return
  const retry: Record<string, string> = side.core.assumptions.retryAfterOn429
    ? { 'Retry-After': String(Math.max(1, Math.ceil(waitMs / 1000))) }
    : {}
  throw new ApiError(429, 'Too many requests', retry)
}

function unknownPath(exchange: Exchange, side: ApiSide): ApiError {
  const allowed = side.router.methodsOf(exchange.url.pathname)
  if (allowed.length > 0)
    return new ApiError(405, `${exchange.method} is not allowed here; allowed are ${allowed.join(', ')}`, {
      Allow: allowed.join(', '),
    })
  if (/^\/API\/[a-z-]+\/v\d/.test(exchange.url.pathname))
    return outside(exchange.method, exchange.url.pathname)
  return new ApiError(404, `There is nothing at ${exchange.url.pathname}`)
}

function authorise(operation: Operation, account: Account): void {
  for (const role of operation.roles) if (!account.roles.has(role)) throw missingRole(role)
  if (operation.access === 'admin' && !account.user.is_admin)
    throw new ApiError(403, 'Only an administrator may do this')
}

async function run(
  exchange: Exchange,
  side: ApiSide,
  operation: Operation,
  params: Record<string, string>,
  account: Account,
  sent: { body?: unknown },
): Promise<Reply> {
  const call: Call = {
    core: side.core,
    params,
    query: exchange.url.searchParams,
    body: {},
    account,
    origin: side.origin,
    path: `${exchange.url.pathname}${exchange.url.search}`,
    request: exchange.request,
    response: exchange.response,
  }
  if (!operation.raw) {
    const body = await readJson(exchange)
    if (exchange.method !== 'GET') sent.body = body
    call.body = parseBody(operation, body)
  }
  const handler = operation.handler as (call: Call) => Reply | Promise<Reply>
  if (operation.prepare) call.prepared = await (operation.prepare as (call: Call) => unknown)(call)
  if (operation.raw) return handler(call)
  return operation.method === 'GET' ? handler(call) : side.core.db.transaction(() => handler(call) as Reply)
}

/** The body as JSON; an absent one counts as an empty object, as iconik's triggers are called without. */
async function readJson(exchange: Exchange): Promise<unknown> {
  if (exchange.method === 'GET') return {}
  const bytes = await readBytes(exchange, jsonLimitBytes)
  if (bytes === undefined) throw new ApiError(413, `The body is larger than ${jsonLimitBytes} bytes`)
  if (bytes.length === 0) return {}
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new ApiError(400, 'The body is not valid JSON')
  }
}

function parseBody(operation: Operation, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ApiError(400, 'The body must be a JSON object')
  if (!operation.schema) return value
  const parsed = operation.schema.safeParse(value)
  if (parsed.success) return parsed.data
  const errors: Record<string, string> = {}
  for (const issue of parsed.error.issues) errors[String(issue.path[0] ?? 'body')] ??= issue.message
  throw new ApiError(400, errors)
}

function replyToError(exchange: Exchange, error: unknown, side: ApiSide): Reply {
  if (error instanceof ApiError) return { status: error.status, body: error.body(), headers: error.headers }
  side.log(`${exchange.method} ${exchange.url.pathname} failed`, error)
  return { status: 500, body: { errors: ['The workspace failed on this call; its log has the reason'] } }
}
