import { expect, it } from 'vitest'
import { B2_PARTS, choosePartSize, planParts, S3_PARTS } from '@main/core/transfer/plan-parts.ts'

const MIB = 1024 * 1024
const TIB = 1024 * 1024 * MIB

it.each([0, 1, 8 * MIB - 1, 8 * MIB, 8 * MIB + 1, 100 * MIB, 3 * 1024 * MIB, 5 * TIB])(
  'covers a file of %i bytes without gap or overlap, within what S3 and B2 allow',
  (size) => {
    for (const rules of [S3_PARTS, B2_PARTS]) {
      const parts = planParts(size, choosePartSize(size, rules))
      expect(parts.length).toBeLessThanOrEqual(rules.most)
      let offset = 0
      for (const [index, part] of parts.entries()) {
        expect(part).toMatchObject({ number: index + 1, offset })
        const smallest = index < parts.length - 1 ? rules.smallestBytes : 0
        expect(part.sizeBytes).toBeGreaterThanOrEqual(smallest)
        offset += part.sizeBytes
      }
      expect(offset).toBe(size)
    }
  },
)
