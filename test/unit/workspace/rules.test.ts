import { describe, expect, it } from 'vitest'
import { assume } from '@main/workspace/assumptions.ts'
import { Faults, parseFaults } from '@main/workspace/http/faults.ts'
import { RateLimit } from '@main/workspace/http/rate-limit.ts'
import { dateNow, newId, normaliseDate } from '@main/workspace/ids.ts'
import { statusOfChildren } from '@main/workspace/jobs/job-runner.ts'
import { fitWithin, tileCount } from '@main/workspace/media/make-previews.ts'
import { mediaTypeOf } from '@main/workspace/media/media-type.ts'
import { checkField } from '@main/workspace/metadata/check-value.ts'
import { clock, csvCell } from '@main/workspace/routes/segment-exports.ts'
import { parseRange } from '@main/workspace/storage/send-object.ts'
import { SignedUrls } from '@main/workspace/storage/signed-urls.ts'
import { Signer } from '@main/workspace/storage/signing.ts'
import type { MetadataField } from '@main/workspace/store/tables.ts'

describe('byte ranges', () => {
  it.each([
    [undefined, 'whole'],
    ['bytes=0-0', { start: 0, end: 0 }],
    ['bytes=5-', { start: 5, end: 9 }],
    ['bytes=5-100', { start: 5, end: 9 }],
    ['bytes=-3', { start: 7, end: 9 }],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=4-2', 'unsatisfiable'],
    ['lines=1-2', 'whole'],
  ])('%s of ten bytes', (header, range) => {
    expect(parseRange(header, 10)).toEqual(range)
  })
})

describe('dates and ids', () => {
  it.each([
    ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000000+00:00'],
    ['2026-01-02T03:04:05.123456+02:00', '2026-01-02T01:04:05.123456+00:00'],
    ['2026-01-02T03:04:05', '2026-01-02T03:04:05.000000+00:00'],
    ['2026-01-02', '2026-01-02T00:00:00.000000+00:00'],
    ['soon', undefined],
  ])('%s', (sent, kept) => {
    expect(normaliseDate(sent)).toBe(kept)
  })

  it('two dates of one millisecond keep their order, and ids are version 1', () => {
    const dates = [dateNow(5), dateNow(5), dateNow(6)]
    expect([...dates].sort()).toEqual(dates)
    expect(newId()[14]).toBe('1')
  })
})

describe('signed URLs', () => {
  const urls = (lifetimeS: number) => new SignedUrls(new Signer('secret'), () => lifetimeS)
  it('grant one verb on one path with its parameters, for a time', () => {
    const url = new URL(urls(60).sign('aws', 'PUT', 'http://h:1/a', { partNumber: 1 }))
    expect(urls(60).verify('aws', 'PUT', url)).toBe('valid')
    expect(urls(60).verify('aws', 'GET', url)).toBe('invalid')
    const other = new URL(url)
    other.searchParams.set('partNumber', '2')
    expect(urls(60).verify('aws', 'PUT', other)).toBe('invalid')
    expect(urls(60).verify('aws', 'PUT', new URL(url.href.replace('h:1', 'h:2')))).toBe('valid')
    expect(urls(60).verify('google', 'GET', new URL(urls(-1).sign('google', 'GET', 'http://h/a')))).toBe(
      'expired',
    )
  })

  it('let Azure clients add their own parameters, and no others', () => {
    const url = urls(60).sign('azure', 'PUT', 'http://h/a')
    expect(urls(60).verify('azure', 'PUT', new URL(`${url}&comp=block&blockid=AA`))).toBe('valid')
    expect(urls(60).verify('azure', 'PUT', new URL(`${url}&sp2=x`))).toBe('invalid')
  })
})

describe('faults', () => {
  it('strike by method and path, as often and as likely as they say, the same way each time', () => {
    const rules = parseFaults({
      seed: 7,
      rules: [{ match: 'POST */assets/', p: 0.5, action: 'drop-after', times: 3 }],
    })
    const run = () => {
      const faults = new Faults(rules)
      return Array.from({ length: 30 }, () => faults.strike('POST', '/API/assets/v1/assets/') !== undefined)
    }
    expect(run()).toEqual(run())
    expect(run().filter(Boolean)).toHaveLength(3)
    expect(new Faults(rules).strike('GET', '/API/assets/v1/assets/')).toBeUndefined()
  })

  it.each([
    [{ rules: [{ match: 'x', action: 'explode' }] }],
    [{ rules: [{ match: 'x', action: 'delay' }] }],
    [{ rule: [] }],
  ])('are refused where %j is wrong', (rules) => {
    expect(() => parseFaults(rules)).toThrow(/Fault rules/)
  })
})

it('the rate limit counts over a sliding window', () => {
  const limit = new RateLimit(2, 10)
  const taken = Array.from({ length: 21 }, (_, at) => limit.take('app', at * 100))
  expect(taken.filter(({ waitMs }) => waitMs === 0)).toHaveLength(20)
  expect(taken.at(-1)).toMatchObject({ remaining: 0, waitMs: 8000 })
  expect(limit.take('other', 2000).waitMs).toBe(0)
  expect(limit.take('app', 10_001).waitMs).toBe(0)
})

describe('values of metadata', () => {
  const field = (field_type: string, more: Partial<MetadataField> = {}) =>
    ({
      id: 'x',
      name: 'f',
      label: 'F',
      field_type,
      options: null,
      multi: false,
      required: false,
      read_only: false,
      min_value: null,
      max_value: null,
      ...more,
    }) as MetadataField
  it.each([
    ['integer', '12', true],
    ['integer', '1.5', false],
    ['float', '-1e3', true],
    ['float', '', false],
    ['boolean', 'TRUE', true],
    ['boolean', 'yes', false],
    ['date', '2024-02-29', true],
    ['date', '2023-02-29', false],
    ['datetime', '2026-01-01T00:00:00+01:00', true],
    ['datetime', 'noon', false],
    ['url', 'https://example.com/a', true],
    ['url', 'javascript:alert(1)', false],
    ['email', 'a@b.cd', true],
    ['email', 'a@b', false],
    ['tag_cloud', ' ', false],
  ])('%s takes %s: %s', (type, value, fits) => {
    expect(checkField(field(type), [{ value }], []) === undefined).toBe(fits)
  })

  it('stay in range, among options, single, and as they are where read-only', () => {
    expect(checkField(field('integer', { min_value: 1, max_value: 3 }), [{ value: '4' }], [])).toContain(
      'at most 3',
    )
    expect(
      checkField(field('drop_down', { options: [{ label: 'A', value: 'a' }] }), [{ value: 'b' }], []),
    ).toContain('one of a')
    expect(checkField(field('string'), [{ value: 'a' }, { value: 'b' }], [])).toContain('one value')
    expect(
      checkField(field('string', { read_only: true }), [{ value: 'a' }], [{ value: 'a' }]),
    ).toBeUndefined()
    expect(checkField(field('string', { read_only: true }), [{ value: 'b' }], [{ value: 'a' }])).toContain(
      'read-only',
    )
  })
})

it.each([
  [['READY', 'READY'], 'READY'],
  [['FINISHED', 'STARTED'], 'STARTED'],
  [['FINISHED', 'FINISHED'], 'FINISHED'],
  [['FINISHED', 'FAILED'], 'FINISHED_WITH_WARNING'],
  [['FAILED', 'FAILED'], 'FAILED'],
  [['SKIPPED', 'SKIPPED'], 'SKIPPED'],
  [['ABORTED', 'ABORTED'], 'ABORTED'],
  [['FINISHED', 'PAUSED'], 'PAUSED'],
])('children that are %j make a parent %s', (children, parent) => {
  expect(statusOfChildren(children.map((status) => ({ status })))).toBe(parent)
})

it('previews fit their box with even sides and are never larger than the picture', () => {
  expect(fitWithin({ width: 3840, height: 2160 }, { width: 1280, height: 720 })).toEqual({
    width: 1280,
    height: 720,
  })
  expect(fitWithin({ width: 1081, height: 1921 }, { width: 1280, height: 720 })).toEqual({
    width: 406,
    height: 720,
  })
  expect(fitWithin({ width: 101, height: 51 }, { width: 1280, height: 720 })).toEqual({
    width: 102,
    height: 52,
  })
  expect([tileCount(500), tileCount(30_000), tileCount(3_600_000)]).toEqual([8, 30, 60])
})

it.each([
  ['a.MXF', 'video'],
  ['a.wav', 'audio'],
  ['a.dpx', 'image'],
  ['a.pdf', 'document'],
  ['a', 'other'],
])('%s is %s', (name, kind) => {
  expect(mediaTypeOf(name)).toBe(kind)
})

it('exports of comments say times as their formats do and hold no formulas', () => {
  expect(clock(3_723_004, ',')).toBe('01:02:03,004')
  expect([csvCell('=1+1'), csvCell('-5'), csvCell('a,"b"')]).toEqual(["'=1+1", '-5', '"a,""b"""'])
})

it('an assumption that does not exist, or has another type, is named', () => {
  expect(assume({ strictClose: false }).strictClose).toBe(false)
  expect(() => assume({ nope: 1 })).toThrow(/Unknown assumption nope/)
  expect(() => assume({ strictClose: 1 })).toThrow(/strictClose must be a boolean/)
})
