import { v1 } from 'uuid'

/** Object ids are version-1 UUIDs in lower case, as iconik's are. */
export const newId = (): string => v1()

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
export const isUuid = (value: unknown): value is string =>
  typeof value === 'string' && uuidPattern.test(value)

/**
 * A date as iconik's server writes it: UTC, microseconds, numeric offset. The clock gives milliseconds; a counter fills
 * the rest, so that two objects made in one millisecond still sort by creation.
 */
let lastMs = 0
let withinMs = 0
export function dateNow(nowMs = Date.now()): string {
  withinMs = nowMs === lastMs ? Math.min(withinMs + 1, 999) : 0
  lastMs = nowMs
  return `${new Date(nowMs).toISOString().slice(0, -1)}${String(withinMs).padStart(3, '0')}+00:00`
}

/** A moment other than now in the same form. */
export const dateOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, -1)}000+00:00`

/** Rewrites a date of a client (`Z`, an offset, or none) to the server's own form; undefined if it is no date. */
export function normaliseDate(value: string): string | undefined {
  const naive = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?$/.test(value)
  const iso = naive ? `${value.length > 10 ? value.replace(' ', 'T') : `${value}T00:00:00`}Z` : value
  const ms = Date.parse(iso)
  if (Number.isNaN(ms)) return undefined
  const micro = /\.(\d{1,6})/.exec(iso)?.[1]?.padEnd(6, '0') ?? '000000'
  return `${new Date(ms).toISOString().slice(0, 19)}.${micro}+00:00`
}
