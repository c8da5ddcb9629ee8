import { assert as holds, integer, property, string } from 'fast-check'
import { expect, it } from 'vitest'
import { joinSecret, splitSecret } from '@main/core/split-secret.ts'

it('a secret comes back from its parts, none of which is longer than allowed', () => {
  holds(
    property(string({ unit: 'binary', maxLength: 300 }), integer({ min: 4, max: 50 }), (secret, maxBytes) => {
      const parts = splitSecret(secret, maxBytes)
      expect(joinSecret(parts)).toBe(secret)
      const sizes = parts.map((part, index) =>
        Buffer.byteLength(index === 0 ? part.replace(/^\d+:/, '') : part),
      )
      expect(Math.max(...sizes)).toBeLessThanOrEqual(maxBytes)
    }),
  )
})

it.each([
  ['a part is missing', ['3:a', null, 'c']],
  ['there are fewer than announced', ['3:a', 'b']],
  ['it is not ours', ['a plain password']],
  ['there is nothing', [null]],
])('is null when %s', (_name, parts) => {
  expect(joinSecret(parts)).toBeNull()
})
