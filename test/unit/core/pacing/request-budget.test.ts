import { describe, expect, it } from 'vitest'
import {
  backOffMs,
  decideNextRequest,
  ICONIK_LIMIT,
  parseRetryAfter,
  type BudgetState,
  type Lane,
} from '@main/core/pacing/request-budget.ts'

const idle: BudgetState = {
  limit: ICONIK_LIMIT,
  sentAtMs: [],
  inFlight: { person: 0, queue: 0, background: 0 },
  maxInFlight: 8,
  pausedUntilMs: 0,
  remaining: null,
}
const waiting = (lanes: Partial<Record<Lane, number>>) => ({ person: 0, queue: 0, background: 0, ...lanes })
const sent = (count: number, lastMs: number, everyMs: number) =>
  Array.from({ length: count }, (_, index) => lastMs - (count - 1 - index) * everyMs)

describe('request budget', () => {
  it.each<
    [string, Partial<BudgetState>, Partial<Record<Lane, number>>, ReturnType<typeof decideNextRequest>]
  >([
    ['an idle account sends at once', {}, { queue: 1 }, { send: 'queue' }],
    ['a person goes first', {}, { person: 1, queue: 9, background: 9 }, { send: 'person' }],
    ['the queue goes before background work', {}, { queue: 1, background: 1 }, { send: 'queue' }],
    ['nothing is sent during a pause', { pausedUntilMs: 1500 }, { person: 1 }, { waitMs: 500 }],
    [
      'the last connection is kept for a person',
      { inFlight: { person: 0, queue: 7, background: 0 } },
      { queue: 1 },
      { wait: 'answer' },
    ],
    [
      'a person takes the last connection',
      { inFlight: { person: 0, queue: 7, background: 0 } },
      { queue: 1, person: 1 },
      { send: 'person' },
    ],
    [
      'background work takes a quarter of the connections',
      { inFlight: { person: 0, queue: 0, background: 2 } },
      { background: 1 },
      { wait: 'answer' },
    ],
    [
      '50 calls within a second make a person wait',
      { sentAtMs: sent(50, 1000, 1) },
      { person: 1 },
      { waitMs: 951 },
    ],
    [
      '48 calls within a second leave a person room',
      { sentAtMs: sent(48, 999, 1) },
      { person: 1 },
      { send: 'person' },
    ],
    [
      '1,000 calls in 20 s make a person wait',
      { sentAtMs: sent(1000, 1000, 19) },
      { person: 1 },
      { waitMs: 1019 },
    ],
    [
      'a server with no calls left makes everybody wait',
      { remaining: { count: 0, untilMs: 1700 } },
      { person: 1, queue: 1 },
      { waitMs: 700 },
    ],
    [
      'the last call of a server is for a person',
      { remaining: { count: 1, untilMs: 1700 } },
      { person: 1, queue: 1 },
      { send: 'person' },
    ],
    [
      'no limit is known: the queue does not wait',
      { limit: null, sentAtMs: [] },
      { queue: 1 },
      { send: 'queue' },
    ],
  ])('%s', (_title, change, lanes, decision) => {
    expect(decideNextRequest({ ...idle, ...change }, waiting(lanes), 1000)).toEqual(decision)
  })

  it('uses at least nine tenths of 50 calls a second, and never more than 50 in any second', () => {
    const times: number[] = []
    for (let nowMs = 0; nowMs < 60_000; nowMs++) {
      const recent = times.filter((at) => at > nowMs - 20_000)
      const decision = decideNextRequest({ ...idle, sentAtMs: recent }, waiting({ queue: 100 }), nowMs)
      if ('send' in decision) times.push(nowMs)
    }
    expect(times.length).toBeGreaterThanOrEqual(60 * 50 * 0.9)
    for (const [index, at] of times.entries()) {
      expect((times[index + 50] ?? Infinity) - at).toBeGreaterThanOrEqual(1000)
      expect((times[index + 1000] ?? Infinity) - at).toBeGreaterThanOrEqual(20_000)
    }
  })
})

describe('waiting after a refusal', () => {
  it.each([
    ['seconds', '3', 3000],
    ['a date', 'Thu, 01 Jan 1970 00:00:05 GMT', 4000],
    ['a date that is past', 'Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['nothing', null, null],
    ['nonsense', 'soon', null],
  ])('reads Retry-After as %s', (_name, value, expected) => {
    expect(parseRetryAfter(value, 1000)).toBe(expected)
  })

  it('waits as long as it was asked to, a little spread', () => {
    expect(backOffMs(1, 2000, 0)).toBe(2000)
    expect(backOffMs(1, 2000, 1)).toBe(2250)
  })

  it('doubles without a word from the server, within bounds', () => {
    expect([1, 2, 3, 20].map((attempt) => backOffMs(attempt, null, 1))).toEqual([500, 1000, 2000, 30_000])
  })
})
