import { expect, it } from 'vitest'
import { Redactor } from '@main/core/redact.ts'
import { leaksOf } from '@main/core/redactor-test.ts'

it('finds nothing wrong with the redactor', () => expect(leaksOf(new Redactor())).toEqual([]))

it('finds every kind of text that a broken one lets through', () => {
  const idle = { know() {}, text: (value: string) => value, data: (value: unknown) => value }
  expect(leaksOf(idle).length).toBeGreaterThan(5)
  const forgetful = new Redactor()
  forgetful.know = () => {}
  expect(leaksOf(forgetful)).toEqual(
    expect.arrayContaining([expect.stringMatching(/^refused: /), 'nested data']),
  )
})
