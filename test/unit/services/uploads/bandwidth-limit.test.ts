import { expect, it } from 'vitest'
import { BandwidthLimit } from '@main/services/uploads/bandwidth-limit.ts'
import { TestClock } from '@test/support/intake-world.ts'

const never = new AbortController().signal

it('lets everything pass without a limit', async () => {
  const limit = new BandwidthLimit(new TestClock(), () => null)
  expect(await limit.throttle(1_000_000, never, () => {})).toBe(1_000_000)
})

it('gives a quarter of a second’s bytes at a time, to everybody in turn', async () => {
  const clock = new TestClock()
  const limit = new BandwidthLimit(clock, () => 60_000)
  const sentBytes = [0, 0, 0]
  const send = async (file: number) => {
    for (;;) sentBytes[file]! += await limit.throttle(1024 * 1024, never, () => {})
  }
  for (const file of sentBytes.keys()) void send(file)
  await clock.pass(9000)
  expect(sentBytes).toEqual([210_000, 195_000, 195_000])
})

it('says every few seconds of a long wait that it waits', async () => {
  const clock = new TestClock()
  const limit = new BandwidthLimit(clock, () => 100)
  let signs = 0
  let granted = 0
  void limit.throttle(1024 * 1024, never, () => signs++).then((bytes) => (granted = bytes))
  await clock.pass(39_000)
  expect({ signs, granted }).toEqual({ signs: 8, granted: 0 })
  await clock.pass(1000)
  expect(granted).toBe(4096)
})

it('makes nobody wait for bytes of a transfer that was stopped', async () => {
  const clock = new TestClock()
  const limit = new BandwidthLimit(clock, () => 4096)
  await limit.throttle(4096, never, () => {})
  const stop = new AbortController()
  const stopped = Array.from({ length: 20 }, () => limit.throttle(4096, stop.signal, () => {}))
  await clock.pass(0)
  stop.abort(new Error('paused'))
  for (const one of stopped) await expect(one).rejects.toThrow('paused')
  let granted = 0
  void limit.throttle(4096, never, () => {}).then((bytes) => (granted = bytes))
  await clock.pass(1000)
  expect(granted).toBe(4096)
})
