import { describe, expect, it } from 'vitest'
import { makeIgnoreRules } from '@main/core/intake/ignore-rules.ts'

describe('built-in ignore rules', () => {
  const ignored = makeIgnoreRules()
  it.each([
    ['.DS_Store', '.*'],
    ['A001/._C0001.mov', '.*'],
    ['Thumbs.db', 'Thumbs.db'],
    ['day/THUMBS.DB', 'Thumbs.db'],
    ['desktop.ini', 'desktop.ini'],
    ['clip.mov.part', '*.part'],
    ['clip.TMP', '*.tmp'],
    ['clip.mov.crdownload', '*.crdownload'],
    ['~$notes.docx', '~*'],
    ['System Volume Information/IndexerVolumeGuid', 'System Volume Information'],
    ['$RECYCLE.BIN/x.mov', '$RECYCLE.BIN'],
    ['card/ascmhl/0001_card.mhl', 'ascmhl'],
    ['.Trashes/501/clip.mov', '.*'],
  ])('leaves out %s by %s', (path, reason) => expect(ignored(path)).toBe(reason))

  it.each(['clip.mov', 'a/b/c.mxf', 'partial.mov', 'tmp/clip.mov', 'ascmhl.mov', 'a~b.mov'])(
    'takes %s',
    (path) => expect(ignored(path)).toBeNull(),
  )
})

describe('patterns of a folder', () => {
  it.each([
    ['*.wav', 'sound/a.WAV', true],
    ['PROXY/**', 'PROXY/a.mov', true],
    ['PROXY/**', 'PROXY', true],
    ['PROXY/**', 'A001/PROXY/a.mov', false],
    ['**/PROXY/**', 'A001/PROXY/a.mov', true],
    ['proxy', 'A001/Proxy/deep/a.mov', true],
    ['_DONE/', '_DONE/a.mov', true],
    ['take[12].mov', 'take2.mov', true],
    ['take[12].mov', 'take3.mov', false],
    ['Mu\u0308ller*', 'M\u00fcller.mov', true],
  ])('%s on %s: %s', (pattern, path, left) =>
    expect(makeIgnoreRules([pattern])(path)).toBe(left ? pattern : null),
  )

  it('does not take an empty pattern for everything', () =>
    expect(makeIgnoreRules(['', ' '])('a.mov')).toBeNull())
})

it('refuses a pattern that a hostile name would make it read for hours, by name', () => {
  expect(() => makeIgnoreRules(['PROXY/*a*a*a*a*a*b'])).toThrow(/“PROXY\/.*asterisks/)
  const startMs = performance.now()
  expect(makeIgnoreRules(['*a*a*b'])('a'.repeat(255))).toBeNull()
  expect(performance.now() - startMs).toBeLessThan(5000)
})
