import { beforeEach, expect, it } from 'vitest'
import { AppError } from '@main/core/errors.ts'
import { TokenRenewal } from '@main/services/accounts/token-renewal.ts'
import { silentLogger } from '@test/support/running-workspace.ts'
import { TestClock } from '@test/support/intake-world.ts'

const HOUR_MS = 3600_000
let clock: TestClock
let renewedAtHours: number[]
let startMs: number
let failure: AppError | null
let renewal: TokenRenewal

beforeEach(() => {
  clock = new TestClock()
  startMs = clock.nowMs()
  renewedAtHours = []
  failure = null
  renewal = new TokenRenewal(clock, silentLogger)
})

async function renew() {
  renewedAtHours.push((clock.nowMs() - startMs) / HOUR_MS)
  if (failure) throw failure
  return { appId: 'app', authToken: 'next', expiresMs: clock.nowMs() + 4 * HOUR_MS }
}

it('renews when half of the time is over, again and again', async () => {
  renewal.follow(startMs + 2 * HOUR_MS, renew)
  await clock.pass(7.5 * HOUR_MS)
  expect(renewedAtHours).toEqual([1, 3, 5, 7])
})

it('renews a token that has expired at once, and one of unknown life twice a day', async () => {
  renewal.follow(startMs - HOUR_MS, renew)
  await clock.pass(1)
  expect(renewedAtHours).toHaveLength(1)
  renewal.follow(null, renew)
  await clock.pass(7 * HOUR_MS)
  expect(renewedAtHours[1]).toBeCloseTo(6)
})

it('tries again while the server is away, and stops when it is refused', async () => {
  failure = new AppError('network.offline', 'away')
  renewal.follow(startMs, renew)
  await clock.pass(150_000)
  expect(renewedAtHours).toHaveLength(3)
  failure = new AppError('auth.rejected', 'refused')
  await clock.pass(60_000)
  await clock.pass(10 * HOUR_MS)
  expect(renewedAtHours).toHaveLength(4)
})

it('stops with its session', async () => {
  renewal.follow(startMs + HOUR_MS, renew)
  renewal.stop()
  await clock.pass(5 * HOUR_MS)
  expect(renewedAtHours).toEqual([])
})

it('is soon after waking with a token that became due while the machine slept', async () => {
  let sleptMs = 0
  const afterSleep = new TokenRenewal(
    {
      nowMs: () => clock.nowMs() + sleptMs,
      monotonicMs: () => clock.monotonicMs(),
      after: (delayMs, callback) => clock.after(delayMs, callback),
      sleep: (delayMs, signal) => clock.sleep(delayMs, signal),
    },
    silentLogger,
  )
  afterSleep.follow(startMs + 4 * HOUR_MS, renew)
  await clock.pass(60_000)
  sleptMs = 3 * HOUR_MS
  await clock.pass(5 * 60_000)
  expect(renewedAtHours).toHaveLength(1)
})

it('pauses for a minute between renewals by a clock that is ahead of the server’s', async () => {
  const expired = async () => ({ ...(await renew()), expiresMs: clock.nowMs() - HOUR_MS })
  renewal.follow(startMs - HOUR_MS, expired)
  await clock.pass(10 * 60_000)
  expect(renewedAtHours).toHaveLength(11)
})
