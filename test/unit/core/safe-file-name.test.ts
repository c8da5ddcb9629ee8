import { safeFileName } from '@main/core/safe-file-name.ts'
import { expect, it } from 'vitest'

it.each([
  ['a.mov', 'a.mov'],
  ['../../etc/passwd', '_.._etc_passwd'],
  ['a/b\\c:d.mov', 'a_b_c_d.mov'],
  ['line\nbreak\u0000.mov', 'line_break_.mov'],
  ['CON.txt', '_CON.txt'],
  ['...', '_'],
  ['', '_'],
  [' ends with dots. . ', 'ends with dots'],
  ['العربية 🎬.mov', 'العربية 🎬.mov'],
  ['COM¹', '_COM¹'],
  ['NUL .txt', '_NUL .txt'],
  ['clip\u202egpj.exe', 'clip_gpj.exe'],
  ['\u009b2J\u2028half\ud800.mov', '_2J_half_.mov'],
  [`${'a'.repeat(238)} . . . . .`, 'a'.repeat(238)],
])('makes %j a name that any system takes', (name, expected) => {
  expect(safeFileName(name)).toBe(expected)
})

it('cuts what is too long for a disk, in whole characters, and keeps the extension', () => {
  const name = safeFileName(`${'🎬'.repeat(200)}.mov`)
  expect(new TextEncoder().encode(name).length).toBeLessThanOrEqual(240)
  expect(name).toMatch(/^(🎬)+\.mov$/u)
})

it('has done with a title of millions of characters at once, and still keeps the extension', () => {
  const startMs = performance.now()
  const name = safeFileName(`${'a'.repeat(5_000_000)}.mov`)
  expect(performance.now() - startMs).toBeLessThan(1000)
  expect(name).toBe(`${'a'.repeat(236)}.mov`)
})
