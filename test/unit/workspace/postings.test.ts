import { mkdtempSync, rmSync } from 'node:fs'
import * as fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { Bitset } from '@main/workspace/search/bitset.ts'
import { Postings } from '@main/workspace/search/postings.ts'
import { Database } from '@main/workspace/store/database.ts'

const ofDocs = (docs: Iterable<number>, size: number) => {
  const set = Bitset.empty(size)
  for (const doc of docs) set.add(doc)
  return set
}

it('sets combine as sets do', () => {
  const docs = fc.uniqueArray(fc.integer({ min: 0, max: 500 }))
  fc.assert(
    fc.property(docs, docs, (left, right) => {
      const a = ofDocs(left, 500)
      const b = ofDocs(right, 500)
      const sorted = (values: number[]) => [...values].sort((one, two) => one - two)
      expect([...a]).toEqual(sorted(left))
      expect([...a.and(b)]).toEqual(sorted(left.filter((doc) => right.includes(doc))))
      expect([...a.or(b)]).toEqual(sorted([...new Set([...left, ...right])]))
      expect([...a.andNot(b)]).toEqual(sorted(left.filter((doc) => !right.includes(doc))))
      expect([a.count, a.countWith(b)]).toEqual([left.length, a.and(b).count])
    }),
  )
})

it('stored documents come back, few or many, after any additions and removals', () => {
  const folder = mkdtempSync('/tmp/ferry-postings-')
  const db = new Database(folder)
  onTestFinished(() => {
    db.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const postings = new Postings(db)
  const size = 20_000
  let name = 0
  const change = fc.record({
    doc: fc.oneof(fc.integer({ min: 0, max: size }), fc.integer({ min: 4000, max: 4400 })),
    add: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(change, { maxLength: 300 }), (changes) => {
      name += 1
      const term = postings.term('field', `value ${name}`)
      const wanted = new Set<number>()
      db.transaction(() => {
        for (const { doc, add } of changes) {
          if (add) wanted.add(doc)
          else wanted.delete(doc)
          postings[add ? 'add' : 'remove'](term, doc)
        }
      })
      expect([...postings.collect([term], Bitset.empty(size))]).toEqual(
        [...wanted].sort((one, two) => one - two),
      )
      expect(postings.frequent('field', 10_000).find((row) => row.term === term)?.docs ?? 0).toBe(wanted.size)
    }),
    { numRuns: 40 },
  )
})

it('what was read once is read anew after a change, after work that was undone, and after another process wrote', () => {
  const folder = mkdtempSync('/tmp/ferry-postings-')
  const [db, other] = [new Database(folder), new Database(folder)]
  onTestFinished(() => {
    db.close()
    other.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const [postings, elsewhere] = [new Postings(db), new Postings(other)]
  const docs = () => [...postings.collect([term], Bitset.empty(100))]
  const all = ofDocs([1, 2, 3, 4], 100)
  const term = postings.term('field', 'value')
  db.transaction(() => postings.add(term, 1))
  db.commit()
  expect([docs(), docs()]).toEqual([[1], [1]])
  db.transaction(() => postings.add(term, 2))
  db.commit()
  expect([docs(), postings.countWithin([term], all).get(term)]).toEqual([[1, 2], 2])
  expect(() =>
    db.transaction(() => {
      postings.add(term, 3)
      expect(docs()).toEqual([1, 2, 3])
      throw new Error('no')
    }),
  ).toThrow('no')
  expect(docs()).toEqual([1, 2])
  db.commit()
  other.transaction(() => elsewhere.remove(term, 1))
  other.commit()
  expect(docs()).toEqual([2])
})
