import { expect, it } from 'vitest'
import { Settings } from '@contract/settings.ts'
import { SettingsService } from '@main/services/settings/settings.ts'
import { silentLogger } from '@test/support/intake-world.ts'

/** Settings as they are read from these rows, and the keys of rows that were told of as not valid. */
function read(rows: [string, unknown][]) {
  const told: unknown[] = []
  const store = { read: () => Object.fromEntries(rows), write: () => {} }
  const logger = {
    ...silentLogger,
    warn: (_: string, facts?: Record<string, unknown>) => void told.push(facts?.['key']),
  }
  return { settings: new SettingsService(store, logger).get(), told }
}

it('passes over rows that it does not know, whatever they are called', () => {
  const rows = ['constructor', '__proto__', 'toString', 'ofALaterFerry'].map((key): [string, unknown] => [
    key,
    { a: 1 },
  ])
  expect(read([...rows, ['parallelUploads', 7]])).toEqual({
    settings: { ...Settings.parse({}), parallelUploads: 7 },
    told: [],
  })
})

it('takes the default for a value that does not fit any more, says so, and keeps the others', () => {
  expect(
    read([
      ['parallelUploads', 1000],
      ['theme', undefined],
      ['limitBytesPerSecond', 5000],
    ]),
  ).toEqual({
    settings: { ...Settings.parse({}), limitBytesPerSecond: 5000 },
    told: ['parallelUploads', 'theme'],
  })
})
