import { DatabaseSync } from 'node:sqlite'
import { libraryMigrations } from '@main/adapters/node/library/library-schema.ts'
import { matchWords } from '@main/core/library/match-words.ts'
import { expect, it } from 'vitest'

const LAST_CODE_POINT = 0x10_ff_ff
const isHalfOfPair = (code: number) => code >= 0xd8_00 && code <= 0xdf_ff

it('every character of a typed word belongs to the word for the search index too', () => {
  const db = new DatabaseSync(':memory:')
  for (const migration of libraryMigrations) db.exec(migration)
  const search = db.prepare('SELECT count(*) FROM asset_words WHERE asset_words MATCH ?')
  const refused: string[] = []
  let words = 0
  for (let code = 1; code <= LAST_CODE_POINT; code += 1) {
    if (isHalfOfPair(code)) continue
    const typed = matchWords(`a${String.fromCodePoint(code)}b`)
    if (typed === null || typed.includes(' AND ')) continue
    words += 1
    try {
      // The index holds no places of words: what it takes for a phrase it refuses.
      search.get(typed)
    } catch {
      refused.push(code.toString(16))
    }
  }
  expect(refused).toEqual([])
  expect(words).toBeGreaterThan(100_000)
  db.close()
})
