import { expect, it } from 'vitest'
import type { Clock } from '@main/ports/clock.ts'
import { SILENCE_MS, withWatchdog } from '@main/services/uploads/watchdog.ts'

/** A clock that stands until it is moved; the machine's sleep is one long move. */
function standingClock(): Clock & { move(ms: number): void } {
  let nowMs = 0
  const timers = new Set<{ atMs: number; run: () => void }>()
  return {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    after(delayMs, run) {
      const timer = { atMs: nowMs + delayMs, run }
      timers.add(timer)
      return { cancel: () => void timers.delete(timer) }
    },
    sleep: () => Promise.reject(new Error('nobody sleeps here')),
    move(ms) {
      nowMs += ms
      const due = Array.from(timers).filter(({ atMs }) => atMs <= nowMs)
      for (const timer of due) {
        timers.delete(timer)
        timer.run()
      }
    },
  }
}

/** Work that ends when its signal says so. */
const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(new Error('the socket was cut'))),
  )

it('cuts a transfer of which nothing moves, as after a sleep of the machine, for a reason that is tried again', async () => {
  const clock = standingClock()
  const run = withWatchdog(clock, new AbortController().signal, 'a.mov', (_alive, signal) =>
    untilAborted(signal),
  )
  clock.move(8 * 3_600_000)
  await expect(run).rejects.toMatchObject({
    code: 'network.timeout',
    message: expect.stringContaining('a.mov') as string,
    retry: { when: expect.not.stringMatching('never') as string },
  })
})

it('leaves one alone that moves, however slowly, and never fires after its end', async () => {
  const clock = standingClock()
  let cut = false
  let finish: (value: string) => void = () => undefined
  let alive: () => void = () => undefined
  const run = withWatchdog(clock, new AbortController().signal, 'a.mov', (sign, signal) => {
    alive = sign
    signal.addEventListener('abort', () => (cut = true))
    return new Promise<string>((resolve) => (finish = resolve))
  })
  for (let turn = 0; turn < 10; turn++) {
    clock.move(SILENCE_MS - 1)
    alive()
  }
  finish('sent')
  expect(await run).toBe('sent')
  clock.move(10 * SILENCE_MS)
  expect(cut).toBe(false)
})

it('does not take a pause by a person for silence', async () => {
  const clock = standingClock()
  const person = new AbortController()
  const run = withWatchdog(clock, person.signal, 'a.mov', (_alive, signal) => untilAborted(signal))
  person.abort()
  await expect(run).rejects.toThrow('the socket was cut')
})
