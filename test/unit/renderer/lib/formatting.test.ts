import { describe, expect, it } from 'vitest'
import { formatDay, formatWhen, formatWhenShort } from '@renderer/lib/dates.ts'
import { formatClipLength, formatTimeLeft, formatTook } from '@renderer/lib/durations.ts'
import { baseName, nearFolders, splitName } from '@renderer/lib/file-names.ts'
import { formatCount, formatPercent, formatPlural, percentOf } from '@renderer/lib/numbers.ts'
import { formatSize, formatSizeOf, formatSpeed, parseSpeed } from '@renderer/lib/sizes.ts'

const plain = (text: string) => text.replaceAll('\u2009', ' ')

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 KB'],
    [41_300, '41 KB'],
    [999_600, '1 MB'],
    [558_000_000, '558 MB'],
    [7_080_000_000, '7.1 GB'],
    [61_000_000_000, '61 GB'],
    [99_960_000_000, '100 GB'],
    [1_380_000_000_000, '1.38 TB'],
    [38_000_000_000_000, '38 TB'],
  ])('says %d bytes as %s', (bytes, words) => expect(plain(formatSize(bytes))).toBe(words))

  it('sets a thin space between a number and its unit', () =>
    expect(formatSize(7_100_000_000)).toBe('7.1\u2009GB'))

  it('says how much of how much', () => expect(plain(formatSizeOf(412e9, 1.38e12))).toBe('412 GB of 1.38 TB'))

  it.each([
    [452_300_000, '452 MB/s'],
    [9_440_000, '9.4 MB/s'],
    [12_600, '13 KB/s'],
  ])('says a speed of %d as %s', (speed, words) => expect(plain(formatSpeed(speed))).toBe(words))

  it.each([
    ['80', 80_000_000],
    ['80 MB/s', 80_000_000],
    ['1.5 gb/s', 1_500_000_000],
    ['500k', 500_000],
    ['0', null],
    ['fast', null],
    ['-3', null],
  ])('reads the limit %j', (text, bytes) => expect(parseSpeed(text)).toBe(bytes))
})

describe('time left', () => {
  it.each([
    [0.4, '5 s left'],
    [27, '25 s left'],
    [28, '30 s left'],
    [57, '55 s left'],
    [58, '1 min left'],
    [2160, '36 min left'],
    [4320, '1 h 12 min left'],
    [9000 + 61, '2 h 30 min left'],
    [90_000, '1 d 1 h left'],
  ])('rounds %d s to "%s"', (seconds, words) => expect(plain(formatTimeLeft(seconds))).toBe(words))
})

describe('durations', () => {
  it.each([
    [6, '6 s'],
    [1980, '33 min'],
    [7440, '2 h 04 min'],
    [7200, '2 h'],
    [187_200, '2 d 4 h'],
  ])('says that %d s is %s', (seconds, words) => expect(plain(formatTook(seconds))).toBe(words))

  it.each([
    [48_900, '0:48'],
    [124_000, '2:04'],
    [5_047_000, '1:24:07'],
  ])('says that a clip of %d ms runs %s', (ms, words) => expect(formatClipLength(ms)).toBe(words))
})

describe('dates', () => {
  const now = new Date(2026, 2, 18, 14, 36)
  it.each([
    [new Date(2026, 2, 18, 0, 1), 'Today 00:01', '00:01', 'Today'],
    [new Date(2026, 2, 17, 23, 59), 'Yesterday 23:59', 'Yesterday', 'Yesterday'],
    [new Date(2026, 2, 16, 9, 0), 'Mon 16 Mar', 'Mon 16 Mar', 'Mon 16 Mar'],
    [new Date(2025, 11, 31), '31 Dec 2025', '31 Dec 2025', '31 Dec 2025'],
  ])('names %s', (at, when, short, day) => {
    expect([formatWhen(at, now), formatWhenShort(at, now), formatDay(at, now)]).toEqual([when, short, day])
  })
})

describe('names', () => {
  it('keeps the end of the stem and the extension', () =>
    expect(splitName('A014C006_260318_R1K7.mxf')).toEqual({ head: 'A014C006_260318', tail: '_R1K7.mxf' }))
  it('leaves a short name whole', () => expect(splitName('take.mov')).toEqual({ head: 'take.mov', tail: '' }))
  it('never parts what people see as one sign', () => {
    const { head, tail } = splitName(`${'👩‍🎤'.repeat(20)}.mov`)
    expect(head + tail).toBe(`${'👩‍🎤'.repeat(20)}.mov`)
    expect(tail).toBe(`${'👩‍🎤'.repeat(5)}.mov`)
  })
  it.each([
    ['/a/b/c.mov', 'c.mov'],
    ['C:\\clips\\x.mxf', 'x.mxf'],
    ['/a/b/', 'b'],
    ['plain', 'plain'],
  ])('names the last part of %s', (path, base) => expect(baseName(path)).toBe(base))
  it.each([
    ['/media/card/A014R1K7/day 14/c.mov', 'A014R1K7 / day 14'],
    ['C:\\clips\\x.mxf', 'C: / clips'],
    ['/c.mov', ''],
  ])('names the nearest folders of %s', (path, folders) => expect(nearFolders(path)).toBe(folders))
})

describe('numbers', () => {
  it('marks thousands', () => expect(formatCount(11_204)).toBe('11,204'))
  it('counts one and many', () =>
    expect([
      formatPlural(1, 'clip'),
      formatPlural(1200, 'clip'),
      formatPlural(2, 'entry', 'entries'),
    ]).toEqual(['1 clip', '1,200 clips', '2 entries']))
  it('says 100 percent only when all is there', () => {
    expect(percentOf(999_999, 1_000_000)).toBe(99)
    expect(percentOf(5, 5)).toBe(100)
    expect(percentOf(0, 0)).toBe(0)
  })
  it('sets a thin space before the sign', () => expect(formatPercent(70.6)).toBe('71\u2009%'))
})
