import { expect, it } from 'vitest'
import { strayToken } from '@renderer/lib/template-tokens.ts'

it.each([
  ['{stm}.mov', [], { token: 'stm', nearest: 'stem' }],
  ['{date}/{untt}', ['unit'], { token: 'untt', nearest: 'unit' }],
  ['{exif}', [], { token: 'exif', nearest: 'exif.Model' }],
  ['{stem} of {exif.Model|folder[2]}', [], null],
  ['plain words', [], null],
])('names what %s may have meant', (template, captures, expected) =>
  expect(strayToken(template, captures)).toEqual(expected),
)
