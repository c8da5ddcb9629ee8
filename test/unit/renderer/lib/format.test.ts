import { describe, expect, it } from 'vitest'
import { formatBytes, formatCount, formatLength, formatWhen, initials } from '@renderer/lib/format.ts'

describe('formatting', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [41_000, '41 KB'],
    [999_600, '1 MB'],
    [18_400_000_000, '18.4 GB'],
    [1_380_000_000_000, '1.38 TB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text.replace(' ', '\u2009'))
  })
  it('separates thousands', () => expect(formatCount(1_000_000)).toBe('1,000,000'))
  it.each([
    [0, '0:00'],
    [72_000, '1:12'],
    [3_725_000, '1:02:05'],
  ])('a clip of %d ms is %s long', (durationMs, text) => expect(formatLength(durationMs)).toBe(text))
  it('says today, yesterday, then the day', () => {
    const now = new Date(2026, 2, 18, 15, 0)
    const at = (...parts: [number, number, number, number, number]) => new Date(...parts).toISOString()
    expect(formatWhen(at(2026, 2, 18, 14, 12), now)).toBe('Today 14:12')
    expect(formatWhen(at(2026, 2, 17, 23, 59), now)).toBe('Yesterday')
    expect(formatWhen(at(2026, 0, 5, 9, 0), now)).toBe('5 Jan')
    expect(formatWhen(at(2025, 0, 5, 9, 0), now)).toBe('5 Jan 2025')
    expect(formatWhen('never', now)).toBe('')
  })
  it.each([
    ['Mara Lindqvist', 'ML'],
    ['cher', 'C'],
    ['', ''],
    ['Ana María de la Cruz', 'AC'],
  ])('the initials of "%s" are "%s"', (name, text) => expect(initials(name)).toBe(text))
})
