import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { migrate, openDatabase } from '@main/adapters/node/sqlite-database.ts'
import { uploadJournalMigrations } from '@main/adapters/node/upload-journal/schema.ts'
import { createUploadJournal } from '@main/adapters/node/upload-journal/upload-journal.ts'
import { planOf, plannedFile, uploadJournalSuite } from '@test/suites/upload-journal.ts'

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ferry-journal-'))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))
let next = 0
const fileName = () => path.join(folder, `journal-${next++}.db`)

describe('the journal in a file', () => {
  uploadJournalSuite(() => createUploadJournal(openDatabase(fileName())))
})

describe('the journal in memory', () => {
  uploadJournalSuite(() => createUploadJournal(openDatabase(':memory:')))
})

describe('two processes on one journal', () => {
  it('see what the other wrote', () => {
    const file = fileName()
    const one = createUploadJournal(openDatabase(file))
    const two = createUploadJournal(openDatabase(file))
    const { uploadIds } = one.commit('a', planOf(plannedFile('/clips/a.mov')), 1)
    expect(two.get(uploadIds[0]!)?.title).toBe('a.mov')
    two.hold('a', { all: true }, 'paused')
    expect(one.get(uploadIds[0]!)?.hold).toBe('paused')
  })
})

describe('a journal that cannot be written to', () => {
  it('can be opened and read', () => {
    const file = fileName()
    createUploadJournal(openDatabase(file)).commit('a', planOf(plannedFile('/clips/a.mov')), 1)
    const database = openDatabase(file)
    // What a full disk does to whoever writes.
    database.exec('PRAGMA query_only = ON')
    const journal = createUploadJournal(database)
    expect(journal.list('a', { text: '' }, 0, 10).total).toBe(1)
    expect(() => journal.hold('a', { all: true }, 'paused')).toThrow(/database/)
  })
})

/** Batches of one clip each that are over, as a folder makes them that files drop into one by one. */
function addBatches(database: ReturnType<typeof openDatabase>, count: number): void {
  database.exec('BEGIN')
  const batch = database.prepare(
    "INSERT INTO batches VALUES (?, 'a', 'Inbox', 'watch', 'inbox', '{}', ?, 'closed', NULL)",
  )
  const totals = database.prepare("INSERT INTO upload_totals VALUES ('a', ?, 0, 'done', 1, 10, 10)")
  for (let at = 0; at < count; at += 1) {
    batch.run(`batch-${at}`, at)
    totals.run(`batch-${at}`)
  }
  database.exec('COMMIT')
}

describe('50,000 batches', () => {
  it('are not looked at one by one to add up what came of their folder', () => {
    const database = openDatabase(fileName())
    const journal = createUploadJournal(database)
    addBatches(database, 50_000)
    const best = (work: () => void) =>
      Math.min(
        ...Array.from({ length: 7 }, () => {
          const start = performance.now()
          work()
          return performance.now() - start
        }),
      )
    const each = database.prepare('SELECT count(*) FROM batches b JOIN upload_totals t ON t.batch_id = b.id')
    const lookingAtEach = best(() => each.get())
    const share = {
      folder: best(() => journal.totalsOfWatchFolder('inbox')) / lookingAtEach,
      account: best(() => journal.totals('a')) / lookingAtEach,
      open: best(() => journal.openBatches('a')) / lookingAtEach,
    }
    expect(journal.totalsOfWatchFolder('inbox')).toMatchObject([{ state: 'done', count: 50_000 }])
    expect(Object.entries(share).filter(([, part]) => part > 0.05)).toEqual([])
  }, 60_000)

  it('that were there before sums were kept are summed once', () => {
    const database = openDatabase(fileName())
    const before = uploadJournalMigrations.findIndex((step) => step.includes('TABLE watch_folder_totals'))
    migrate(database, 'upload-journal', uploadJournalMigrations.slice(0, before))
    addBatches(database, 100)
    const journal = createUploadJournal(database)
    const sums = [{ state: 'done', count: 100, sizeBytes: 1000, sentBytes: 1000 }]
    expect(journal.totalsOfWatchFolder('inbox')).toEqual(sums)
    expect(journal.totals('a')).toEqual(sums)
  })
})

describe('100,000 rows', () => {
  it('are listed, counted and changed without looking at each', () => {
    const journal = createUploadJournal(openDatabase(fileName()))
    const clips = Array.from({ length: 100_000 }, (_, i) => plannedFile(`/clips/${i}.mov`, 10 + (i % 50)))
    const { uploadIds } = journal.commit('a', planOf(...clips), 1)
    const once = (work: () => void) => {
      const start = performance.now()
      work()
      return performance.now() - start
    }
    // The best of several: a busy machine makes some of them slow, never one of them fast.
    const best = (work: () => void, times = 7) => Math.min(...Array.from({ length: times }, () => once(work)))
    const wholeTable = best(() => journal.uploadsOf(journal.batches('a', 1)[0]!.id), 2)
    const share = {
      firstPage: best(() => journal.list('a', { text: '' }, 0, 200)) / wholeTable,
      totals: best(() => journal.totals('a')) / wholeTable,
      runnable: best(() => journal.runnable('a', 10, 'any', 8)) / wholeTable,
      update: best(() => journal.update(uploadIds[50_000]!, { step: 'asset', active: true })) / wholeTable,
      filesAtPath: best(() => journal.filesAtPath('a', '/clips/77.mov')) / wholeTable,
    }
    expect(Object.entries(share).filter(([, part]) => part > 0.1)).toEqual([])
  }, 180_000)
})
