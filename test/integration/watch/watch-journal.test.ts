import { beforeEach, describe, expect, it } from 'vitest'
import type { WatchFolderId } from '@contract/ids.ts'
import { openDatabase } from '@main/adapters/node/sqlite-database.ts'
import { SqliteWatchJournal } from '@main/adapters/node/sqlite-watch-journal.ts'
import type { WatchedFile } from '@main/ports/watch-journal.ts'
import { DEFAULT_RULES } from '@main/core/intake/watch-rules.ts'

const FOLDER = 'folder-1' as WatchFolderId
const OTHER = 'folder-2' as WatchFolderId

function file(key: string, state: WatchedFile['state'] = 'sent'): WatchedFile {
  return {
    key,
    relativePath: key,
    sizeBytes: key.length,
    mtimeMs: 1000.25,
    inode: `inode of ${key}`,
    state,
    uploadId: null,
    assetId: null,
    reason: '',
    isContent: true,
  }
}

describe('the journal of watch folders', () => {
  let journal: SqliteWatchJournal
  beforeEach(() => {
    journal = new SqliteWatchJournal(openDatabase(':memory:'))
    for (const id of [FOLDER, OTHER])
      journal.saveFolder({
        id,
        accountId: 'account-1',
        path: `/${id}`,
        rules: DEFAULT_RULES,
        paused: false,
        createdMs: 1,
        rootInode: '',
        completeAsOfMs: null,
      })
  })

  it('tells of many files at once which it knows, in this folder only', () => {
    journal.save(FOLDER, [file('a.mov'), file('d/“b”.mov')])
    journal.save(OTHER, [file('c.mov')])
    expect(journal.sightingsOf(FOLDER, ['d/“b”.mov', 'c.mov', 'none.mov'])).toEqual([
      { key: 'd/“b”.mov', sizeBytes: 9, mtimeMs: 1000.25, inode: 'inode of d/“b”.mov' },
    ])
    expect(journal.knownInodes(FOLDER, ['inode of a.mov', 'inode of c.mov', ''])).toEqual(
      new Set(['inode of a.mov']),
    )
  })

  it('takes no inode for known that a volume does not give', () => {
    journal.save(FOLDER, [{ ...file('a.mov'), inode: '' }])
    expect(journal.knownInodes(FOLDER, [''])).toEqual(new Set())
  })

  it('finds what begins in one of several ways', () => {
    journal.save(
      FOLDER,
      ['a.mov', 'a.mov.xmp', 'ab.mov', 'd/a.mov', 'c.mov', 'c.\u{1f3ac}'].map((key) => file(key)),
    )
    const keys = journal.filesStartingWith(FOLDER, ['a.', 'c.', 'none.']).map(({ key }) => key)
    expect(keys.sort()).toEqual(['a.mov', 'a.mov.xmp', 'c.mov', 'c.\u{1f3ac}'])
  })

  it('counts files by their state, however they came to it', () => {
    journal.save(FOLDER, [file('a.mov'), file('b.mov'), file('c.mov', 'waits')])
    journal.save(FOLDER, [file('a.mov', 'done'), file('c.mov', 'waits'), file('d.mov', 'kept')])
    expect(journal.counts(FOLDER)).toEqual({ sent: 1, done: 1, waits: 1, kept: 1 })
    journal.save(FOLDER, [file('b.mov', 'waits'), file('b.mov', 'done')])
    expect(journal.counts(FOLDER)).toEqual({ sent: 0, done: 2, waits: 1, kept: 1 })
    journal.forget(FOLDER, ['a.mov', 'none.mov'])
    expect(journal.counts(FOLDER)).toEqual({ sent: 0, done: 1, waits: 1, kept: 1 })
    expect(journal.counts(OTHER)).toEqual({ sent: 0, done: 0, waits: 0, kept: 0 })
  })
})
