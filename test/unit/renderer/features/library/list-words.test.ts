import { describe, expect, it } from 'vitest'
import { FieldView } from '@contract/metadata.ts'
import { secondLine, starOf } from '@renderer/features/library/asset-facts.ts'
import { stateOf } from '@renderer/features/library/asset-state.ts'
import { groupTitle } from '@renderer/features/library/list-groups.ts'
import { columnsFor, COLUMNS, fieldColumn } from '@renderer/features/library/table-columns.ts'
import { chipsThatFit } from '@renderer/lib/fold-chips.ts'
import { slateFields } from '@renderer/lib/slate-fields.ts'
import { rowOf } from '@test/support/fake-main/assets.ts'

const field = (name: string, label: string, fieldType = 'string') =>
  FieldView.parse({ name, label, fieldType })
const slate = slateFields([
  field('sc_no', 'Scene'),
  field('take', 'Take', 'integer'),
  field('circled_take', 'Circled take', 'boolean'),
  field('Rating', 'Rating', 'float'),
])
const clip = (values: Record<string, string[]>, more = {}) => ({
  ...rowOf(0, 1),
  values,
  isProven: false,
  startTimecode: '07:02:11:04' as string | null,
  ...more,
})

describe('fields of the slate', () => {
  it('are known by what they are called', () => {
    expect(slate).toEqual({
      scene: 'sc_no',
      take: 'take',
      camera: null,
      circled: 'circled_take',
      rating: 'Rating',
    })
    expect(slateFields([field('circled', 'Circled', 'string')]).circled).toBeNull()
  })
})

describe('the second line of a card', () => {
  it.each([
    ['slate and timecode', clip({ sc_no: ['42A'], take: ['1'] }), '42A-1 · 07:02:11:04'],
    ['a scene alone', clip({ sc_no: ['42A'] }, { startTimecode: null }), '42A'],
    ['the kind where nobody wrote a slate', clip({}), 'Video · 07:02:11:04'],
    ['kind and size', clip({}, { startTimecode: null, sizeBytes: 12_000_000 }), /^Video · 12\sMB$/u],
    ['pixels of a picture', clip({}, { startTimecode: null, mediaType: 'image' }), 'Image · 4608 × 1920'],
  ])('is %s', (_, row, line) => expect(secondLine(row, slate)).toMatch(line))
})

describe('a star', () => {
  it.each([
    [
      { circled_take: ['true'], Rating: ['3'] },
      { label: 'Circled take, Rated 3', rating: '3' },
    ],
    [{ circled_take: ['true'] }, { label: 'Circled take', rating: '' }],
    [
      { circled_take: ['false'], Rating: ['4.5'] },
      { label: 'Rated 4.5', rating: '4.5' },
    ],
    [{ circled_take: ['false'], Rating: ['0'] }, null],
    [{}, null],
  ])('of %o says %o', (values, said) =>
    expect(starOf({ values: values as Record<string, string[]> }, slate)).toEqual(said),
  )
})

describe('the state of an asset', () => {
  const plain = { type: 'ASSET', isProven: false }
  it('says verified of what was proven only, and nothing of what nobody knows', () => {
    expect(stateOf(plain, null)).toBeNull()
    expect(stateOf({ ...plain, isProven: true }, null)?.kind).toBe('verified')
    expect(stateOf(plain, { state: 'done', share: 1 })?.kind).toBe('verified')
  })
  it('says what the queue says first', () => {
    const proven = { ...plain, isProven: true }
    expect(stateOf(proven, { state: 'uploading', share: 0.629 })).toMatchObject({
      kind: 'sending',
      share: 0.629,
    })
    expect(stateOf(proven, { state: 'uploading', share: 0.629 })?.text).toMatch(/^62\s%$/u)
    expect(stateOf(proven, { state: 'checking', share: 1 })?.tone).toBe('progress')
    expect(stateOf(proven, { state: 'failed', share: 0.3 })?.tone).toBe('error')
    expect(stateOf({ ...plain, type: 'PLACEHOLDER' }, null)?.kind).toBe('empty')
  })
})

describe('a heading', () => {
  const words = {
    label: (facet: string) =>
      ({ 'metadata.scene': 'Scene', 'metadata.camera': 'Camera', 'metadata.vfx': 'VFX' })[facet] ?? 'Circled',
    valueLabel: (facet: string, value: string) =>
      facet === 'date_created' ? '18 Mar 2026' : value === 'true' ? 'Yes' : value,
  }
  it.each([
    ['metadata.scene', '42', 'Scene 42'],
    ['metadata.camera', 'B', 'Camera B'],
    ['metadata.camera', 'ALEXA 35, A', 'ALEXA 35, A'],
    ['metadata.circled', 'true', 'Circled: Yes'],
    ['date_created', '2026-03-18', '18 Mar 2026'],
    ['metadata.scene', null, 'No scene'],
    ['metadata.vfx', null, 'No VFX'],
  ])('of %s %s is "%s"', (facet, value, title) => expect(groupTitle(facet, value, words)).toBe(title))
})

describe('columns of metadata', () => {
  const scene = fieldColumn(field('sc_no', 'Scene'), slate, (value) => value)
  const take = fieldColumn(field('take', 'Take', 'integer'), slate, (value) => value)
  const lens = fieldColumn(field('lens', 'Lens'), slate, (value) => value)
  const all = [scene, take, lens, ...COLUMNS]
  it('put numbers at the end, and several values beside each other', () => {
    expect([scene.alignEnd, take.alignEnd]).toEqual([false, true])
    expect(lens.text(clip({ lens: ['21 mm', '40 mm'] }))).toBe('21 mm, 40 mm')
    expect(lens.text(clip({}))).toBe('')
  })
  it('stay when facts fold, the scene longest', () => {
    const ids = (widthPx: number) => columnsFor(widthPx, all).map(({ id }) => id)
    expect(ids(3000)).toEqual(all.map(({ id }) => id))
    expect(ids(920)).toContain('metadata.lens')
    expect(ids(920)).not.toContain('modified')
    expect(ids(640)).toContain('metadata.sc_no')
    expect(ids(640)).not.toContain('metadata.lens')
  })
  it('never need more room than there is', () => {
    for (let widthPx = 400; widthPx < 2400; widthPx += 7) {
      const columns = columnsFor(widthPx, all)
      const needed =
        32 + 16 + 12 + 40 + 12 + 200 + columns.reduce((sum, { widthPx: own }) => sum + own + 12, 0)
      expect(needed).toBeLessThanOrEqual(widthPx)
    }
  })
})

describe('chips in a row', () => {
  const none = () => false
  it.each([
    ['all of them', [50, 60, 70], none, 192, [0, 1, 2]],
    ['those that have room', [50, 60, 70], none, 191, [0, 1]],
    ['none after one that has no room', [50, 160, 10], none, 100, [0]],
    ['a chosen one before others', [50, 60, 70], (place: number) => place === 2, 130, [0, 2]],
    ['a chosen one even without room', [50, 60, 70], (place: number) => place === 2, 40, [2]],
  ])('keep %s', (_, widths, mustStay, roomPx, kept) =>
    expect([...chipsThatFit(widths, mustStay, roomPx, 6)].toSorted()).toEqual(kept),
  )
})
