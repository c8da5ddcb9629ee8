import { expect, it } from 'vitest'
import { pieceBytes, TokenBucket } from '@main/core/upload/bandwidth.ts'

it.each([
  [1, 4096],
  [16_000, 4096],
  [60_000, 15_000],
  [10_000_000, 2_500_000],
])('at %i bytes a second %i go at once', (rate, piece) => {
  expect(pieceBytes(rate)).toBe(piece)
})

it('lets the mean rate pass, whatever the size of the pieces', () => {
  const bucket = new TokenBucket(1000, 0)
  expect(bucket.take(1000, 0)).toBe(0)
  expect(bucket.take(500, 0)).toBe(500)
  expect(bucket.take(1000, 500)).toBe(1000)
})

it('makes nobody wait for bytes that will not be sent', () => {
  const bucket = new TokenBucket(1000, 0)
  bucket.take(1000, 0)
  bucket.take(60_000, 0)
  bucket.giveBack(60_000)
  expect(bucket.take(500, 0)).toBe(500)
})
