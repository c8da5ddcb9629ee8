import type { IncomingMessage, ServerResponse } from 'node:http'
import type { z } from 'zod'
import type { Core } from '../core.ts'
import type { Account } from '../identity.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** One request, with everything that was already read and checked. */
export interface Call<Body = unknown> {
  core: Core
  params: Record<string, string>
  query: URLSearchParams
  /** Parsed by the operation's schema: unknown and read-only keys are gone. */
  body: Body
  /** Who calls. On public operations (log-in) the anonymous account. */
  account: Account
  /** Scheme and host that the caller used, for the URLs in answers. */
  origin: string
  /** Path and query as sent, for paging links. */
  path: string
  request: IncomingMessage
  response: ServerResponse
  /** What the operation's `prepare` gave. */
  prepared?: unknown
}

/** Who does something, without a request: what jobs and shared rules need. */
export type Actor = Pick<Call<unknown>, 'core' | 'account'>

export interface Reply {
  status: number
  body?: unknown
  headers?: Record<string, string>
}

/** Whole: the body is JSON, parsed by `schema`. Raw: the handler reads the request itself (forms, bytes). */
export interface Operation {
  method: Method
  service: string
  /** As in iconik's OpenAPI, after the service: `/v1/assets/{asset_id}/`. */
  path: string
  /** The roles that the caller needs, all of them; none where being signed in is enough. */
  roles: readonly string[]
  access: 'public' | 'account' | 'admin'
  schema?: z.ZodType
  raw: boolean
  /** May be asynchronous only for `raw` operations: others run inside one transaction. */
  handler: (call: Call<never>) => Reply | Promise<Reply>
  /** Runs before the transaction, for what has to wait (a look at the disk or at another server). */
  prepare?: (call: Call<never>) => Promise<unknown>
}

interface Extra<Body> {
  prepare?: (call: Call<Body>) => Promise<unknown>
  schema?: z.ZodType<Body>
  access?: Operation['access']
  raw?: boolean
}

/** One role, several, or null where being signed in is enough. */
type RolesNeeded = string | readonly string[] | null

/** Declares one operation. Give a schema and the handler's body has its type. */
export function operation<Body = Record<string, unknown>>(
  service: string,
  method: Method,
  path: string,
  role: RolesNeeded,
  handler: (call: Call<Body>) => Reply | Promise<Reply>,
  extra: Extra<Body> = {},
): Operation {
  return {
    service,
    method,
    path,
    roles: typeof role === 'string' ? [role] : (role ?? []),
    handler: handler as Operation['handler'],
    access: extra.access ?? 'account',
    raw: extra.raw ?? false,
    ...(extra.schema && { schema: extra.schema }),
    ...(extra.prepare && { prepare: extra.prepare as NonNullable<Operation['prepare']> }),
  }
}

/** The same handler under PUT and PATCH: iconik takes partial bodies on both. */
export function update<Body>(
  service: string,
  path: string,
  role: RolesNeeded,
  handler: (call: Call<Body>) => Reply | Promise<Reply>,
  extra: Extra<Body> = {},
): Operation[] {
  return (['PUT', 'PATCH'] as const).map((method) => operation(service, method, path, role, handler, extra))
}

export const ok = (body: unknown): Reply => ({ status: 200, body })
export const created = (body: unknown): Reply => ({ status: 201, body })
export const accepted = (body: unknown = {}): Reply => ({ status: 202, body })
export const noContent = (): Reply => ({ status: 204 })

/** A query parameter that says true or false; the default where it is absent. */
export function flag(query: URLSearchParams, name: string, fallback: boolean): boolean {
  const value = query.get(name)
  return value === null ? fallback : ['true', '1', 'yes', 'on'].includes(value.toLowerCase())
}

/** Leaves the workspace's own keys behind. */
export function present<T extends object>(doc: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(doc).filter(([key, value]) => !key.startsWith('_') && value !== undefined),
  ) as Partial<T>
}
