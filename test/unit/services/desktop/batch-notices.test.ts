import type { BatchId } from '@contract/ids.ts'
import { beforeEach, describe, expect, it } from 'vitest'
import { BatchNotices, type BatchStanding, noticeOf } from '@main/services/desktop/batch-notices.ts'
import { TestClock } from '@test/support/intake-world.ts'

let clock: TestClock
let told: { title: string; body: string }[]
let standings: Record<string, BatchStanding>
let mode: 'all' | 'problems' | 'off'
let isWatched: boolean
let notices: BatchNotices

beforeEach(() => {
  clock = new TestClock()
  told = []
  standings = {}
  mode = 'all'
  isWatched = false
  notices = new BatchNotices({ notify: ({ title, body }) => told.push({ title, body }) }, clock, {
    standing: (id) => standings[id] ?? null,
    mode: () => mode,
    isWatched: () => isWatched,
    show: () => {},
  })
})

function ended(id: string, standing: Omit<BatchStanding, 'title'>): void {
  standings[id] = { title: id, ...standing }
  notices.noteEnded(id as BatchId)
}

describe('a batch that ended', () => {
  it('is told once, when its last clip is at rest', async () => {
    ended('day 14', { done: 1, failed: 0, open: 1 })
    await clock.pass(10_000)
    expect(told).toEqual([])
    ended('day 14', { done: 2, failed: 0, open: 0 })
    await clock.pass(60_000)
    expect(told).toEqual([{ title: '2 clips verified', body: 'day 14' }])
  })

  it('is told together with others that ended at about the same time', async () => {
    ended('a', { done: 1, failed: 0, open: 0 })
    await clock.pass(1000)
    ended('b', { done: 2, failed: 1, open: 0 })
    await clock.pass(10_000)
    expect(told).toEqual([
      { title: '1 clip could not be uploaded', body: '2 batches: 3 verified, 1 failed.' },
    ])
  })

  it('is not told to somebody who looks at the app', async () => {
    isWatched = true
    ended('a', { done: 1, failed: 0, open: 0 })
    await clock.pass(10_000)
    isWatched = false
    await clock.pass(10_000)
    expect(told).toEqual([])
  })

  it.each([
    ['problems', { done: 1, failed: 0, open: 0 }, 0],
    ['problems', { done: 1, failed: 1, open: 0 }, 1],
    ['off', { done: 0, failed: 1, open: 0 }, 0],
  ] as const)('with %s, %o makes %i notices', async (wanted, standing, count) => {
    mode = wanted
    ended('a', standing)
    await clock.pass(10_000)
    expect(told).toHaveLength(count)
  })

  it('in which all was cancelled is not worth a word', async () => {
    ended('a', { done: 0, failed: 0, open: 0 })
    await clock.pass(10_000)
    expect(told).toEqual([])
  })
})

it('a refused token asks for a person, unless notices are off', () => {
  notices.askForSignIn('Halden Pictures')
  mode = 'off'
  notices.askForSignIn('Halden Pictures')
  expect(told).toEqual([
    {
      title: 'Ferry waits for you',
      body: 'Halden Pictures does not take the token any more. Sign in again; the uploads go on where they were.',
    },
  ])
})

it('one failed clip of one batch names the batch', () => {
  expect(noticeOf([{ title: '<b>day</b>', done: 3, failed: 1, open: 0 }])).toEqual({
    title: '1 clip could not be uploaded',
    body: '<b>day</b>: 3 verified, 1 failed.',
  })
})
