import { expect, it } from 'vitest'
import { parsePathPattern, patternProblem } from '@main/core/intake/path-pattern.ts'

const matched = (pattern: string, path: string) => {
  const folders = path.split('/')
  const stem = folders.pop() ?? ''
  return parsePathPattern(pattern).match(folders, stem)
}

it.each<[string, string, Record<string, string> | null]>([
  ['{day}/{card}/{stem}', 'Day 1/A001/clip', { day: 'Day 1', card: 'A001', stem: 'clip' }],
  ['{day}/{stem}', 'Day 1/A001/clip', null],
  ['{scene}_{take}', '12_a_3', { scene: '12', take: 'a_3' }],
  ['{scene}_{take}', '_3', null],
  ['**/{card}/{stem}', 'a/b/c/A001/clip', { card: 'A001', stem: 'clip' }],
  ['**/{card}/{stem}', 'A001/clip', { card: 'A001', stem: 'clip' }],
  ['{a}/**/{stem}', 'x/y/z/clip', { a: 'x', stem: 'clip' }],
  ['*_{take}', 'a_b_7', { take: '7' }],
  ['DAY{n}/*', 'day3/anything', { n: '3' }],
  ['(a+)+[b]/{x}', '(A+)+[B]/y', { x: 'y' }],
  ['Übung/{x}', `${'Übung'.normalize('NFD')}/1`, { x: '1' }],
  ['{x}🎬{y}', '🎬🎬🎬', { x: '🎬', y: '🎬' }],
])('%s over %s', (pattern, path, expected) => expect(matched(pattern, path)).toEqual(expected))

it.each([
  [Array.from({ length: 40 }, (_, at) => `{n${at}}`).join('_') + '!', '_'.repeat(255)],
  [`${'*a'.repeat(60)}!`, 'a'.repeat(255)],
  [`${'**/'.repeat(100)}!`, 'a/'.repeat(1000)],
])('%s does not fit a hostile name, and says so in moments', (pattern, path) => {
  const startMs = performance.now()
  expect(matched(pattern, path)).toBeNull()
  expect(performance.now() - startMs).toBeLessThan(5000)
})

it.each([
  ['{a}{b}', /where \{a\} ends and \{b\} begins/],
  ['{day}/{a}_{b}{stem}', /where \{b\} ends and \{stem\} begins/],
])('%s cannot be told apart', (pattern, told) => expect(patternProblem(pattern)).toMatch(told))

it.each(['{a}_{b}', '{a}/{b}', '**/{a}', '{{a}}'])('%s can', (pattern) =>
  expect(patternProblem(pattern)).toBeNull(),
)
