import { describe, expect, it } from 'vitest'
import { DEFAULT_RULES, readWatchRules } from '@main/core/intake/watch-rules.ts'

const saved = (changes: object) => JSON.stringify({ ...DEFAULT_RULES, ...changes })

describe('rules as they were saved', () => {
  it.each([
    [
      'as they are',
      saved({ settleSeconds: 9, ignore: ['*.tmp'] }),
      { settleSeconds: 9, ignore: ['*.tmp'] },
      [],
    ],
    ['of a version that had fewer', JSON.stringify({ settleSeconds: 9 }), { settleSeconds: 9 }, []],
    ['of a version that had more', saved({ ofTomorrow: { a: 1 } }), {}, []],
    [
      'with one that does not fit',
      saved({ settleSeconds: 'soon', mirrorTree: true }),
      { mirrorTree: true },
      ['settleSeconds'],
    ],
    ['with a pattern that cannot be read', saved({ ignore: ['('.repeat(70_000)] }), {}, ['ignore']],
    ['with a way to go on that is not known', saved({ after: { do: 'burn' } }), {}, ['after']],
    ['named as what every object has', '{"constructor":1,"__proto__":{"settleSeconds":1}}', {}, []],
  ])('%s', (_name, text, changes, unread) => {
    expect(readWatchRules(text)).toEqual({ rules: { ...DEFAULT_RULES, ...changes }, unread })
  })
  it.each(['', '{', 'null', '[]', '7'])('cannot be read at all: %j', (text) => {
    expect(readWatchRules(text)).toEqual({ rules: DEFAULT_RULES, unread: Object.keys(DEFAULT_RULES) })
  })
})
