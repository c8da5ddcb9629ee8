import { describe, expect, it } from 'vitest'
import { FIELD_TYPES, FieldView } from '@contract/metadata.ts'
import { fieldProblem, kindOf, valueText } from '@renderer/lib/field-values.ts'

const field = (fieldType: string, more: object = {}) =>
  FieldView.parse({ name: 'f', label: 'F', fieldType, ...more })

describe('values of a field', () => {
  it.each(FIELD_TYPES)('there is a control for %s', (type) => expect(kindOf(field(type))).not.toBe(''))
  it('edits a type of a newer iconik as a line of text', () => {
    expect(kindOf(field('hologram'))).toBe('line')
    expect(fieldProblem(field('hologram'), ['anything'])).toBeNull()
  })
  it.each([
    ['integer', '12', true],
    ['integer', '-3', true],
    ['integer', '1.5', false],
    ['integer', 'ten', false],
    ['float', '23.976', true],
    ['float', '1e3', true],
    ['float', '1,5', false],
    ['date', '2026-03-18', true],
    ['date', '2026-02-30', false],
    ['date', '18.3.2026', false],
    ['datetime', '2026-03-18T07:44:10Z', true],
    ['datetime', 'tomorrow', false],
    ['url', 'https://example.com/a?b', true],
    ['url', 'javascript:alert(1)', false],
    ['url', 'example', false],
    ['email', 'mara@example.com', true],
    ['email', 'mara@', false],
    ['string', '<b>anything</b>', true],
  ])('%s takes "%s": %s', (type, value, isGood) => {
    expect(fieldProblem(field(type), [value]) === null).toBe(isGood)
  })
  it('honours bounds and names them', () => {
    const rate = field('float', { minValue: 1, maxValue: 120 })
    expect(fieldProblem(rate, ['240'])).toBe('Enter 120 or less.')
    expect(fieldProblem(rate, ['0'])).toBe('Enter 1 or more.')
    expect(fieldProblem(rate, ['120'])).toBeNull()
  })
  it('wants a value where one is required, and blanks are none', () => {
    expect(fieldProblem(field('string', { required: true }), ['  '])).toBe('Enter a value.')
    expect(fieldProblem(field('string'), [])).toBeNull()
  })
  it('takes only options of a drop-down', () => {
    const lens = field('drop_down', { options: [{ label: '40 mm', value: '40' }] })
    expect(fieldProblem(lens, ['40'])).toBeNull()
    expect(fieldProblem(lens, ['41'])).toBe('Choose one of the options.')
    expect(valueText(lens, '40')).toBe('40 mm')
  })
  it('finds the one wrong value among several', () => {
    expect(fieldProblem(field('integer', { multi: true }), ['1', 'x', '3'])).toBe('Enter a whole number.')
  })
})
