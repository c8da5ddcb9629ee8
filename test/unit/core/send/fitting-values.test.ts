import { describe, expect, it } from 'vitest'
import { bestView, type FieldFacts, fittingValues } from '@main/core/send/fitting-values.ts'

const field = (name: string, fieldType: string, more: Partial<FieldFacts> = {}): FieldFacts => ({
  name,
  label: null,
  fieldType,
  options: [],
  multi: false,
  ...more,
})
const choices = (...values: string[]) => ({ options: values.map((value) => ({ value })) })
const byName = (...fields: FieldFacts[]) => new Map(fields.map((one) => [one.name, one]))

describe('fittingValues', () => {
  it.each([
    ['a field of the same kind', field('A', 'string'), field('A', 'string'), ['x'], null],
    ['texts of any kind', field('A', 'text'), field('A', 'string_exact'), ['x'], null],
    ['no such field', field('A', 'string'), undefined, ['x'], 'missing'],
    ['another kind', field('A', 'string'), field('A', 'integer'), ['x'], 'type'],
    [
      'several for one that takes one',
      field('A', 'string', { multi: true }),
      field('A', 'string'),
      ['x', 'y'],
      'type',
    ],
    ['several tags', field('A', 'tag_cloud', { multi: true }), field('A', 'tag_cloud'), ['x', 'y'], null],
    ['a choice that is offered', field('A', 'drop_down'), field('A', 'drop_down', choices('x')), ['x'], null],
    ['a choice that is not', field('A', 'drop_down'), field('A', 'drop_down', choices('y')), ['x'], 'option'],
  ])('%s', (_what, own, there, given, reason) => {
    const { fitting, left } = fittingValues({ A: given }, byName(own), there ? byName(there) : new Map())
    expect(left).toEqual(reason === null ? [] : [{ name: 'A', reason }])
    expect(fitting).toEqual(reason === null ? { A: given } : {})
  })

  it('takes neither what is no field nor what is empty for a value that stays behind', () => {
    expect(fittingValues({ title: ['x'], A: [] }, byName(field('A', 'string')), new Map())).toEqual({
      fitting: {},
      left: [],
    })
  })
})

describe('bestView', () => {
  const view = (name: string, ...names: string[]) => ({
    name,
    fields: names.map((one) => field(one, 'string')),
  })

  it('is the one that takes the values of most assets, and the first of equals', () => {
    const views = [view('Rights', 'R'), view('Clip', 'A', 'B'), view('Other', 'A', 'B')]
    expect(
      bestView(
        views,
        new Map([
          ['A', 1],
          ['B', 1],
          ['R', 1],
        ]),
      )?.name,
    ).toBe('Clip')
    expect(
      bestView(
        views,
        new Map([
          ['A', 1],
          ['R', 5],
        ]),
      )?.name,
    ).toBe('Rights')
  })

  it('is none where no view takes anything', () => {
    expect(bestView([view('Clip', 'A')], new Map([['Z', 3]]))).toBeNull()
  })
})
