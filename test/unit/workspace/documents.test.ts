import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { Database } from '@main/workspace/store/database.ts'
import { Documents } from '@main/workspace/store/documents.ts'

function openDatabase() {
  const folder = mkdtempSync(path.join(tmpdir(), 'ferry-documents-'))
  const db = new Database(folder)
  onTestFinished(() => {
    db.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return db
}

const titles = (rows: { id: string }[]) => rows.map((row) => (row as unknown as { title: string }).title)

it('lists are ordered without regard to case, equal ones in the direction of the rest, and filters are exact', () => {
  const db = openDatabase()
  const clips = new Documents(db, 'clips', 'Clip', [['status', 'title NOCASE']])
  for (const title of ['b', 'A', 'a', 'B']) clips.insert({ title, status: 'ACTIVE' })
  const listed = (descending: boolean) =>
    titles(clips.list({ where: { status: 'ACTIVE' }, order: [{ field: 'title', descending }] }))
  expect(listed(false)).toEqual(['A', 'a', 'b', 'B'])
  expect(listed(true)).toEqual(['B', 'b', 'a', 'A'])
  expect(titles(clips.list({ where: { title: 'a' } }))).toEqual(['a'])
})

it('a page of a list reads its index and sorts nothing', () => {
  const db = openDatabase()
  const clips = new Documents(db, 'clips', 'Clip', [['status'], ['status', 'title NOCASE']])
  clips.insert({ title: 'a', status: 'ACTIVE' })
  const asked: string[] = []
  const { all } = db
  db.all = (text, ...values) => {
    asked.push(text)
    return all.call(db, text, ...values) as never
  }
  const where = { status: 'ACTIVE' }
  clips.list({ where, order: [{ field: 'title', descending: true }], limit: 10 })
  clips.list({ where, order: [{ field: 'seq', descending: true }], limit: 10 })
  clips.list({ where: { ...where, title: 'a' }, order: [{ field: 'seq', descending: true }], limit: 10 })
  const plans = asked.map((text) =>
    all
      .call(db, `EXPLAIN QUERY PLAN ${text}`, ...(text.match(/\?/g) ?? []).map(() => 'ACTIVE'))
      .map((row) => (row as { detail: string }).detail)
      .join(),
  )
  expect(plans).toEqual([
    'SEARCH d USING INDEX clips_by_status_title_NOCASE (status=?)',
    'SEARCH d USING INDEX clips_by_status (status=?)',
    'SEARCH d USING INDEX clips_by_status_title_NOCASE (status=? AND title=?)',
  ])
})

it('a table of an earlier version gets the keys that it lacks, and what is in it is found by them', () => {
  const db = openDatabase()
  new Documents(db, 'clips', 'Clip', [['status']]).insert({ title: 'old', status: 'ACTIVE' })
  const clips = new Documents(db, 'clips', 'Clip', [['status'], ['title'], ['reel', 'status']])
  clips.insert({ title: 'new', status: 'ACTIVE', reel: 'A001' })
  expect(titles(clips.list({ where: { title: 'old' } }))).toEqual(['old'])
  expect(titles(clips.list({ where: { reel: 'A001' } }))).toEqual(['new'])
})
